#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include <bayeux/fwd.hpp>
#include <bayeux/transports/asio_server.hpp>
#include <bayeux/transports/gateway.hpp>

#include "endpoint/paths.hpp"
#include "static_files.hpp"
#include "websockets.hpp"

namespace bayeux::http1 {

/// What the server has to say to a request: a response now, an exchange that will have one, or another protocol.
struct Answer {
  FileResponse now;
  std::unique_ptr<HttpExchange> later;
  std::unique_ptr<ProtocolChange> change;
};

/// What is served where: routes first, then the bus, then files.
///
/// Threads: any, at once; `route` before that.
class Site final {
 public:
  /// Errors: throws std::system_error (config_invalid).
  Site(Bus& bus, const AsioServerConfig& config);

  void route(std::string path, AsioServer::Handler handler);

  /// Never throws but for want of memory: a handler that does is answered 500.
  Answer answer(const HttpRequest& request, std::shared_ptr<Carrier> carrier);

  void count(AsioServerStats& stats) const;

  /// What was refused.
  GatewayStats http_stats() const noexcept { return gateway_.stats(); }
  WebSocketStats websocket_stats() const noexcept;

 private:
  Answer open_websocket(const HttpRequest& request, std::shared_ptr<Carrier> carrier);
  HttpResponse call(const AsioServer::Handler& handler, const HttpRequest& request) const;

  Bus& bus_;
  const endpoint::Paths endpoints_;
  Gateway gateway_;
  const std::unique_ptr<WebSockets> websockets_;  ///< Null where there are none.
  std::atomic<std::uint64_t> bad_upgrades_{0};     ///< Requests for one of those.
  std::optional<StaticFiles> files_;
  std::unordered_map<std::string, AsioServer::Handler> routes_;
};

}  // namespace bayeux::http1
