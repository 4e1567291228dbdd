#include "support/catch.hpp"

#include "meta/answers.hpp"

using namespace bayeux;
using namespace bayeux::test;
using namespace std::chrono_literals;

namespace {

const char* const handshake = R"({"channel":"/meta/handshake"})";

Exchange send(TestBus& bus, const std::string& cookie, std::string_view text) {
  return Exchange(*bus, text, with_cookie(cookie));
}

std::string publishes(TestBus& bus, const std::string& cookie, const std::string& client) {
  const Json reply = send(bus, cookie, message(client, "/a", R"("data":1)")).response()[0];
  return reply["successful"].as_bool() ? "ok" : reply["error"].as_string();
}

/// Shakes hands with that cookie, connects for the first time.
std::string open(TestBus& bus, const std::string& cookie) {
  const auto id = send(bus, cookie, handshake).response()[0]["clientId"].as_string();
  send(bus, cookie, message(id, "/meta/connect")).response();
  return id;
}

Exchange wait(TestBus& bus, const std::string& cookie, const std::string& client) {
  return send(bus, cookie, message(client, "/meta/connect", R"("id":"3")"));
}

TestBus bus_that(CookieBinding binding) {
  Config config;
  config.cookie_binding = binding;
  return TestBus(config);
}

constexpr const char* unknown = "402::session_unknown";

}  // namespace

TEST_CASE("a browser without a cookie is given one with its handshake, and only then", "[cookie]") {
  TestBus bus;
  auto first = send(bus, "", handshake);
  CHECK(first.link().new_browser() == "browser1");
  auto again = send(bus, "browser1", handshake);
  CHECK(again.link().new_browser().empty());
  auto other = send(bus, "", message("client1", "/a", R"("data":1)"));
  CHECK(other.link().new_browser().empty());
  Exchange plain(*bus, handshake);
  CHECK(plain.link().new_browser().empty());
}

TEST_CASE("a handshake that is refused sets no cookie", "[cookie]") {
  struct Closed final : SecurityPolicy {
    Verdict can_handshake(const Attempt&) override { return Verdict::deny(); }
  };
  Config config;
  config.policy = std::make_shared<Closed>();
  TestBus bus(config);
  CHECK(send(bus, "", handshake).link().new_browser().empty());
}

TEST_CASE("a client that keeps no cookies works all the same", "[cookie]") {
  TestBus bus;
  const auto client = open(bus, "");
  CHECK(publishes(bus, "", client) == "ok");
  CHECK_FALSE(wait(bus, "", client).ready());
}

TEST_CASE("once a session has shown its cookie it is bound to it", "[cookie]") {
  TestBus bus;
  const auto client = open(bus, "");
  CHECK(publishes(bus, "stolen", client) == "ok");
  CHECK(publishes(bus, "browser1", client) == "ok");
  CHECK(publishes(bus, "", client) == unknown);
  CHECK(publishes(bus, "stolen", client) == unknown);
  CHECK(publishes(bus, "browser1", client) == "ok");
}

TEST_CASE("a handshake that comes with a cookie has not shown it yet", "[cookie]") {
  TestBus bus;
  const auto client = send(bus, "mine", handshake).response()[0]["clientId"].as_string();
  CHECK(publishes(bus, "", client) == "ok");
  CHECK(publishes(bus, "mine", client) == "ok");
  CHECK(publishes(bus, "", client) == unknown);
}

TEST_CASE("a thief neither reads what is queued, nor prolongs the session, nor ends it", "[cookie]") {
  TestBus bus;
  const auto client = open(bus, "");
  publishes(bus, "browser1", client);
  bus->client(client).deliver("/x", 1);
  const Json stolen = wait(bus, "thief", client).response();
  CHECK(stolen.size() == 1);
  CHECK(stolen[0]["error"] == Json(unknown));
  CHECK(stolen[0]["advice"]["reconnect"] == Json("handshake"));
  send(bus, "thief", message(client, "/meta/disconnect"));
  CHECK(bus->client(client).connected());
  CHECK(channels(wait(bus, "browser1", client).response()) == "/x /meta/connect");
  bus.advance(9s);
  publishes(bus, "thief", client);
  bus.advance(1s);
  CHECK_FALSE(bus->client(client).connected());
}

TEST_CASE("a thief's connect does not release the connect of the owner", "[cookie]") {
  TestBus bus;
  const auto client = open(bus, "");
  auto held = wait(bus, "browser1", client);
  CHECK(wait(bus, "thief", client).ready());
  CHECK_FALSE(held.ready());
}

TEST_CASE("binding always asks for the cookie from the handshake on", "[cookie]") {
  TestBus bus = bus_that(CookieBinding::always);
  const auto client = send(bus, "", handshake).response()[0]["clientId"].as_string();
  CHECK(publishes(bus, "", client) == unknown);
  CHECK(publishes(bus, "browser1", client) == "ok");
  Exchange cookieless(*bus, message(client, "/a", R"("data":1)"));
  CHECK(cookieless.response()[0]["successful"] == Json(true));
}

