#include <bayeux/transports/endpoint.hpp>

#include <algorithm>
#include <utility>

#include <bayeux/bus.hpp>

#include "http/response.hpp"
#include "paths.hpp"
#include "pending_response.hpp"
#include "socket.hpp"

namespace bayeux {

struct Endpoint::State {
  State(Bus& bus_, EndpointConfig config_)
      : bus(bus_), config(std::move(config_)), paths(config.paths), gateway(bus, config.gateway) {
    if (config.websocket) websockets.emplace(bus, endpoint::completed(*config.websocket, config.gateway));
  }

  std::shared_ptr<endpoint::WakeOnce> carrier(WakeFunction wake, bool counted) const {
    return std::make_shared<endpoint::WakeOnce>(std::move(wake), bus, counters, counted);
  }

  Bus& bus;
  const EndpointConfig config;
  const endpoint::Paths paths;
  Gateway gateway;
  std::optional<WebSocketGateway> websockets;
  const std::shared_ptr<endpoint::Counters> counters = std::make_shared<endpoint::Counters>();
};

Endpoint::Endpoint(Bus& bus, EndpointConfig config) : state_(std::make_unique<State>(bus, std::move(config))) {}

Endpoint::~Endpoint() = default;

const EndpointConfig& Endpoint::config() const noexcept {
  return state_->config;
}

bool Endpoint::serves(std::string_view target) const noexcept {
  return state_->paths.contain(target.substr(0, target.find('?')));
}

std::unique_ptr<PendingResponse> Endpoint::open(const HttpRequest& request, WakeFunction wake) {
  auto& counters = state_->counters;
  // In this order, so that `requests` never runs ahead of `open`.
  counters->open.fetch_add(1);
  counters->requests.fetch_add(1);
  auto carrier = state_->carrier(std::move(wake), true);
  auto impl = std::make_unique<PendingResponse::Impl>(carrier, counters);
  impl->begin(state_->gateway.open(request, std::move(carrier)));
  return std::unique_ptr<PendingResponse>(new PendingResponse(std::move(impl)));
}

EndpointSocketAnswer Endpoint::open_websocket(const HttpRequest& request, WakeFunction wake) {
  EndpointSocketAnswer answer;
  if (!state_->websockets) {
    state_->counters->bad_upgrades.fetch_add(1);
    answer.refusal =
        http::refusal_response(400, "There is no WebSocket here", http::fields_of(http::Content::reason));
    return answer;
  }
  auto carrier = state_->carrier(std::move(wake), false);
  auto opened = state_->websockets->open(request, carrier);
  answer.refusal = std::move(opened.refusal);
  answer.protocol = std::move(opened.protocol);
  if (opened.session == nullptr) return answer;
  auto impl =
      std::make_unique<EndpointSocket::Impl>(std::move(carrier), state_->counters, std::move(opened.session));
  answer.socket.reset(new EndpointSocket(std::move(impl)));
  return answer;
}

void Endpoint::report_exception(std::string_view what) noexcept {
  state_->bus.report_exception(what);
}

EndpointStats Endpoint::stats() const noexcept {
  const auto number = [](const std::atomic<std::int64_t>& counter) {
    return static_cast<std::size_t>(std::max<std::int64_t>(counter.load(), 0));
  };
  const auto& counters = *state_->counters;
  EndpointStats stats;
  stats.requests = counters.requests.load();
  // What was parked and is not open any more would look as if all that is open were parked.
  stats.parked = number(counters.parked);
  stats.open = number(counters.open);
  stats.websockets = number(counters.websockets);
  stats.http = state_->gateway.stats();
  if (state_->websockets) stats.websocket = state_->websockets->stats();
  stats.websocket.bad_upgrades = counters.bad_upgrades.load();
  return stats;
}

}  // namespace bayeux
