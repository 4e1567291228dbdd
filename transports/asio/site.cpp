#include "site.hpp"

#include <utility>

#include <bayeux/bus.hpp>

#include "request_rules.hpp"
#include "response_head.hpp"

namespace bayeux::http1 {

namespace {

Answer now(HttpResponse response) {
  Answer answer;
  answer.now.response = std::move(response);
  return answer;
}

bool asks_for_websocket(const HttpRequest& request) {
  return request.method == "GET" && same_word(request.header("Upgrade"), "websocket");
}

}  // namespace

Site::Site(Bus& bus, const AsioServerConfig& config)
    : bus_(bus),
      endpoints_(config.endpoints),
      gateway_(bus, config.gateway),
      websockets_(make_websockets(bus, config)) {
  if (!config.static_files.empty()) files_.emplace(config.static_files);
}

void Site::route(std::string path, AsioServer::Handler handler) {
  routes_.insert_or_assign(std::move(path), std::move(handler));
}

Answer Site::answer(const HttpRequest& request, std::shared_ptr<Carrier> carrier) {
  const std::string_view path = request.path();
  if (const auto route = routes_.find(std::string(path)); route != routes_.end()) {
    return now(call(route->second, request));
  }
  if (endpoints_.contain(path)) {
    if (asks_for_websocket(request)) return open_websocket(request, std::move(carrier));
    Answer answer;
    answer.later = gateway_.open(request, std::move(carrier));
    return answer;
  }
  if (!files_) return now(status_response(404));
  Answer answer;
  answer.now = files_->answer(request);
  return answer;
}

/// Clients fall back on long-polling as soon as they hear another status than 101.
Answer Site::open_websocket(const HttpRequest& request, std::shared_ptr<Carrier> carrier) {
  if (websockets_ == nullptr) {
    bad_upgrades_.fetch_add(1, std::memory_order_relaxed);
    return now(status_response(400));
  }
  auto reply = websockets_->open(request, std::move(carrier));
  if (reply.change == nullptr) return now(std::move(reply.refusal));
  Answer answer;
  answer.change = std::move(reply.change);
  return answer;
}

WebSocketStats Site::websocket_stats() const noexcept {
  return websockets_ != nullptr ? websockets_->stats() : WebSocketStats{.bad_upgrades = bad_upgrades_};
}

void Site::count(AsioServerStats& stats) const {
  if (websockets_ != nullptr) websockets_->count(stats);
}

HttpResponse Site::call(const AsioServer::Handler& handler, const HttpRequest& request) const {
  try {
    return handler(request);
  } catch (...) {
    bus_.report_exception("route handler");
    return status_response(500);
  }
}

}  // namespace bayeux::http1
