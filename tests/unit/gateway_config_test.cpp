#include <functional>
#include <string>
#include <system_error>

#include <bayeux/error.hpp>

#include "support/catch.hpp"
#include "unit/gateway_support.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

bool is_refused(const std::function<void(GatewayConfig&)>& change) {
  GatewayConfig config;
  change(config);
  Bus bus;
  try {
    Gateway gateway(bus, config);
    return false;
  } catch (const std::system_error& error) {
    return error.code() == Errc::config_invalid;
  }
}

std::string offered(GatewayConfig config) {
  GatewayBench bench(std::move(config));
  const auto reply = bench.response_to(R"([{"channel":"/meta/handshake"}])");
  return Json::parse(reply.body).value()[0]["supportedConnectionTypes"].text();
}

}  // namespace

TEST_CASE("a gateway config that cannot work is refused", "[gateway]") {
  CHECK(is_refused([](GatewayConfig& config) { config.duplicate_connect_status = 399; }));
  CHECK(is_refused([](GatewayConfig& config) { config.duplicate_connect_status = 600; }));
  CHECK(is_refused([](GatewayConfig& config) { config.max_body = 0; }));
  CHECK(is_refused([](GatewayConfig& config) { config.max_response = 0; }));
  CHECK(is_refused([](GatewayConfig& config) { config.event_source_retry = Milliseconds(0); }));
  CHECK(is_refused([](GatewayConfig& config) { config.max_callback_length = 0; }));
  CHECK(is_refused([](GatewayConfig& config) { config.callback_parameter = ""; }));
  CHECK(is_refused([](GatewayConfig& config) { config.callback_parameter = "message"; }));
}

TEST_CASE("a cookie that could not stand in a header is refused", "[gateway]") {
  CHECK(is_refused([](GatewayConfig& config) { config.cookie.name = ""; }));
  CHECK(is_refused([](GatewayConfig& config) { config.cookie.name = "a b"; }));
  CHECK(is_refused([](GatewayConfig& config) { config.cookie.name = "a\r\nX"; }));
  CHECK(is_refused([](GatewayConfig& config) { config.cookie.path = "x"; }));
  CHECK(is_refused([](GatewayConfig& config) { config.cookie.path = "/;x"; }));
  CHECK(is_refused([](GatewayConfig& config) { config.cookie.path = "/\r\n"; }));
  CHECK(is_refused([](GatewayConfig& config) { config.cookie.domain = "a;b"; }));
  CHECK(is_refused([](GatewayConfig& config) { config.cookie.same_site = "lax"; }));
}

TEST_CASE("a cookie that browsers would drop is refused", "[gateway]") {
  const auto never = [](GatewayConfig& config) -> BrowserCookie& {
    config.cookie.secure = CookieSecurity::never;
    return config.cookie;
  };
  CHECK_FALSE(is_refused([&](GatewayConfig& config) { never(config); }));
  CHECK(is_refused([&](GatewayConfig& config) { never(config).same_site = "None"; }));
  CHECK(is_refused([&](GatewayConfig& config) { never(config).partitioned = true; }));
  CHECK(is_refused([&](GatewayConfig& config) { never(config).name = "__Host-b"; }));
  CHECK(is_refused([&](GatewayConfig& config) { never(config).name = "__secure-b"; }));
  CHECK_FALSE(is_refused([](GatewayConfig& config) {
    config.cookie.same_site = "None";
    config.cookie.partitioned = true;
    config.cookie.name = "__Secure-b";
    config.cookie.domain = "example.org";
  }));
}

TEST_CASE("a cookie that promises to be of this host alone has no domain and all paths", "[gateway]") {
  CHECK_FALSE(is_refused([](GatewayConfig& config) { config.cookie.name = "__Host-b"; }));
  CHECK(is_refused([](GatewayConfig& config) {
    config.cookie.name = "__Host-b";
    config.cookie.domain = "example.org";
  }));
  CHECK(is_refused([](GatewayConfig& config) {
    config.cookie.name = "__host-b";
    config.cookie.path = "/x";
  }));
}

TEST_CASE("an origin or header that is none is refused", "[gateway]") {
  CHECK(is_refused([](GatewayConfig& config) { config.allowed_origins = {"example.org"}; }));
  CHECK(is_refused([](GatewayConfig& config) { config.allowed_origins = {"https://example.org/"}; }));
  CHECK(is_refused([](GatewayConfig& config) { config.allowed_origins = {"https://*.example.org"}; }));
  CHECK(is_refused([](GatewayConfig& config) { config.allowed_origins = {""}; }));
  CHECK(is_refused([](GatewayConfig& config) { config.allowed_headers = {"x\r\ny"}; }));
  CHECK(is_refused([](GatewayConfig& config) { config.allowed_headers = {""}; }));
  CHECK_FALSE(is_refused([](GatewayConfig& config) {
    config.allowed_origins = {"https://example.org:8443", "null", "*"};
    config.allowed_headers = {"x-auth", "*"};
  }));
}

TEST_CASE("handshakes are offered what the gateway serves, in the order of preference", "[gateway]") {
  CHECK(offered({}) == R"(["long-polling","eventsource"])");
  GatewayConfig config;
  config.callback_polling = true;
  config.allowed_origins = {"https://example.org"};
  CHECK(offered(config) == R"(["long-polling","callback-polling","cross-origin-long-polling","eventsource"])");
  config.event_source = false;
  CHECK(offered(config) == R"(["long-polling","callback-polling","cross-origin-long-polling"])");
}
