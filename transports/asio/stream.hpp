#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <system_error>
#include <utility>

#include <asio/buffer.hpp>

#include "socket.hpp"

namespace bayeux::http1 {

class TlsSession;

/// The bytes of one connection, encrypted or not. Nothing here waits: what cannot be done now says `would_block`, and
/// the connection waits for its socket.
class Stream final {
 public:
  /// Encrypted where there is a session.
  Stream(Socket socket, std::unique_ptr<TlsSession> tls);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  bool encrypted() const noexcept { return tls_ != nullptr; }

  /// False as long as there is a handshake to finish, which `read_some` does.
  bool established() const noexcept;

  /// Goes on without TLS, as long as nothing was written.
  void give_up_tls() noexcept;

  /// Errors: would_block; eof when the peer sends nothing more; wrong_protocol_type when it sends plain HTTP where it
  /// should begin TLS; what the system says.
  std::size_t read_some(asio::mutable_buffer into, std::error_code& error);

  /// Writes as much of the parts, in their order, as fits now. What was not taken comes first in the next call as well:
  /// with TLS, some of it may be encrypted already.
  ///
  /// Errors: would_block; what the system says.
  std::size_t write_some(std::span<const asio::const_buffer> parts, std::error_code& error);

  /// Has `write_some` take nothing for now, as if there were no room.
  void cork(bool on) noexcept { corked_ = on; }
  bool corked() const noexcept { return corked_; }

  /// Says that nothing follows.
  void shutdown_send(std::error_code& error);

  void close() noexcept;

  /// True when `read_some` has more at once, of which the socket says nothing.
  bool has_input() const noexcept;

  /// True when `read_some` goes on as soon as there is room for output, instead of when there is input.
  bool read_wants_room() const noexcept;

  Socket& socket() noexcept { return socket_; }

 private:
  Socket socket_;
  std::unique_ptr<TlsSession> tls_;
  bool corked_ = false;
};

/// True for what is no error: come back when the socket is ready.
inline bool would_block(const std::error_code& error) noexcept {
  return error == asio::error::would_block || error == asio::error::try_again;
}

}  // namespace bayeux::http1
