#include "conformance/transports/http_wire.hpp"

namespace bayeux::test {
namespace {

class CallbackPollingWire final : public HttpWire {
 public:
  using HttpWire::HttpWire;

  void send(std::string_view json) override {
    const auto target = "/bayeux/?jsonp=" + callback + "&message=" + percent_encoded(json);
    open({"GET", target, {}, {}, {}});
  }

 private:
  std::optional<std::string> unwrap(const HttpResponse& response) const override {
    const std::string prefix = "/**/" + callback + "(";
    const std::string& body = response.body;
    if (!body.starts_with(prefix) || !body.ends_with(");")) return std::nullopt;
    // Both of them end a line in the scripts of older browsers, also within a string.
    for (const char* line_end : {"\xe2\x80\xa8", "\xe2\x80\xa9"}) {
      if (body.find(line_end) != std::string::npos) return std::nullopt;
    }
    return body.substr(prefix.size(), body.size() - prefix.size() - 2);
  }

  const std::string callback = "_cometd_jsonp_1";
};

class CallbackPolling final : public Transport {
 public:
  CallbackPolling(Bus& bus, const Limits& limits) : gateway_(bus, config(limits)) {}

  Facts facts() const override {
    return {.connection_type = "callback-polling",
            .events_on_connect_only = true,
            .has_cookies = true,
            .superseded = 500,
            .unreadable = 400};
  }
  std::unique_ptr<Wire> open(Browser* browser) override {
    return std::make_unique<CallbackPollingWire>(gateway_, browser);
  }

 private:
  static GatewayConfig config(const Limits& limits) {
    GatewayConfig config;
    config.callback_polling = true;
    config.max_response = limits.max_response;
    return config;
  }

  Gateway gateway_;
};

const TransportRegistration registration("callback-polling", [](Bus& bus, const Limits& limits) {
  return std::make_unique<CallbackPolling>(bus, limits);
});

}  // namespace
}  // namespace bayeux::test
