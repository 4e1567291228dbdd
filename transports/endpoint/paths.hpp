#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bayeux/transports/gateway.hpp>
#include <bayeux/transports/websocket.hpp>

namespace bayeux::endpoint {

/// Where the bus answers.
class Paths final {
 public:
  /// Errors: throws std::system_error (config_invalid).
  explicit Paths(std::vector<std::string> paths);

  /// Clients append what they like behind a path: `/bayeux/handshake`, `/cometd/58.0`.
  bool contain(std::string_view path) const noexcept;

 private:
  std::vector<std::string> paths_;
};

/// A page that may use the bus over HTTP may use it over WebSocket too, and its browser is known by the same cookie.
WebSocketConfig completed(WebSocketConfig websocket, const GatewayConfig& gateway);

}  // namespace bayeux::endpoint
