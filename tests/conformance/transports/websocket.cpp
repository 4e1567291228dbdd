#include <bayeux/transports/websocket.hpp>

#include <memory>

#include "conformance/transport.hpp"
#include "conformance/transports/woken.hpp"

namespace bayeux::test {
namespace {

constexpr int unreadable = 1007;
constexpr int too_much = 1009;

/// One WebSocket, at the level of its messages, as a host stack carries it.
class WebSocketWire final : public Wire {
 public:
  WebSocketWire(WebSocketGateway& gateway, Browser* browser) : gateway_(gateway), browser_(browser) {}

  void send(std::string_view json) override {
    if (session_ == nullptr) open();
    session_->receive(json);
    carrier_->wake();
  }

  Arrivals arrived() override {
    Arrivals arrivals;
    if (session_ == nullptr || !carrier_->look()) return arrivals;
    while (session_->ready()) read(session_->take(), arrivals);
    if (session_->closing()) {
      arrivals.failures.push_back(unreadable);
      hang_up();
    }
    return arrivals;
  }

  void hang_up() override { session_.reset(); }

 private:
  void open() {
    HttpRequest request{"GET", "/bayeux", {{"Host", "localhost"}, {"Upgrade", "websocket"}}, {}, "127.0.0.1"};
    if (browser_ != nullptr && !browser_->cookie.empty()) request.headers.emplace_back("Cookie", browser_->cookie);
    carrier_ = std::make_shared<WokenCarrier>();
    session_ = gateway_.open(request, carrier_).session;
  }

  void read(const WebSocketOutput& output, Arrivals& arrivals) const {
    std::size_t events = 0;
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < output.size(); ++i) {
      const auto messages = Json::parse(output.text(i)).value_or(Json());
      for (const auto& message : messages.items()) arrivals.messages.push_back(message);
      for (const auto& frame : output.frames(i)) {
        if (frame.kind() != Frame::Kind::event) continue;
        ++events;
        bytes += frame.size();
      }
    }
    if (events > 1 && bytes > gateway_.config().max_take) arrivals.failures.push_back(too_much);
  }

  WebSocketGateway& gateway_;
  Browser* browser_;
  std::shared_ptr<WokenCarrier> carrier_;
  std::unique_ptr<WebSocketSession> session_;
};

class WebSocket final : public Transport {
 public:
  WebSocket(Bus& bus, const Limits& limits) : gateway_(bus, {.max_take = limits.max_response}) {}

  Facts facts() const override {
    return {.connection_type = "websocket", .pushes = true, .unreadable = unreadable, .closes = true};
  }
  std::unique_ptr<Wire> open(Browser* browser) override { return std::make_unique<WebSocketWire>(gateway_, browser); }

 private:
  WebSocketGateway gateway_;
};

const TransportRegistration registration("websocket", [](Bus& bus, const Limits& limits) {
  return std::make_unique<WebSocket>(bus, limits);
});

}  // namespace
}  // namespace bayeux::test
