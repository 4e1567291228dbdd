#pragma once

#include <cstddef>
#include <span>
#include <system_error>

#include <asio/buffer.hpp>

#include "stream.hpp"

namespace bayeux::http1 {

/// TLS between a connection and its socket, which is handed in with each call. Nothing here waits. The handshake
/// happens within `read_some`, which gives nothing before that is done.
///
/// Threads: one at a time.
class TlsSession {
 public:
  virtual ~TlsSession() = default;

  /// Reads as much as there is.
  ///
  /// Errors: would_block; eof when the peer said that it sends nothing more; wrong_protocol_type when it speaks HTTP
  /// without TLS, and nothing was written to it yet; anything else is the end, also an end that the peer did not
  /// announce.
  virtual std::size_t read_some(Socket& socket, asio::mutable_buffer into, std::error_code& error) = 0;

  /// Writes one record of what the parts begin with. What was not taken comes first in the next call as well, because
  /// some of it may be encrypted already.
  ///
  /// Errors: would_block; anything else is the end.
  virtual std::size_t write_some(Socket& socket, std::span<const asio::const_buffer> parts, std::error_code& error) = 0;

  /// Tells the peer that nothing follows, unless something is written by half.
  virtual void shut_down(Socket& socket) noexcept = 0;

  virtual bool established() const noexcept = 0;

  /// True when `read_some` has more at once, of which the socket says nothing.
  virtual bool has_input() const noexcept = 0;

  /// True when `read_some` goes on as soon as the socket takes output, instead of when it has input.
  virtual bool read_wants_room() const noexcept = 0;
};

}  // namespace bayeux::http1
