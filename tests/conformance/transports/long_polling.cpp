#include "conformance/transports/http_wire.hpp"

namespace bayeux::test {
namespace {

class LongPollingWire final : public HttpWire {
 public:
  using HttpWire::HttpWire;

  void send(std::string_view json) override {
    HttpRequest request{"POST", "/bayeux/", {{"Content-Type", "application/json;charset=UTF-8"}}, json, {}};
    open(std::move(request));
  }

 private:
  std::optional<std::string> unwrap(const HttpResponse& response) const override { return response.body; }
};

class LongPolling final : public Transport {
 public:
  LongPolling(Bus& bus, const Limits& limits) : gateway_(bus, config(limits)) {}

  Facts facts() const override {
    return {.connection_type = "long-polling", .has_cookies = true, .superseded = 500, .unreadable = 400};
  }
  std::unique_ptr<Wire> open(Browser* browser) override { return std::make_unique<LongPollingWire>(gateway_, browser); }

 private:
  static GatewayConfig config(const Limits& limits) {
    GatewayConfig config;
    config.max_response = limits.max_response;
    return config;
  }

  Gateway gateway_;
};

const TransportRegistration registration("long-polling", [](Bus& bus, const Limits& limits) {
  return std::make_unique<LongPolling>(bus, limits);
});

}  // namespace
}  // namespace bayeux::test
