#include "paths.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include <bayeux/error.hpp>

namespace bayeux::endpoint {

Paths::Paths(std::vector<std::string> paths) : paths_(std::move(paths)) {
  for (std::string& path : paths_) {
    if (!path.starts_with('/') || path.find_first_of("?# ") != std::string::npos) {
      throw std::system_error(make_error_code(Errc::config_invalid), "an endpoint is a path that begins with /");
    }
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  }
}

bool Paths::contain(std::string_view path) const noexcept {
  return std::any_of(paths_.begin(), paths_.end(), [&](const std::string& own) {
    if (own == "/") return true;
    return path.starts_with(own) && (path.size() == own.size() || path[own.size()] == '/');
  });
}

WebSocketConfig completed(WebSocketConfig websocket, const GatewayConfig& gateway) {
  const auto& origins = gateway.allowed_origins;
  websocket.cookie_name = gateway.cookie.name;
  websocket.allowed_origins.insert(websocket.allowed_origins.end(), origins.begin(), origins.end());
  return websocket;
}

}  // namespace bayeux::endpoint
