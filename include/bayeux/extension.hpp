#pragma once

#include <cstdint>

#include <bayeux/fwd.hpp>

namespace bayeux {

/// Sees every message of the bus on its way in and on its way out, and may change or drop it. Register it with
/// Bus::add_extension: incoming messages pass the extensions in that order, outgoing ones in the reverse.
///
/// Threads: called on the thread that carries the message; several at once. It may call anything of the bus.
/// Errors: an exception is logged and drops the message.
class Extension {
 public:
  /// What becomes of the message.
  enum class Flow : std::uint8_t {
    pass,  ///< It goes on, as it is now.
    drop,  ///< It goes no further. A request is answered `404::message_deleted`.
  };

  virtual ~Extension() = default;

  /// A message from a client, before anything is decided about it. `from` is not valid for a handshake, nor for a
  /// client that is unknown, which is refused only afterwards. Changes to `channel`, `client_id` and `id` are not
  /// looked at.
  virtual Flow incoming(const Client& from, Message& message);

  /// A published message, once for all of its receivers, just before it is serialised. `from` is not valid when
  /// the application publishes or delivers.
  virtual Flow outgoing(const Client& from, Message& message);

  /// A reply to a client, just before it leaves; `to` is not valid when there is no session. A reply that is
  /// dropped leaves the client waiting: do so only where another answer will come.
  virtual Flow reply(const Client& to, Message& message);
};

}  // namespace bayeux
