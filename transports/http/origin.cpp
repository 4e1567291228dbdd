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

bool is_host(std::string_view host) noexcept {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return is_letter_or_digit(c) || std::string_view("-._~[]:").find(c) != std::string_view::npos;
  });
}

std::string_view default_port(std::string_view scheme) noexcept {
  if (scheme == "http") return ":80";
  return scheme == "https" ? ":443" : "";
}

}  // namespace

std::string normal_origin(std::string_view origin) {
  if (origin == "null") return "null";
  const auto mark = origin.find(separator);
  if (mark == std::string_view::npos || !is_scheme(origin.substr(0, mark))) return {};
  const auto scheme = lower(origin.substr(0, mark));
  const auto host = normal_host(scheme, origin.substr(mark + separator.size()));
  return host.empty() ? std::string() : scheme + std::string(separator) + host;
}

std::string normal_host(std::string_view scheme, std::string_view host) {
  host = trim(host);
  if (!is_host(host)) return {};
  auto result = lower(host);
  const auto port = default_port(scheme);
  if (!port.empty() && result.ends_with(port)) result.resize(result.size() - port.size());
  return result;
}

}  // namespace bayeux::http
