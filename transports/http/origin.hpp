#pragma once

#include <string>
#include <string_view>

namespace bayeux::http {

/// An origin (RFC 6454, 7) in one spelling, so that equal origins are equal texts: small letters, no default port.
/// Empty when it is not `scheme://host` or `scheme://host:port`; `null` stays as it is.
std::string normal_origin(std::string_view origin);

/// The host and port of a `Host` header in one spelling; empty when it is malformed.
std::string normal_host(std::string_view scheme, std::string_view host);

}  // namespace bayeux::http
