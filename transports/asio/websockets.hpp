#pragma once

#include <memory>
#include <string>

#include <bayeux/fwd.hpp>
#include <bayeux/transports/asio_server.hpp>

#include "conversation.hpp"

namespace bayeux::http1 {

class Connection;

/// A change of what is spoken on a connection.
class ProtocolChange {
 public:
  virtual ~ProtocolChange() = default;

  /// The 101 response, which is written first.
  virtual std::string head() = 0;

  /// Who goes on, with the bytes that have come in already. Once.
  virtual std::unique_ptr<Conversation> begin(Connection& connection, std::string bytes) = 0;
};

/// What becomes of a request for a WebSocket.
struct WebSocketReply {
  std::unique_ptr<ProtocolChange> change;  ///< Null when it is refused.
  HttpResponse refusal;
};

/// The WebSockets of a server.
///
/// Threads: any.
class WebSockets {
 public:
  virtual ~WebSockets() = default;

  virtual WebSocketReply open(const HttpRequest& request, std::shared_ptr<Carrier> carrier) = 0;

  /// What was let in and refused.
  virtual WebSocketStats stats() const noexcept = 0;

  /// Fills in what it has counted.
  virtual void count(AsioServerStats& stats) const = 0;
};

/// Null where there are to be none, or where they are not built in.
///
/// Errors: throws std::system_error (config_invalid).
std::unique_ptr<WebSockets> make_websockets(Bus& bus, const AsioServerConfig& config);

}  // namespace bayeux::http1
