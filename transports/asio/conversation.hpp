#pragma once

#include <string_view>

namespace bayeux::http1 {

/// What is spoken on a connection: HTTP, or what it was upgraded to.
///
/// Threads: all in a turn of the connection.
class Conversation {
 public:
  virtual ~Conversation() = default;

  /// Does all that can be done now. Called whenever something may have changed.
  virtual void pump() = 0;

  /// True when it has a use for bytes, or wants to know when the peer hangs up.
  virtual bool wants_input() const noexcept = 0;

  /// Bytes have come in; `pump` follows.
  virtual void receive(std::string_view bytes) = 0;

  /// The bus may have something for it; `pump` follows.
  virtual void woken() = 0;

  /// The peer sends nothing more; `pump` follows.
  virtual void hung_up() = 0;

  /// There is room for output; `pump` follows.
  virtual void writable() = 0;

  /// The wait that was set with Connection::set_deadline is over.
  virtual void expired() = 0;

  /// Ends it as soon as what is being answered is written.
  virtual void stop() = 0;

  /// The connection is closed: nothing will be called any more.
  virtual void closed() noexcept = 0;
};

}  // namespace bayeux::http1
