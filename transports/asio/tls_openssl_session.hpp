#pragma once

#include <openssl/ssl.h>

#include <memory>

#include "tls_openssl_bio.hpp"
#include "tls_session.hpp"

namespace bayeux::http1 {

/// A TLS session by OpenSSL's SSL object, directly: asio::ssl::stream waits by itself, and holds 34 KiB of buffers for
/// each connection. This one holds none between records.
class OpensslSession final : public TlsSession {
 public:
  /// Errors: throws std::bad_alloc.
  explicit OpensslSession(SSL_CTX* context);

  std::size_t read_some(Socket& socket, asio::mutable_buffer into, std::error_code& error) override;
  std::size_t write_some(Socket& socket, std::span<const asio::const_buffer> parts, std::error_code& error) override;
  void shut_down(Socket& socket) noexcept override;
  bool established() const noexcept override { return SSL_is_init_finished(ssl_.get()) == 1; }
  bool has_input() const noexcept override { return has_input_; }
  bool read_wants_room() const noexcept override { return read_wants_room_; }

 private:
  std::error_code why_not(int result);

  TlsTransport transport_;
  const std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
  std::size_t begun_ = 0;  ///< Bytes of a record that was encrypted, but not written completely.
  bool has_input_ = false;
  bool read_wants_room_ = false;
  bool broken_ = false;
};

}  // namespace bayeux::http1
