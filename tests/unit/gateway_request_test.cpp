#include <string>

#include "support/catch.hpp"
#include "unit/gateway_support.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

constexpr auto handshake = R"([{"channel":"/meta/handshake","id":"1","version":"1.0"}])";

HttpRequest request_of(std::string_view method, std::string_view target = "/bayeux") {
  HttpRequest request;
  request.method = method;
  request.target = target;
  return request;
}

GatewayConfig with_callbacks() {
  GatewayConfig config;
  config.callback_polling = true;
  return config;
}

}  // namespace

TEST_CASE("a handshake is answered at once and gives the browser its cookie", "[gateway]") {
  GatewayBench bench;
  auto exchange = bench.post(handshake);
  REQUIRE(exchange->ready());
  const auto response = exchange->take();
  CHECK(response.status == 200);
  CHECK(header_of(response, "Content-Type") == "application/json;charset=UTF-8");
  CHECK(header_of(response, "Cache-Control") == "no-store");
  CHECK(header_of(response, "Set-Cookie") == "BAYEUX_BROWSER=browser1; Path=/; HttpOnly; SameSite=Lax");
  CHECK(Json::parse(response.body).value()[0]["successful"].as_bool());
  CHECK(bench.carrier->wakes == 0);
}

TEST_CASE("a browser that has a cookie keeps it", "[gateway]") {
  GatewayBench bench;
  CHECK(header_of(bench.response_to(handshake, {{"Cookie", "BAYEUX_BROWSER=abc"}}), "Set-Cookie") == "none");
  CHECK(header_of(bench.response_to(handshake, {{"Cookie", "BAYEUX_BROWSER=a\"c"}}), "Set-Cookie") != "none");
  CHECK(header_of(bench.response_to(handshake, {{"Cookie", ""}}), "Set-Cookie") != "none");
}

TEST_CASE("an empty array is answered by an empty array", "[gateway]") {
  GatewayBench bench;
  auto exchange = bench.post("[]");
  REQUIRE(exchange->ready());
  const auto response = exchange->take();
  CHECK(response.status == 200);
  CHECK(response.body == "[]");
}

TEST_CASE("a request that cannot be read says why and shows nothing of it", "[gateway]") {
  Config limits;
  limits.max_batch = 2;
  GatewayBench bench({}, limits);
  const auto status = [&](std::string_view body) {
    const auto response = bench.response_to(body);
    CHECK(header_of(response, "Content-Type") == "text/plain;charset=UTF-8");
    CHECK(response.body.find("secret") == std::string::npos);
    return response.status;
  };
  CHECK(status("[{\"secret\"]") == 400);
  CHECK(status("[\"secret\"]") == 400);
  CHECK(status("secret") == 400);
  CHECK(status("") == 400);
  CHECK(status(std::string(1'000'000, '[')) == 400);
  CHECK(status("[{},{},{}]") == 413);
  CHECK(status(R"([{"channel":"/secret"},{"channel":"/meta/handshake"}])") == 400);
  CHECK(status("[" + std::string(2 * 1024 * 1024, ' ') + "]") == 413);
}

TEST_CASE("other methods are refused with those that are allowed", "[gateway]") {
  GatewayBench bench;
  const char* method = GENERATE("PUT", "DELETE", "HEAD", "TRACE", "post");
  CAPTURE(method);
  const auto response = bench.response_to(request_of(method));
  CHECK(response.status == 405);
  CHECK(header_of(response, "Allow") == "POST, GET, OPTIONS");
}

TEST_CASE("a transport that is switched off is unknown", "[gateway]") {
  GatewayBench bench;
  CHECK(bench.response_to(request_of("GET", "/bayeux?jsonp=cb&message=[]")).status == 400);
  GatewayConfig config;
  config.long_polling = false;
  GatewayBench silent(config);
  CHECK(silent.response_to(handshake).status == 400);
}

TEST_CASE("a form of a foreign page is refused before anything is done", "[gateway]") {
  GatewayBench bench;
  const auto response = bench.response_to(
      "message=%5B%7B%22channel%22%3A%22/meta/handshake%22%7D%5D",
      {{"Host", "bus.example"}, {"Origin", "https://evil.example"}, {"Content-Type", "text/plain;charset=UTF-8"}});
  CHECK(response.status == 403);
  CHECK(bench.bus.stats().clients == 0);
  CHECK(header_of(response, "Access-Control-Allow-Origin") == "none");
}

TEST_CASE("a page on the list can read answers and errors", "[gateway]") {
  GatewayConfig config;
  config.allowed_origins = {"https://good.example"};
  GatewayBench bench(config);
  const std::vector<Request::Header> headers{{"Host", "bus.example"}, {"Origin", "https://good.example"}};
  const auto response = bench.response_to("message=%5B%7B%22channel%22%3A%22/meta/handshake%22%7D%5D", headers);
  CHECK(response.status == 200);
  CHECK(header_of(response, "Access-Control-Allow-Origin") == "https://good.example");
  CHECK(bench.bus.stats().clients == 1);
  CHECK(header_of(bench.response_to("x", headers), "Access-Control-Allow-Origin") == "https://good.example");
}

TEST_CASE("a preflight is answered without the bus", "[gateway]") {
  GatewayConfig config;
  config.allowed_origins = {"*"};
  GatewayBench bench(config);
  auto request = request_of("OPTIONS");
  request.headers = {{"Origin", "https://a.example"}, {"Access-Control-Request-Method", "POST"}};
  const auto response = bench.response_to(request);
  CHECK(response.status == 200);
  CHECK(response.body.empty());
  CHECK(header_of(response, "Access-Control-Allow-Origin") == "https://a.example");
  CHECK(header_of(response, "Access-Control-Allow-Headers") == "content-type, pragma");
  GatewayBench closed;
  CHECK(closed.response_to(request).status == 403);
}

TEST_CASE("callback-polling calls back with the replies", "[gateway]") {
  GatewayBench bench(with_callbacks());
  const auto response = bench.response_to(
      request_of("GET", "/bayeux/handshake?message=%7B%22channel%22%3A%22/meta/handshake%22%7D&jsonp=a.b"));
  CHECK(response.status == 200);
  CHECK(response.body.starts_with("/**/a.b([{"));
  CHECK(response.body.ends_with("}]);"));
  CHECK(header_of(response, "Content-Type") == "text/javascript;charset=UTF-8");
  CHECK(header_of(response, "X-Content-Type-Options") == "nosniff");
  CHECK(header_of(response, "Set-Cookie") != "none");
}

TEST_CASE("over callback-polling events ride on the connect alone", "[gateway]") {
  GatewayBench bench(with_callbacks());
  const auto id = bench.connected_client();
  const auto get = [&](const std::string& message) {
    const std::string target = "/bayeux?jsonp=cb&message=" + message;
    return bench.response_to(request_of("GET", target)).body;
  };
  get(bench.subscribe(id, "/a"));
  bench.bus.channel("/a").publish(1);
  CHECK(get(bench.subscribe(id, "/b")).find("\"data\"") == std::string::npos);
  CHECK(get(bench.connect(id)).find("\"data\":1") != std::string::npos);
}
