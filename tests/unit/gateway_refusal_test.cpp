#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <bayeux/transports/endpoint.hpp>

#include "support/catch.hpp"
#include "unit/gateway_support.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

constexpr auto handshake = R"([{"channel":"/meta/handshake"}])";

/// What a stranger could want to see in a page of ours.
constexpr auto markup = "<script>secret</script>";

/// The counters that are not 0, with their values.
template <class Numbers>
std::map<std::string, std::uint64_t> counted(const Numbers& numbers) {
  std::map<std::string, std::uint64_t> found;
  numbers.for_each([&](std::string_view name, std::uint64_t value, std::string_view help, bool counts_up) {
    CHECK_FALSE(help.empty());
    CHECK(counts_up);
    if (value > 0) found.emplace(name, value);
  });
  return found;
}

using Counts = std::map<std::string, std::uint64_t>;

GatewayConfig with_callbacks() {
  GatewayConfig config;
  config.callback_polling = true;
  config.max_body = 1'000;
  return config;
}

HttpRequest request_of(std::string_view method, std::string_view target, std::vector<Request::Header> headers = {},
                       std::string_view body = {}) {
  HttpRequest request;
  request.method = method;
  request.target = target;
  request.headers = std::move(headers);
  request.headers.emplace_back("Host", "bus.example");
  request.headers.emplace_back("X-Secret", markup);
  request.body = body;
  return request;
}

/// A request that is refused, with what it is counted as.
struct Bad {
  std::string_view counter;
  int status;
  HttpRequest request;
};

const std::string too_long(2'000, 'x');
const std::string too_long_target = "/bayeux?jsonp=a&message=" + too_long;

std::vector<Bad> bad_requests() {
  const std::vector<Request::Header> evil{{"Origin", "https://<script>.example"}};
  const std::vector<Request::Header> evil_json{{"Origin", "https://evil.example"}, {"Content-Type", "application/json"}};
  const std::vector<Request::Header> stream{{"Accept", "text/event-stream"}};
  return {
      {"foreign_forms", 403, request_of("POST", "/bayeux", evil, handshake)},
      {"foreign_origins", 403, request_of("POST", "/bayeux", evil_json, handshake)},
      {"foreign_origins", 403, request_of("OPTIONS", "/bayeux", evil_json)},
      {"too_large", 413, request_of("POST", "/bayeux", {}, too_long)},
      {"too_large", 414, request_of("GET", too_long_target)},
      {"too_many", 413, request_of("POST", "/bayeux", {}, "[{},{},{}]")},
      {"unreadable", 400, request_of("POST", "/bayeux", {}, markup)},
      {"unreadable", 400, request_of("POST", "/bayeux", {}, "[\"<script>secret</script>\"]")},
      {"unreadable", 400, request_of("POST", "/bayeux", {}, "[{\"<script>secret</script>\"]")},
      {"unreadable", 400, request_of("POST", "/bayeux", {}, "message=<script>secret</script>")},
      {"unreadable", 400, request_of("POST", "/bayeux", {}, "message=%<script>")},
      {"unreadable", 400, request_of("POST", "/bayeux", {}, "")},
      {"unreadable", 400, request_of("POST", "/bayeux", {}, R"([{"channel":"/a"},{"channel":"/meta/handshake"}])")},
      {"unreadable", 400, request_of("GET", "/bayeux?jsonp=a&message=<script>")},
      {"wrong_codings", 415, request_of("POST", "/bayeux", {{"Content-Encoding", markup}}, handshake)},
      {"wrong_codings", 415, request_of("POST", "/bayeux", {{"Content-Type", "text/json;charset=<b>"}}, handshake)},
      {"wrong_callbacks", 400, request_of("GET", "/bayeux?jsonp=<script>secret</script>&message=[]")},
      {"wrong_client_ids", 400, request_of("GET", "/bayeux/<script>", stream)},
      {"wrong_methods", 400, request_of("GET", "/bayeux/<script>?<script>")},
      {"wrong_methods", 405, request_of("<script>", "/bayeux")},
  };
}

/// That it says what is wrong, and nothing of the request, of the program or of where that lies.
void check_discreet(const HttpResponse& response) {
  CHECK(header_of(response, "Content-Type") == "text/plain;charset=UTF-8");
  CHECK(header_of(response, "X-Content-Type-Options") == "nosniff");
  CHECK(header_of(response, "Cache-Control") == "no-store");
  CHECK(header_of(response, "Set-Cookie") == "none");
  CHECK(header_of(response, "Access-Control-Allow-Origin") == "none");
  CHECK_FALSE(response.body.empty());
  CHECK(response.body.find_first_of("<>/\\&:\"'_()[]") == std::string::npos);
  CHECK(response.body.find("secret") == std::string::npos);
}

}  // namespace

