#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/target.hpp"
#include "http/cookie.hpp"

namespace bayeux::fuzz {
namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts{text};
  for (std::size_t at; (at = parts.back().find(separator)) != std::string_view::npos;) {
    const auto rest = parts.back().substr(at + 1);
    parts.back() = parts.back().substr(0, at);
    parts.push_back(rest);
  }
  return parts;
}

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool of_a_bus(std::string_view value) {
  constexpr std::string_view known = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  return value.size() <= 128 && value.find_first_not_of(known) == std::string_view::npos;
}

/// The first cookie of that name, the slow way: all of them are taken apart.
std::string_view expected(const HttpRequest& request, std::string_view name) {
  for (const auto& [header, value] : request.headers) {
    for (const auto pair : split(value, ';')) {
      const auto equals = pair.find('=');
      if (equals == std::string_view::npos || without_blanks(pair.substr(0, equals)) != name) continue;
      const auto found = without_blanks(pair.substr(equals + 1));
      return of_a_bus(found) ? found : std::string_view();
    }
  }
  return {};
}

/// `name|path|domain|same_site|flags`, of which what is missing is empty.
BrowserCookie cookie_of(std::string_view line) {
  auto parts = split(line, '|');
  parts.resize(5);
  const auto has = [&](char flag) { return parts[4].find(flag) != std::string_view::npos; };
  return {.name = std::string(parts[0]),
          .path = std::string(parts[1]),
          .domain = std::string(parts[2]),
          .same_site = std::string(parts[3]),
          .http_only = has('h'),
          .secure = has('a') ? CookieSecurity::always : has('s') ? CookieSecurity::over_tls : CookieSecurity::never,
          .partitioned = has('p')};
}

bool begins(std::string_view name, std::string_view prefix) {
  return std::equal(prefix.begin(), prefix.end(), name.begin(), name.begin() + std::min(name.size(), prefix.size()),
                    [](char a, char b) { return (a | 0x20) == (b | 0x20); });
}

/// Browsers keep it only when it is marked `Secure`.
bool needs_secure(const BrowserCookie& cookie) {
  return cookie.same_site == "None" || cookie.partitioned || begins(cookie.name, "__Host-") ||
         begins(cookie.name, "__Secure-");
}

/// What a browser takes from such a header (RFC 6265, 5.2) is what was meant, and nothing else.
void check_header(const BrowserCookie& cookie, std::string_view value, bool tls) {
  const bool secure = cookie.secure == CookieSecurity::always || (cookie.secure == CookieSecurity::over_tls && tls);
  const auto set = http::set_cookie(cookie, value, tls);
  require(set.has_value() == (secure || !needs_secure(cookie)), "just what browsers would drop is not set");
  if (!set) return;
  const std::string& header = *set;
  const bool one_line = std::all_of(header.begin(), header.end(), [](char c) { return c >= ' ' && c != '\x7f'; });
  require(one_line, "a header is one line");
  std::vector<std::string> meant{cookie.name + "=" + std::string(value), "Path=" + cookie.path};
  if (!cookie.domain.empty()) meant.push_back("Domain=" + cookie.domain);
  if (cookie.http_only) meant.emplace_back("HttpOnly");
  if (secure) meant.emplace_back("Secure");
  if (!cookie.same_site.empty()) meant.push_back("SameSite=" + cookie.same_site);
  if (cookie.partitioned) meant.emplace_back("Partitioned");
  std::vector<std::string> said;
  for (const auto part : split(header, ';')) said.emplace_back(without_blanks(part));
  require(said == meant, "no attribute is made of another");

  HttpRequest back;
  back.headers = {{"Cookie", said.front()}};
  require(http::presented_cookie(back, cookie.name) == value, "the cookie that was set is the one that comes back");
}

}  // namespace
}  // namespace bayeux::fuzz

/// The first line is what the cookie is configured to be, each other a `Cookie` header.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bayeux;
  using namespace bayeux::fuzz;
  const auto lines = split(as_text(data, size), '\n');
  const BrowserCookie cookie = cookie_of(lines.front());
  const bool valid = http::is_valid(cookie);
  const std::string name = valid ? cookie.name : "B";
  HttpRequest request;
  for (std::size_t i = 1; i < lines.size(); ++i) request.headers.emplace_back("cookie", lines[i]);

  const auto value = http::presented_cookie(request, name);
  require(of_a_bus(value), "a cookie is of letters and digits");
  require(value == expected(request, name), "the first of a name counts");
  if (!valid) return 0;
  require(cookie.secure != CookieSecurity::never || !needs_secure(cookie), "browsers keep such a cookie");
  check_header(cookie, value, true);
  check_header(cookie, value.empty() ? "value" : value, false);
  return 0;
}
