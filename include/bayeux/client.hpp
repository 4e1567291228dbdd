#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include <bayeux/fwd.hpp>
#include <bayeux/json.hpp>

namespace bayeux {

/// A client of the bus, seen from the application: whoever shook hands, over whichever transport.
///
/// A handle: cheap to copy, may outlive the client and the bus. What can no longer be done says so.
///
/// Threads: any, at once.
class Client final {
 public:
  /// No client: `valid()` is false.
  Client() noexcept = default;

  /// True when this names a client at all; it may have gone meanwhile.
  bool valid() const noexcept { return !id_.empty(); }

  /// Its client id. A secret: who knows it can speak for the client, unless cookies bind it.
  const std::string& id() const noexcept { return id_; }

  /// True while its session lives.
  bool connected() const;

  /// Sends a message to this client alone, on any channel that is not `/meta/`, subscribed or not. It takes its
  /// place behind what is queued for the client already.
  ///
  /// Errors: channel_invalid, channel_wild, channel_reserved, client_unknown, message_deleted (by an extension),
  /// bus_closed.
  std::error_code deliver(std::string_view channel, Json data) const;

  /// The same with an id, which makes the message the answer to a remote call of the client (protocol: "Remote
  /// calls"): `id` is the one of its request.
  std::error_code deliver(std::string_view channel, Json data, Json id) const;

  /// Ends the session: the client is told with `/meta/disconnect` where a connect is held, and by the answer to
  /// its next connect otherwise.
  ///
  /// Errors: client_unknown, bus_closed.
  std::error_code disconnect() const;

  friend bool operator==(const Client& a, const Client& b) noexcept { return a.id_ == b.id_; }

 private:
  friend class BusAccess;
  std::weak_ptr<class BusCore> bus_;
  std::string id_;
};

}  // namespace bayeux
