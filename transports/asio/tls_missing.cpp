// Stands in for tls_openssl_*.cpp in a build without OpenSSL.
#include <system_error>

#include <bayeux/error.hpp>

#include "tls_context.hpp"

namespace bayeux::http1 {

std::unique_ptr<TlsContext> load_tls(const TlsConfig&) {
  throw std::system_error(make_error_code(Errc::config_invalid), "AsioServerConfig::tls: bayeux was built without TLS");
}

}  // namespace bayeux::http1
