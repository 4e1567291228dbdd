#include "origin.hpp"

#include <algorithm>

#include "text.hpp"

namespace bayeux::http {
namespace {

constexpr std::string_view separator = "://";

bool is_scheme(std::string_view scheme) noexcept {
  return !scheme.empty() && std::all_of(scheme.begin(), scheme.end(), [](char c) {
    return is_letter_or_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

bool is_port(std::string_view port) noexcept {
  return std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// A name, or an address of IPv6 in brackets; and a port, if any.
bool is_host(std::string_view host) noexcept {
  const bool brackets = host.starts_with('[');
  const auto end = brackets ? host.find(']') : host.find(':');
  const auto name = host.substr(brackets ? 1 : 0, end - (brackets && end != std::string_view::npos ? 1 : 0));
  const auto rest = end == std::string_view::npos ? std::string_view() : host.substr(end + (brackets ? 1 : 0));
  const std::string_view others = brackets ? ":." : "-._~";
  return !name.empty() && (!brackets || end != std::string_view::npos) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_letter_or_digit(c) || others.find(c) != std::string_view::npos; }) &&
         (rest.empty() || (rest.front() == ':' && is_port(rest.substr(1))));
}

std::string_view default_port(std::string_view scheme) noexcept {
  if (scheme == "http") return ":80";
  return scheme == "https" ? ":443" : "";
}

std::string_view without_default_port(std::string_view scheme, std::string_view host) noexcept {
  const auto port = default_port(scheme);
  if (!port.empty() && host.ends_with(port)) host.remove_suffix(port.size());
  return host;
}

}  // namespace

std::string normal_origin(std::string_view origin) {
  if (origin == "null") return "null";
  const auto mark = origin.find(separator);
  if (mark == std::string_view::npos || !is_scheme(origin.substr(0, mark))) return {};
  const auto scheme = lower(origin.substr(0, mark));
  const auto host = origin.substr(mark + separator.size());
  if (!is_host(host)) return {};
  return scheme + std::string(separator) + lower(without_default_port(scheme, host));
}

bool is_origin_of(std::string_view normal, std::string_view scheme, std::string_view host) noexcept {
  if (!normal.starts_with(scheme)) return false;
  normal.remove_prefix(scheme.size());
  if (!normal.starts_with(separator)) return false;
  normal.remove_prefix(separator.size());
  // There is always something of a host behind it, and nothing but what may stand in one.
  return equal_ignoring_case(normal, without_default_port(scheme, trim(host)));
}

}  // namespace bayeux::http
