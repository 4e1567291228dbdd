#include "tls_openssl_context.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <cerrno>
#include <cstdio>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <bayeux/error.hpp>

#include "tls_openssl_session.hpp"

namespace bayeux::http1 {

namespace {

/// What Mozilla calls "intermediate", without DHE, which needs parameters and which no such client lacks ECDHE for.
constexpr const char* ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

using File = std::unique_ptr<std::FILE, decltype(&std::fclose)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& why) {
  ERR_clear_error();
  throw std::system_error(make_error_code(Errc::config_invalid), file.string() + ": " + why);
}

/// OpenSSL's words for what went wrong: fixed texts, which show nothing of a file.
std::string reason() {
  const char* const text = ERR_reason_error_string(ERR_peek_last_error());
  return text != nullptr ? std::string(" (") + text + ")" : std::string();
}

File open(const std::filesystem::path& file) {
  File opened(std::fopen(file.c_str(), "rbe"), &std::fclose);
  if (!opened) throw std::system_error(errno, std::generic_category(), file.string());
  return opened;
}

/// OpenSSL would ask on the terminal, and wait for an answer.
int no_passphrase(char*, int, int, void* asked) {
  if (asked != nullptr) *static_cast<bool*>(asked) = true;
  return -1;
}

void use_certificate(SSL_CTX* context, const std::filesystem::path& file) {
  open(file);
  bool asked = false;
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  SSL_CTX_set_default_passwd_cb_userdata(context, &asked);
  const bool used = SSL_CTX_use_certificate_chain_file(context, file.c_str()) == 1;
  SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
  if (!used) refuse(file, "holds no certificate in PEM that can be used" + reason());
}

Key read_key(const std::filesystem::path& file) {
  const File opened = open(file);
  bool asked = false;
  Key key(PEM_read_PrivateKey(opened.get(), nullptr, no_passphrase, &asked), &EVP_PKEY_free);
  if (asked) refuse(file, "the key is encrypted; it has to be one without a passphrase");
  if (!key) refuse(file, "holds no private key in PEM");
  return key;
}

/// RFC 7301 section 3.2: a client that lists protocols, and not ours, is told so.
int select_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
  static constexpr std::string_view ours = "http/1.1";
  for (unsigned int at = 0; at < offered_size; at += offered[at] + 1U) {
    const std::string_view name(reinterpret_cast<const char*>(offered) + at + 1, offered[at]);
    if (name != ours) continue;
    *chosen = offered + at + 1;
    *size = offered[at];
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

void set_up(SSL_CTX* context) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // One call of the system for a record instead of two. The buffer is the same, and goes as well.
  SSL_CTX_set_read_ahead(context, 1);
  // Sessions are resumed by tickets, which cost no memory here.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(context, select_protocol, nullptr);
  if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 || SSL_CTX_set_cipher_list(context, ciphers) != 1) {
    throw std::system_error(make_error_code(Errc::config_invalid), "OpenSSL offers no TLS 1.2" + reason());
  }
}

std::shared_ptr<SSL_CTX> load(const TlsConfig& config) {
  ERR_clear_error();
  const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  if (!context) throw std::bad_alloc();
  set_up(context.get());
  use_certificate(context.get(), config.certificate);
  const Key key = read_key(config.key);
  if (SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1 || SSL_CTX_check_private_key(context.get()) != 1) {
    refuse(config.key, "the key does not belong to the certificate in " + config.certificate.string());
  }
  return context;
}

}  // namespace

OpensslContext::OpensslContext(const TlsConfig& config) : config_(config), context_(load(config_)) {}

std::unique_ptr<TlsSession> OpensslContext::begin() const {
  Context context;
  {
    const std::lock_guard lock(mutex_);
    context = context_;
  }
  return std::make_unique<OpensslSession>(context.get());
}

void OpensslContext::reload() {
  Context fresh = load(config_);
  const std::lock_guard lock(mutex_);
  context_.swap(fresh);
}

std::unique_ptr<TlsContext> load_tls(const TlsConfig& config) {
  return std::make_unique<OpensslContext>(config);
}

}  // namespace bayeux::http1
