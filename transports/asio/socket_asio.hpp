#pragma once

#include <cstddef>
#include <span>
#include <system_error>
#include <utility>

#include <asio/buffer.hpp>

#include "socket.hpp"

namespace bayeux::http1 {

/// The socket of a connection, which never waits.
///
/// Threads: one at a time.
class Socket final {
 public:
  using Waited = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;

  explicit Socket(Waited socket) noexcept : socket_(std::move(socket)) {}

  /// A connection that has come in.
  ///
  /// Errors: would_block when there is none; what the system says.
  static Socket accept(Acceptor& acceptor, asio::ip::tcp::endpoint& peer, std::error_code& error);

  /// Errors: would_block; eof when the peer sends nothing more; what the system says.
  std::size_t read_some(asio::mutable_buffer into, std::error_code& error) { return socket_.read_some(into, error); }

  /// Errors: would_block; what the system says.
  std::size_t write_some(asio::const_buffer bytes, std::error_code& error) { return socket_.write_some(bytes, error); }
  std::size_t write_some(std::span<const asio::const_buffer> parts, std::error_code& error) {
    return socket_.write_some(parts, error);
  }

  void shutdown_send(std::error_code& error) { socket_.shutdown(Waited::shutdown_send, error); }
  void close() noexcept {
    std::error_code error;
    socket_.close(error);
  }
  bool is_open() const noexcept { return socket_.is_open(); }
  Waited& waited() noexcept { return socket_; }

 private:
  Waited socket_;
};

}  // namespace bayeux::http1
