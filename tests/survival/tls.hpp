#pragma once

#include <string>

#include "unit/asio_tls_files.hpp"

namespace bayeux::test {

// What a ServerProcess is told, so that it speaks TLS too.

inline std::string certificate_option(const TlsFiles& files) {
  return "certificate=" + files.config().certificate.string();
}

inline std::string key_option(const TlsFiles& files) {
  return "key=" + files.config().key.string();
}

}  // namespace bayeux::test
