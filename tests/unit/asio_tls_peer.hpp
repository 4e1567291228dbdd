#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <csignal>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "asio_peer.hpp"

namespace bayeux::test {

/// What a client offers in its handshake.
struct TlsOffer {
  int lowest = TLS1_2_VERSION;
  int highest = TLS1_3_VERSION;
  std::string protocols;  ///< As ALPN wants them: each behind its length. None when empty.
  SSL_SESSION* resumed = nullptr;
  bool slow = false;  ///< Takes few bytes at a time from the system.
};

/// Keeps SIGPIPE from this thread, not from the server's: OpenSSL's own socket writes raise it.
class NoPipeSignal final {
 public:
  NoPipeSignal() {
    ::sigemptyset(&pipe_);
    ::sigaddset(&pipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoPipeSignal() {
    const timespec none{};
    while (::sigtimedwait(&pipe_, nullptr, &none) == SIGPIPE) {
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoPipeSignal(const NoPipeSignal&) = delete;
  NoPipeSignal& operator=(const NoPipeSignal&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
};

/// A client that speaks TLS; beyond that, as Peer.
class TlsPeer final {
 public:
  explicit TlsPeer(std::uint16_t port, const TlsOffer& offer = {})
      : peer_(port, offer.slow ? 4096 : 0),
        context_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free),
        ssl_(make(context_.get(), offer), &SSL_free) {
    SSL_set_fd(ssl_.get(), peer_.descriptor());
    ERR_clear_error();
    established_ = SSL_connect(ssl_.get()) == 1;
    if (!established_) refusal_ = ERR_GET_REASON(ERR_peek_error());
  }

  bool established() const { return established_; }

  /// Why there was no handshake, as OpenSSL counts.
  int refusal() const { return refusal_; }

  std::string version() const { return SSL_get_version(ssl_.get()); }
  bool resumed() const { return SSL_session_reused(ssl_.get()) == 1; }
  SSL* ssl() { return ssl_.get(); }

  /// The protocol that the server chose; empty for none.
  std::string protocol() const {
    const unsigned char* name = nullptr;
    unsigned int size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }

  /// The name for which the server's certificate was made.
  std::string server_name() const {
    const std::unique_ptr<X509, decltype(&X509_free)> shown(SSL_get1_peer_certificate(ssl_.get()), &X509_free);
    char text[64] = {};
    if (shown) X509_NAME_get_text_by_NID(X509_get_subject_name(shown.get()), NID_commonName, text, sizeof text);
    return text;
  }

  TlsPeer& send(std::string_view bytes) {
    std::size_t sent = 0;
    while (!bytes.empty() && SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent) == 1) {
      bytes.remove_prefix(sent);
    }
    return *this;
  }

  Received receive() {
    return receive_response(buffer_, [this] { return fill(); });
  }

  /// What has come, as it is; waits when nothing has. Empty when the connection ended.
  std::string receive_some() {
    if (buffer_.empty()) fill();
    return std::exchange(buffer_, {});
  }

  /// True when nothing comes any more and the server said so.
  bool told_the_end() { return buffer_.empty() && !fill() && SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN; }

  /// True when nothing comes any more, in whatever way.
  bool closed_by_server() { return buffer_.empty() && !fill(); }

  /// Says that nothing follows.
  void finish() { SSL_shutdown(ssl_.get()); }

  /// The socket below.
  Peer& below() { return peer_; }

 private:
  static SSL* make(SSL_CTX* context, const TlsOffer& offer) {
    // A system may forbid old versions to its own clients.
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_min_proto_version(context, offer.lowest);
    SSL_CTX_set_max_proto_version(context, offer.highest);
    SSL* const made = SSL_new(context);
    if (offer.resumed != nullptr) SSL_set_session(made, offer.resumed);
    SSL_set_alpn_protos(made, reinterpret_cast<const unsigned char*>(offer.protocols.data()),
                        static_cast<unsigned int>(offer.protocols.size()));
    return made;
  }

  bool fill() {
    char bytes[16384];
    std::size_t got = 0;
    ERR_clear_error();
    if (SSL_read_ex(ssl_.get(), bytes, sizeof bytes, &got) != 1) return false;
    buffer_.append(bytes, got);
    return true;
  }

  NoPipeSignal no_signal_;
  Peer peer_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
  std::string buffer_;
  bool established_ = false;
  int refusal_ = 0;
};

}  // namespace bayeux::test
