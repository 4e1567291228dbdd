#pragma once

#include <cstddef>
#include <span>
#include <system_error>
#include <utility>

#include <asio/buffer.hpp>

#include "socket.hpp"

namespace bayeux::http1 {

/// The socket of a connection, which never waits. An Asio socket is watched by Asio, whose reactor asks for a call of
/// the system whenever it is to be watched again: Readiness needs none.
///
/// Threads: one at a time.
class Socket final {
 public:
  explicit Socket(int descriptor = -1) noexcept : descriptor_(descriptor) {}
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&&) = delete;
  ~Socket() { close(); }

  /// A connection that has come in.
  ///
  /// Errors: would_block when there is none; what the system says.
  static Socket accept(Acceptor& acceptor, asio::ip::tcp::endpoint& peer, std::error_code& error);

  /// Errors: would_block; eof when the peer sends nothing more; what the system says.
  std::size_t read_some(asio::mutable_buffer into, std::error_code& error) noexcept;

  /// Errors: would_block; what the system says.
  std::size_t write_some(asio::const_buffer bytes, std::error_code& error) noexcept;
  std::size_t write_some(std::span<const asio::const_buffer> parts, std::error_code& error) noexcept;

  void shutdown_send(std::error_code& error) noexcept;
  void close() noexcept;
  bool is_open() const noexcept { return descriptor_ >= 0; }
  int descriptor() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace bayeux::http1
