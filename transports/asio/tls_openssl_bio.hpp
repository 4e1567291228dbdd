#pragma once

#include <openssl/bio.h>

#include <system_error>

#include "stream.hpp"

namespace bayeux::http1 {

/// What OpenSSL reads from and writes to: the socket of a connection, for the length of a call. OpenSSL's own socket
/// BIO writes with write(2), which raises SIGPIPE.
struct TlsTransport {
  Socket* socket = nullptr;
  std::error_code error;  ///< Why the socket is of no use any more.
  bool ended = false;     ///< The peer closed its direction.
};

/// `transport` must outlive it.
///
/// Errors: throws std::bad_alloc.
BIO* make_bio(TlsTransport& transport);

}  // namespace bayeux::http1