TEST_CASE("a refusal says what is wrong and nothing else, and is counted once", "[gateway][security]") {
  Config limits;
  limits.max_batch = 2;
  for (const auto& bad : bad_requests()) {
    CAPTURE(bad.counter, bad.request.target.substr(0, 50), bad.request.body.substr(0, 50));
    GatewayBench bench(with_callbacks(), limits);
    const auto response = bench.response_to(bad.request);
    CHECK(response.status == bad.status);
    check_discreet(response);
    CHECK(counted(bench.gateway.stats()) == Counts{{std::string(bad.counter), 1}});
    CHECK(bench.bus.stats().clients == 0);
  }
}

TEST_CASE("a stream too many is counted, and so are those that are cut", "[gateway]") {
  Config config;
  config.max_sessions_per_browser = 1;
  GatewayBench bench({}, config);
  const std::vector<Request::Header> cookie{{"Cookie", "BAYEUX_BROWSER=abc"}, {"Accept", "text/event-stream"}};
  const std::string one = "/bayeux/" + bench.connected_client(cookie);
  const std::string two = "/bayeux/" + bench.connected_client(cookie);
  auto stream = bench.open(request_of("GET", one, cookie));
  stream->take();
  const auto refused = bench.response_to(request_of("GET", two, cookie));
  CHECK(refused.status == 503);
  check_discreet(refused);
  CHECK(counted(bench.gateway.stats()) == Counts{{"over_windows", 1}});
  stream->abort();
  stream.reset();
  CHECK(counted(bench.gateway.stats()) == Counts{{"over_windows", 1}, {"cut_streams", 1}});
  // The stream of a client that nobody knows ends by itself.
  bench.response_to(request_of("GET", "/bayeux/nobody", cookie));
  CHECK(bench.gateway.stats().cut_streams == 1);
}

TEST_CASE("a request whose peer hangs up is counted, once and only then", "[gateway]") {
  GatewayBench bench;
  const auto id = bench.connected_client();
  auto held = bench.post(bench.connect(id));
  CHECK(counted(bench.gateway.stats()).empty());
  held->abort();
  held.reset();
  CHECK(bench.gateway.stats().cut_requests == 1);
  bench.post(bench.connect(id)).reset();
  CHECK(counted(bench.gateway.stats()) == Counts{{"cut_requests", 2}});
}

TEST_CASE("a cookie that browsers would drop without TLS is not set, and that is counted", "[gateway]") {
  GatewayConfig config;
  config.cookie.name = "__Host-bayeux";
  GatewayBench bench(config);
  auto request = request_of("POST", "/bayeux", {}, handshake);
  CHECK(header_of(bench.response_to(request), "Set-Cookie") == "none");
  CHECK(counted(bench.gateway.stats()) == Counts{{"withheld_cookies", 1}});
  request.tls = true;
  CHECK(header_of(bench.response_to(request), "Set-Cookie") ==
        "__Host-bayeux=browser2; Path=/; HttpOnly; Secure; SameSite=Lax");
  CHECK(bench.gateway.stats().withheld_cookies == 1);
}

