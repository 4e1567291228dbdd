#include "stream.hpp"

#include "tls_session.hpp"

namespace bayeux::http1 {

Stream::Stream(Socket socket, std::unique_ptr<TlsSession> tls) : socket_(std::move(socket)), tls_(std::move(tls)) {}

Stream::~Stream() = default;

bool Stream::established() const noexcept {
  return !tls_ || tls_->established();
}

void Stream::give_up_tls() noexcept {
  tls_.reset();
}

std::size_t Stream::read_some(asio::mutable_buffer into, std::error_code& error) {
  return tls_ ? tls_->read_some(socket_, into, error) : socket_.read_some(into, error);
}

std::size_t Stream::write_some(std::span<const asio::const_buffer> parts, std::error_code& error) {
  if (corked_) {
    error = asio::error::would_block;
    return 0;
  }
  return tls_ ? tls_->write_some(socket_, parts, error) : socket_.write_some(parts, error);
}

void Stream::shutdown_send(std::error_code& error) {
  if (tls_) tls_->shut_down(socket_);
  socket_.shutdown_send(error);
}

void Stream::close() noexcept {
  // A peer that is not told takes the end for an attack (RFC 8446 section 6.1).
  if (tls_ && socket_.is_open()) tls_->shut_down(socket_);
  tls_.reset();
  socket_.close();
}

bool Stream::has_input() const noexcept {
  return tls_ && tls_->has_input();
}

bool Stream::read_wants_room() const noexcept {
  return tls_ && tls_->read_wants_room();
}

}  // namespace bayeux::http1
