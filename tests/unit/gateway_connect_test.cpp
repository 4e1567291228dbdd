#include <string>

#include "support/catch.hpp"
#include "unit/gateway_support.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

const Json& first(const HttpResponse& response, Json& store) {
  store = Json::parse(response.body).value();
  return store[0];
}

std::string error_of(const HttpResponse& response) {
  Json store;
  return first(response, store)["error"].as_string();
}

}  // namespace

TEST_CASE("a held connect is woken by what is published and carries it", "[gateway]") {
  GatewayBench bench;
  const auto id = bench.connected_client();
  bench.response_to(bench.subscribe(id, "/a"));
  auto held = bench.post(bench.connect(id));
  CHECK_FALSE(held->ready());
  bench.bus.channel("/a").publish({{"text", "hello"}});
  CHECK(bench.carrier->wakes == 1);
  REQUIRE(held->ready());
  const auto response = held->take();
  CHECK(response.status == 200);
  const auto messages = Json::parse(response.body).value();
  REQUIRE(messages.size() == 2);
  CHECK(messages[0].text() == R"({"channel":"/a","data":{"text":"hello"}})");
  CHECK(messages[1]["channel"].as_string() == "/meta/connect");
  CHECK(messages[1]["successful"].as_bool());
}

TEST_CASE("a held connect is answered when its time is up", "[gateway]") {
  GatewayBench bench;
  const auto id = bench.connected_client();
  auto held = bench.post(bench.connect(id));
  bench.clock->advance(bench.bus.config().timeout);
  bench.bus.run_due();
  REQUIRE(held->ready());
  CHECK(Json::parse(held->take().body).value().size() == 1);
}

TEST_CASE("a connect whose place a newer one took is answered by an error without a body", "[gateway]") {
  GatewayConfig config;
  config.duplicate_connect_status = GENERATE(500, 408);
  GatewayBench bench(config);
  const auto id = bench.connected_client();
  auto older = bench.post(bench.connect(id));
  auto newer = bench.post(bench.connect(id));
  REQUIRE(older->ready());
  const auto response = older->take();
  CHECK(response.status == config.duplicate_connect_status);
  CHECK(response.body.empty());
  CHECK_FALSE(newer->ready());
}

TEST_CASE("what shares its request with such a connect is answered", "[gateway]") {
  GatewayBench bench;
  const auto id = bench.connected_client();
  const auto inside = [](std::string array) { return array.substr(1, array.size() - 2); };
  auto older = bench.post("[" + inside(bench.connect(id)) + "," + inside(bench.subscribe(id, "/a")) + "]");
  auto newer = bench.post(bench.connect(id));
  const auto response = older->take();
  CHECK(response.status == 200);
  const auto replies = Json::parse(response.body).value();
  REQUIRE(replies.size() == 1);
  CHECK(replies[0]["channel"].as_string() == "/meta/subscribe");
}

TEST_CASE("what is meant for a peer that hung up waits for its next connect", "[gateway]") {
  GatewayBench bench;
  const auto id = bench.connected_client();
  bench.response_to(bench.subscribe(id, "/a"));
  auto held = bench.post(bench.connect(id));
  SECTION("when it hung up before") {
    held->abort();
    bench.bus.channel("/a").publish(1);
    CHECK(bench.carrier->wakes == 0);
    CHECK_FALSE(held->ready());
  }
  SECTION("when it hung up after the wake") {
    bench.bus.channel("/a").publish(1);
    held->abort();
  }
  SECTION("when the exchange is dropped") {
    held.reset();
    bench.bus.channel("/a").publish(1);
  }
  CHECK(bench.response_to(bench.connect(id)).body.find("\"data\":1") != std::string::npos);
}

TEST_CASE("a session that presented its cookie is unknown without it", "[gateway]") {
  GatewayBench bench;
  const std::vector<Request::Header> cookie{{"Cookie", "BAYEUX_BROWSER=abc"}};
  const auto id = bench.connected_client(cookie);
  CHECK(error_of(bench.response_to(bench.connect(id))).starts_with("402:"));
  CHECK(
      error_of(bench.response_to(bench.subscribe(id, "/a"), {{"Cookie", "BAYEUX_BROWSER=other"}})).starts_with("402:"));
  CHECK(error_of(bench.response_to(bench.subscribe(id, "/a"), cookie)).empty());
}

TEST_CASE("where the cookie is asked for from the beginning, the first request without it is not let in", "[gateway]") {
  Config config;
  config.cookie_binding = CookieBinding::always;
  GatewayBench bench({}, config);
  const auto welcome = bench.response_to(R"([{"channel":"/meta/handshake"}])");
  CHECK(header_of(welcome, "Set-Cookie").starts_with("BAYEUX_BROWSER=browser1;"));
  Json store;
  const auto id = first(welcome, store)["clientId"].as_string();
  CHECK(error_of(bench.response_to(bench.connect(id))) == "402::session_unknown");
  CHECK(error_of(bench.response_to(bench.connect(id), {{"Cookie", "BAYEUX_BROWSER=browser1"}})).empty());
}

TEST_CASE("a client without cookies works all the same", "[gateway]") {
  GatewayBench bench;
  const auto id = bench.connected_client();
  CHECK(error_of(bench.response_to(bench.subscribe(id, "/a"))).empty());
}

TEST_CASE("one window too many of a browser is told to poll", "[gateway]") {
  Config config;
  config.max_sessions_per_browser = 1;
  GatewayBench bench({}, config);
  const std::vector<Request::Header> cookie{{"Cookie", "BAYEUX_BROWSER=abc"}};
  const auto one = bench.connected_client(cookie);
  const auto two = bench.connected_client(cookie);
  auto held = bench.post(bench.connect(one), cookie);
  auto refused = bench.post(bench.connect(two), cookie);
  CHECK_FALSE(held->ready());
  REQUIRE(refused->ready());
  Json store;
  const auto& reply = first(refused->take(), store);
  CHECK(reply["advice"]["multiple-clients"].as_bool());
  CHECK(reply["advice"]["interval"].as_integer() == 2000);

  held->abort();
  CHECK_FALSE(bench.post(bench.connect(two), cookie)->ready());
}

TEST_CASE("a response stops at its limit and the rest waits for the next", "[gateway]") {
  GatewayConfig config;
  config.max_response = 100;
  GatewayBench bench(config);
  const auto id = bench.connected_client();
  bench.response_to(bench.subscribe(id, "/a"));
  for (int i = 0; i < 3; ++i) bench.bus.channel("/a").publish(std::string(60, 'x'));
  CHECK(Json::parse(bench.response_to(bench.connect(id)).body).value().size() == 2);
  CHECK(Json::parse(bench.response_to(bench.connect(id)).body).value().size() == 2);
}
