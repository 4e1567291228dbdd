#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <bayeux/transports/gateway.hpp>

namespace bayeux::http {

/// The value that a request presents as browser cookie; empty when it has none, or one that the bus cannot have
/// made. Where several have the name, the first counts: it has the longest path (RFC 6265, 5.4).
std::string_view presented_cookie(const HttpRequest& request, std::string_view name) noexcept;

/// The value of the `Set-Cookie` header that gives a browser its cookie. Nothing where the request came without TLS and
/// browsers drop such a cookie then.
std::optional<std::string> set_cookie(const BrowserCookie& cookie, std::string_view value, bool tls);

/// True when every attribute can stand in a header as it is, and there are browsers that keep such a cookie.
bool is_valid(const BrowserCookie& cookie) noexcept;

}  // namespace bayeux::http