TEST_CASE("a form of another site is refused however a browser says so, and one of our own is not",
          "[gateway][security]") {
  const auto status = [](std::vector<Request::Header> headers) {
    GatewayBench bench;
    const auto* const type = GENERATE("", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data");
    headers.emplace_back("Content-Type", type);
    return bench.response_to(request_of("POST", "/bayeux", headers, handshake)).status;
  };
  CHECK(status({{"Origin", "https://evil.example"}}) == 403);
  CHECK(status({{"Origin", "null"}}) == 403);
  CHECK(status({{"Sec-Fetch-Site", "cross-site"}}) == 403);
  CHECK(status({{"Sec-Fetch-Site", "same-site"}}) == 403);
  CHECK(status({{"Referer", "https://evil.example/page"}}) == 403);
  CHECK(status({{"Origin", "http://bus.example"}, {"Sec-Fetch-Site", "same-origin"}}) == 200);
  CHECK(status({{"Sec-Fetch-Site", "same-origin"}}) == 200);
  CHECK(status({{"Referer", "http://bus.example/page"}}) == 200);
  CHECK(status({}) == 200);
}

TEST_CASE("a stream is refused to a page of another site that does not name itself", "[gateway][security]") {
  GatewayBench bench(with_callbacks());
  const std::string target = "/bayeux/" + bench.connected_client();
  const auto status = [&](Request::Header header) {
    return bench.response_to(request_of("GET", target, {{"Accept", "text/event-stream"}, std::move(header)})).status;
  };
  CHECK(status({"Sec-Fetch-Site", "cross-site"}) == 403);
  CHECK(status({"Referer", "https://evil.example/"}) == 403);
  CHECK(status({"Sec-Fetch-Site", "same-origin"}) == 200);
}

TEST_CASE("scripts are for pages of all sites, where they are turned on", "[gateway][security]") {
  const std::string target = R"(/bayeux?jsonp=cb&message=[{"channel":"/meta/handshake"}])";
  const auto ask = [&](const GatewayConfig& config, std::vector<Request::Header> headers) {
    return GatewayBench(config).response_to(request_of("GET", target, std::move(headers)));
  };
  CHECK(ask(with_callbacks(), {{"Sec-Fetch-Site", "cross-site"}}).body.starts_with("/**/cb([{"));
  CHECK(ask(with_callbacks(), {{"Referer", "https://any.example/"}}).status == 200);
  CHECK(ask(with_callbacks(), {{"Origin", "https://any.example"}}).status == 403);
  CHECK(ask({}, {{"Sec-Fetch-Site", "cross-site"}}).status == 403);
}

TEST_CASE("a refused WebSocket is told what is wrong and nothing else, and is counted", "[websocket][security]") {
  Bus bus;
  WebSocketGateway gateway(bus, {.protocols = {"bayeux"}});
  const auto refusal = [&](std::vector<Request::Header> headers) {
    const auto answer = gateway.open(request_of("GET", "/bayeux/<script>", std::move(headers)), nullptr);
    CHECK(answer.session == nullptr);
    check_discreet(answer.refusal);
    return answer.refusal.status;
  };
  CHECK(refusal({{"Origin", "https://<script>.example"}}) == 403);
  CHECK(refusal({{"Sec-Fetch-Site", "cross-site"}}) == 403);
  CHECK(refusal({{"Sec-WebSocket-Protocol", markup}}) == 400);
  CHECK(counted(gateway.stats()) == Counts{{"foreign_origins", 2}, {"wrong_subprotocols", 1}});
}

TEST_CASE("what a WebSocket is closed for is counted, once for each", "[websocket]") {
  Bus bus({.max_batch = 2});
  WebSocketGateway gateway(bus);
  const auto carrier = std::make_shared<CountingCarrier>();
  const auto opened = [&] { return gateway.open(request_of("GET", "/bayeux"), carrier).session; };
  const auto close_by = [&](const std::function<void(WebSocketSession&)>& act) {
    const auto session = opened();
    REQUIRE(session != nullptr);
    act(*session);
    act(*session);
    REQUIRE(session->closing().has_value());
    CHECK(session->closing()->reason.find_first_of("<>/:\"") == std::string_view::npos);
  };
  close_by([](WebSocketSession& session) { session.receive(markup); });
  close_by([](WebSocketSession& session) { session.receive_binary(); });
  close_by([](WebSocketSession& session) { session.receive("[{},{},{}]"); });
  CHECK(counted(gateway.stats()) == Counts{{"opened", 3}, {"unreadable", 1}, {"binary", 1}, {"too_many", 1}});
}

TEST_CASE("an endpoint shows what its transports have refused", "[endpoint]") {
  Bus bus;
  Endpoint endpoint(bus);
  const auto pending = endpoint.open(request_of("PUT", "/bayeux"), {});
  CHECK(pending->look().value().status == 405);
  endpoint.open_websocket(request_of("GET", "/bayeux", {{"Origin", "https://evil.example"}}), {});
  CHECK(counted(endpoint.stats().http) == Counts{{"wrong_methods", 1}});
  CHECK(counted(endpoint.stats().websocket) == Counts{{"foreign_origins", 1}});
  Counts own;
  endpoint.stats().for_each([&](std::string_view name, std::uint64_t value, std::string_view, bool counts_up) {
    CHECK(counts_up == (name == "requests"));
    own.emplace(name, value);
  });
  CHECK(own == Counts{{"requests", 1}, {"open", 0}, {"parked", 0}, {"websockets", 0}});
}

TEST_CASE("where there is no WebSocket, an endpoint says so and nothing else", "[endpoint][security]") {
  Bus bus;
  Endpoint endpoint(bus, {.websocket = std::nullopt});
  const auto answer = endpoint.open_websocket(request_of("GET", "/bayeux/<script>"), {});
  CHECK(answer.refusal.status == 400);
  check_discreet(answer.refusal);
}
