#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <mutex>

#include "tls_context.hpp"

namespace bayeux::http1 {

/// SSL_CTX directly, as the sessions are SSL directly: of asio::ssl::context nothing would be used but its destructor,
/// and its errors name no file.
class OpensslContext final : public TlsContext {
 public:
  /// Errors: throws std::system_error.
  explicit OpensslContext(const TlsConfig& config);

  std::unique_ptr<TlsSession> begin() const override;
  void reload() override;

 private:
  using Context = std::shared_ptr<SSL_CTX>;

  const TlsConfig config_;
  mutable std::mutex mutex_;
  Context context_;
};

}  // namespace bayeux::http1
