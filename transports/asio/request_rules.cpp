#include "request_rules.hpp"

#include <algorithm>
#include <string_view>

namespace bayeux::http1 {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool printable(char c) {
  return c > 0x20 && c < 0x7f;
}

bool has_scheme(std::string_view target) {
  return same_word(target.substr(0, 7), "http://") || same_word(target.substr(0, 8), "https://");
}

/// Exactly one `Host`; what it says is not looked at. HTTP/1.0 may do without (RFC 9112 section 3.2).
bool host_is_fine(const ParsedRequest& request) {
  const auto hosts = std::count_if(request.http.headers.begin(), request.http.headers.end(),
                                   [](const Request::Header& header) { return same_word(header.first, "host"); });
  return hosts == 1 || (hosts == 0 && request.http_1_0);
}

/// A target is a path, a URL or `*` (RFC 9112 section 3.2), in visible ASCII.
bool target_is_fine(const ParsedRequest& request) {
  const std::string_view target = request.http.target;
  if (!std::all_of(target.begin(), target.end(), printable)) return false;
  return target.starts_with('/') || has_scheme(target) || (target == "*" && request.http.method == "OPTIONS");
}

/// `chunked` is the only transfer coding that is understood; HTTP/1.0 has none (RFC 9112 sections 6.1 and 7).
int coding_refusal(const ParsedRequest& request) {
  int codings = 0;
  for (const auto& [name, value] : request.http.headers) {
    if (!same_word(name, "transfer-encoding")) continue;
    if (request.http_1_0 || ++codings > 1) return 400;
    if (!same_word(value, "chunked")) return 501;
  }
  return 0;
}

int expect_refusal(const ParsedRequest& request) {
  for (const auto& [name, value] : request.http.headers) {
    if (same_word(name, "expect") && !same_word(value, "100-continue")) return 417;
  }
  return 0;
}

}  // namespace

bool same_word(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

int head_refusal(const ParsedRequest& request, int major, int minor) {
  if (major != 1 || minor > 1) return 505;
  if (request.http.method == "TRACE" || request.http.method == "CONNECT") return 405;
  if (!host_is_fine(request) || !target_is_fine(request)) return 400;
  if (const int status = coding_refusal(request); status != 0) return status;
  return expect_refusal(request);
}

std::size_t size_before_path(std::string_view target) noexcept {
  if (!has_scheme(target)) return 0;
  return std::min(target.size(), target.find_first_of("/?", target.find("://") + 3));
}

bool expects_continue(const ParsedRequest& request) {
  return std::any_of(request.http.headers.begin(), request.http.headers.end(),
                     [](const Request::Header& header) { return same_word(header.first, "expect"); });
}

}  // namespace bayeux::http1
