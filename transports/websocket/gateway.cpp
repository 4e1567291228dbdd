#include <algorithm>
#include <system_error>
#include <utility>

#include <bayeux/bus.hpp>
#include <bayeux/error.hpp>
#include <bayeux/transport.hpp>
#include <bayeux/transports/websocket.hpp>

#include "events.hpp"
#include "http/cookie.hpp"
#include "http/cors.hpp"
#include "http/response.hpp"
#include "http/text.hpp"
#include "http/visitors.hpp"
#include "kept_request.hpp"
#include "subprotocol.hpp"

namespace bayeux {
namespace {

bool is_valid(const WebSocketConfig& config) {
  return http::Cors::is_valid(config.allowed_origins, {}) && http::is_token(config.cookie_name) &&
         config.max_message > 0 && config.max_take > 0 && config.handshake_timeout > Milliseconds(0) &&
         std::all_of(config.protocols.begin(), config.protocols.end(),
                     [](const std::string& protocol) { return http::is_token(protocol); });
}

}  // namespace

struct WebSocketGateway::State {
  State(Bus& its_bus, WebSocketConfig its_config)
      : bus(its_bus), config(std::move(its_config)), cors(config.allowed_origins, {}) {}

  Bus& bus;
  const WebSocketConfig config;
  const http::Cors cors;
  http::Visitors visitors{cors};
  websocket::Events events;
};

WebSocketGateway::WebSocketGateway(Bus& bus, WebSocketConfig config) {
  if (!is_valid(config)) throw std::system_error(make_error_code(Errc::config_invalid), "WebSocketConfig");
  config.handshake_timeout = std::min(config.handshake_timeout, longest_time);
  state_ = std::make_unique<State>(bus, std::move(config));
  bus.add_connection_type("websocket");
}

WebSocketGateway::~WebSocketGateway() = default;

const WebSocketConfig& WebSocketGateway::config() const noexcept {
  return state_->config;
}

WebSocketStats WebSocketGateway::stats() const noexcept {
  using websocket::Event;
  const auto& events = state_->events;
  return {.opened = events.of(Event::opened),
          .foreign_origins = events.of(Event::foreign_origin),
          .wrong_subprotocols = events.of(Event::wrong_subprotocol),
          .unreadable = events.of(Event::unreadable),
          .binary = events.of(Event::binary),
          .too_many = events.of(Event::too_many),
          .handshake_timeouts = events.of(Event::handshake_timeout),
          .failed = events.of(Event::failure)};
}

WebSocketAnswer WebSocketGateway::open(const HttpRequest& request, std::shared_ptr<Carrier> carrier) {
  const auto refused = [this](websocket::Event event, int status, std::string_view reason) {
    state_->events.add(event);
    return WebSocketAnswer{nullptr, http::refusal_response(status, reason, http::fields_of(http::Content::reason)), {}};
  };
  if (state_->visitors.let_in(request) == nullptr)
    return refused(websocket::Event::foreign_origin, 403, "This origin is not allowed");
  auto protocol = websocket::select_subprotocol(request, state_->config.protocols);
  if (!protocol) return refused(websocket::Event::wrong_subprotocol, 400, "No subprotocol that is offered is known");

  LinkOptions options;
  options.connection_type = "websocket";
  options.duplex = true;
  options.handshake_timeout = state_->config.handshake_timeout;
  options.browser = std::string(http::presented_cookie(request, state_->config.cookie_name));
  auto link = state_->bus.open_link(std::move(options), std::move(carrier));
  // Only policies are shown it.
  auto kept =
      state_->bus.config().policy != nullptr ? std::make_unique<const websocket::KeptRequest>(request) : nullptr;
  WebSocketAnswer answer;
  answer.session.reset(
      new WebSocketSession(std::move(link), std::move(kept), state_->bus, state_->config, state_->events));
  state_->events.add(websocket::Event::opened);
  answer.protocol = std::move(*protocol);
  return answer;
}

}  // namespace bayeux
