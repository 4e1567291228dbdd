#pragma once

#include <string>
#include <string_view>

namespace bayeux::http {

/// An origin (RFC 6454, 7) in one spelling, so that equal origins are equal texts: small letters, no default port.
/// Empty when it is not `scheme://host` or `scheme://host:port`; `null` stays as it is.
std::string normal_origin(std::string_view origin);

/// True when an origin in that spelling is the one of this scheme and this `Host` header.
bool is_origin_of(std::string_view normal, std::string_view scheme, std::string_view host) noexcept;

}  // namespace bayeux::http
