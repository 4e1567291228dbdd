#pragma once

#include <bayeux/flow.hpp>
#include <bayeux/fwd.hpp>

namespace bayeux {

/// Sees messages on their way in and on their way out, and may change, answer or drop them. Bus::add_extension makes it
/// see all messages, Client::add_extension those of one client. Incoming messages pass the extensions in the order in
/// which they were added, those of the client last; outgoing ones in the reverse.
///
/// Threads: called on the thread that carries the message; several at once. It may call anything of the bus.
/// Errors: an exception is logged and drops the message.
class Extension {
 public:
  virtual ~Extension() = default;

  /// A message from a client, before anything is decided about it. `from` is not valid for a handshake, nor for a
  /// client that is unknown, which is refused only afterwards. Changes to `channel`, `client_id` and `id` are not
  /// looked at.
  ///
  /// `reply` is what will be answered: what is put into its `ext`, `advice` or `members` leaves with it. With
  /// Flow::answer it is all that happens; set `successful`, and `error` when that is false.
  virtual Flow incoming(const Client& from, Message& message, Message& reply);

  /// A published message, once for all of its receivers, just before it is serialised. `from` is not valid when
  /// the application publishes or delivers. For an extension of one client: what that client is sent, each with a
  /// serialisation of its own.
  virtual Flow outgoing(const Client& from, Message& message);

  /// A reply to a client, just before it leaves; `to` is not valid when there is no session. A reply that is
  /// dropped leaves the client waiting: do so only where another answer will come.
  virtual Flow reply(const Client& to, Message& message);
};

}  // namespace bayeux
