#include "cookie.hpp"

#include <algorithm>

#include "text.hpp"

namespace bayeux::http {
namespace {

constexpr std::size_t max_value_length = 128;

bool could_be_ours(std::string_view value) noexcept {
  return value.size() <= max_value_length && std::all_of(value.begin(), value.end(), is_letter_or_digit);
}

bool is_path(std::string_view path) noexcept {
  return path.starts_with('/') &&
         std::all_of(path.begin(), path.end(), [](char c) { return c > ' ' && c < '\x7f' && c != ';'; });
}

bool is_domain(std::string_view domain) noexcept {
  return std::all_of(domain.begin(), domain.end(),
                     [](char c) { return is_letter_or_digit(c) || c == '.' || c == '-'; });
}

/// Browsers compare the prefix of a name in any case (RFC 6265bis, 5.7).
bool has_prefix(std::string_view name, std::string_view prefix) noexcept {
  return equal_ignoring_case(name.substr(0, prefix.size()), prefix);
}

bool is_for_host_alone(const BrowserCookie& cookie) noexcept {
  return has_prefix(cookie.name, "__Host-");
}

/// Whether browsers drop the cookie without `Secure` (RFC 6265bis, 4.1.3 and 5.7; CHIPS).
bool needs_secure(const BrowserCookie& cookie) noexcept {
  return cookie.same_site == "None" || cookie.partitioned || is_for_host_alone(cookie) ||
         has_prefix(cookie.name, "__Secure-");
}

}  // namespace

std::string_view presented_cookie(const HttpRequest& request, std::string_view name) noexcept {
  const auto value = request.cookie(name);
  return could_be_ours(value) ? value : std::string_view();
}

std::optional<std::string> set_cookie(const BrowserCookie& cookie, std::string_view value, bool tls) {
  const bool secure = cookie.secure == CookieSecurity::always || (cookie.secure == CookieSecurity::over_tls && tls);
  if (needs_secure(cookie) && !secure) return std::nullopt;
  std::string text = cookie.name;
  text.append("=").append(value).append("; Path=").append(cookie.path);
  if (!cookie.domain.empty()) text.append("; Domain=").append(cookie.domain);
  if (cookie.http_only) text.append("; HttpOnly");
  if (secure) text.append("; Secure");
  if (!cookie.same_site.empty()) text.append("; SameSite=").append(cookie.same_site);
  if (cookie.partitioned) text.append("; Partitioned");
  return text;
}

bool is_valid(const BrowserCookie& cookie) noexcept {
  const bool known_site = cookie.same_site.empty() || cookie.same_site == "Lax" || cookie.same_site == "Strict" ||
                          cookie.same_site == "None";
  const bool keeps_prefix = !is_for_host_alone(cookie) || (cookie.path == "/" && cookie.domain.empty());
  return is_token(cookie.name) && is_path(cookie.path) && is_domain(cookie.domain) && known_site && keeps_prefix &&
         (cookie.secure != CookieSecurity::never || !needs_secure(cookie));
}

}  // namespace bayeux::http