TEST_CASE("binding never takes the client id alone", "[cookie]") {
  TestBus bus = bus_that(CookieBinding::never);
  const auto client = open(bus, "");
  CHECK(publishes(bus, "browser1", client) == "ok");
  CHECK(publishes(bus, "other", client) == "ok");
  CHECK(publishes(bus, "", client) == "ok");
}

TEST_CASE("windows of one browser beyond the limit are told to poll", "[cookie]") {
  Config config;
  config.max_sessions_per_browser = 2;
  TestBus bus(config);
  const auto one = open(bus, "b");
  const auto two = open(bus, "b");
  const auto three = open(bus, "b");
  const auto other = open(bus, "c");
  auto first = wait(bus, "b", one);
  auto second = wait(bus, "b", two);
  CHECK_FALSE(first.ready());
  CHECK_FALSE(second.ready());
  auto third = wait(bus, "b", three);
  CHECK(third.text() == R"([{"channel":"/meta/connect","id":"3","successful":true,"advice":)"
                        R"({"multiple-clients":true,"reconnect":"retry","interval":2000,"timeout":25000}}])");
  CHECK_FALSE(wait(bus, "c", other).ready());
}

TEST_CASE("a window that was told to poll takes its events along, and outlives the interval", "[cookie]") {
  Config config;
  config.max_sessions_per_browser = 0;
  TestBus bus(config);
  const auto client = open(bus, "b");
  bus->client(client).deliver("/x", 1);
  CHECK(channels(wait(bus, "b", client).response()) == "/x /meta/connect");
  bus.advance(11'999ms);
  CHECK(bus->client(client).connected());
  bus.advance(1ms);
  CHECK_FALSE(bus->client(client).connected());
}

TEST_CASE("a window that may wait again is told so with full advice, once", "[cookie]") {
  Config config;
  config.max_sessions_per_browser = 1;
  TestBus bus(config);
  const auto one = open(bus, "b");
  const auto two = open(bus, "b");
  auto first = wait(bus, "b", one);
  CHECK(wait(bus, "b", two).response()[0]["advice"]["multiple-clients"] == Json(true));
  first.hang_up();
  auto second = wait(bus, "b", two);
  CHECK_FALSE(second.ready());
  bus.advance(25s);
  CHECK(second.response()[0]["advice"].text() == R"({"reconnect":"retry","interval":0,"timeout":25000})");
  auto later = wait(bus, "b", two);
  bus.advance(25s);
  CHECK(later.response()[0].find("advice") == nullptr);
}

TEST_CASE("a place among the windows is free again when a connect ends, however it ends", "[cookie]") {
  Config config;
  config.max_sessions_per_browser = 1;
  TestBus bus(config);
  const auto one = open(bus, "b");
  const auto two = open(bus, "b");
  const auto is_free = [&] {
    auto probe = wait(bus, "b", two);
    return !probe.ready();
  };
  auto delivered = wait(bus, "b", one);
  CHECK_FALSE(is_free());
  bus->client(one).deliver("/x", 1);
  CHECK(is_free());
  delivered.response();

  auto timed_out = wait(bus, "b", one);
  CHECK_FALSE(is_free());
  bus.advance(25s);
  timed_out.response();
  const auto three = open(bus, "b");
  CHECK_FALSE(wait(bus, "b", three).ready());

  auto left = wait(bus, "b", three);
  CHECK_FALSE(left.ready());
  bus->client(three).disconnect();
  auto same = wait(bus, "b", one);
  auto newer = wait(bus, "b", one);
  CHECK_FALSE(newer.ready());
}

TEST_CASE("without an interval the windows beyond the limit are turned away, and with no limit none is", "[cookie]") {
  Config config;
  config.max_sessions_per_browser = 0;
  config.multi_session_interval = 0ms;
  TestBus strict(config);
  const auto client = open(strict, "b");
  CHECK(
      wait(strict, "b", client).text() ==
      R"([{"channel":"/meta/connect","id":"3","successful":false,"advice":{"multiple-clients":true,"reconnect":"none"}}])");
  config.max_sessions_per_browser = -1;
  TestBus loose(config);
  const auto one = open(loose, "b");
  const auto two = open(loose, "b");
  auto first = wait(loose, "b", one);
  CHECK_FALSE(wait(loose, "b", two).ready());
  CHECK_FALSE(first.ready());
}

TEST_CASE("clients without cookies are not counted as windows of one browser", "[cookie]") {
  Config config;
  config.max_sessions_per_browser = 0;
  TestBus bus(config);
  CHECK_FALSE(poll(*bus, join(*bus)).ready());
  CHECK_FALSE(wait(bus, "", open(bus, "")).ready());
}
