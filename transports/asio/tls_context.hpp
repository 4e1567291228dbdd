#pragma once

#include <memory>

#include <bayeux/transports/asio_server.hpp>

#include "tls_session.hpp"

namespace bayeux::http1 {

/// The certificate and key with which a server begins TLS sessions.
///
/// Threads: any.
class TlsContext {
 public:
  virtual ~TlsContext() = default;

  /// A session for a connection that was just accepted.
  ///
  /// Errors: throws std::bad_alloc.
  virtual std::unique_ptr<TlsSession> begin() const = 0;

  /// Reads the files again, for sessions that begin from now on.
  ///
  /// Errors: throws std::system_error, as `load_tls`; the old ones stay in use then.
  virtual void reload() = 0;
};

/// Reads certificate and key.
///
/// Errors: throws std::system_error: what the system says of a file, or config_invalid with the name of the file that
/// is wrong, and always where TLS is not built in.
std::unique_ptr<TlsContext> load_tls(const TlsConfig& config);

}  // namespace bayeux::http1
