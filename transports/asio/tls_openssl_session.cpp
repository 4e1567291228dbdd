#include "tls_openssl_session.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

namespace bayeux::http1 {

namespace {

/// What one record holds (RFC 8446 section 5.1).
constexpr std::size_t max_record = 16 * 1024;

/// One run of bytes, for one record: parts are copied together, unless the first of them fills it.
asio::const_buffer gather(std::span<const asio::const_buffer> parts, std::size_t limit) {
  while (!parts.empty() && parts.front().size() == 0) parts = parts.subspan(1);
  if (parts.empty()) return {};
  if (parts.size() == 1 || parts.front().size() >= limit) return asio::buffer(parts.front(), limit);
  thread_local std::array<char, max_record> bytes;
  std::size_t size = 0;
  for (const asio::const_buffer& part : parts) {
    const std::size_t more = std::min(part.size(), limit - size);
    if (more == 0) continue;
    std::memcpy(bytes.data() + size, part.data(), more);
    size += more;
  }
  return {bytes.data(), size};
}

}  // namespace

OpensslSession::OpensslSession(SSL_CTX* context) : ssl_(SSL_new(context), &SSL_free) {
  if (!ssl_) throw std::bad_alloc();
  BIO* const bio = make_bio(transport_);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_accept_state(ssl_.get());
}

std::size_t OpensslSession::read_some(Socket& socket, asio::mutable_buffer into, std::error_code& error) {
  transport_.socket = &socket;
  error.clear();
  std::size_t size = 0;
  while (size < into.size() && !error) {
    std::size_t got = 0;
    ERR_clear_error();
    const int result = SSL_read_ex(ssl_.get(), static_cast<char*>(into.data()) + size, into.size() - size, &got);
    if (result != 1) error = why_not(result);
    size += got;
  }
  read_wants_room_ = would_block(error) && SSL_want_write(ssl_.get());
  // An end behind what was read is told by the next call, for which no byte need come in.
  has_input_ = size > 0 && !would_block(error);
  if (size > 0) error.clear();
  return size;
}

std::size_t OpensslSession::write_some(Socket& socket, std::span<const asio::const_buffer> parts,
                                       std::error_code& error) {
  transport_.socket = &socket;
  error.clear();
  // OpenSSL insists on the length with which it began.
  const asio::const_buffer record = gather(parts, begun_ > 0 ? begun_ : max_record);
  if (record.size() == 0) return 0;
  std::size_t written = 0;
  ERR_clear_error();
  const int result = SSL_write_ex(ssl_.get(), record.data(), record.size(), &written);
  if (result != 1) error = why_not(result);
  begun_ = would_block(error) ? record.size() : 0;
  return written;
}

void OpensslSession::shut_down(Socket& socket) noexcept {
  // A record behind half of another could not be told apart from it.
  if (broken_ || begun_ > 0 || !established() || SSL_get_shutdown(ssl_.get()) & SSL_SENT_SHUTDOWN) return;
  transport_.socket = &socket;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

std::error_code OpensslSession::why_not(int result) {
  const int kind = SSL_get_error(ssl_.get(), result);
  if (kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE) return asio::error::would_block;
  if (kind == SSL_ERROR_ZERO_RETURN) return asio::error::eof;
  broken_ = true;
  const int reason = ERR_GET_REASON(ERR_peek_error());
  ERR_clear_error();
  if (transport_.error) return transport_.error;
  const bool plain = kind == SSL_ERROR_SSL && reason == SSL_R_HTTP_REQUEST;
  return std::make_error_code(plain ? std::errc::wrong_protocol_type : std::errc::protocol_error);
}

}  // namespace bayeux::http1
