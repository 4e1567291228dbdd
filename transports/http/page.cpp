#include "page.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "text.hpp"

namespace bayeux::http {
namespace {

std::size_t count_origins(const HttpRequest& request, std::string_view& first) noexcept {
  std::size_t count = 0;
  for (const auto& [name, value] : request.headers) {
    if (equal_ignoring_case(name, "origin") && ++count == 1) first = value;
  }
  return count;
}

/// The origin in an address; all of it when there is none, which is nobody's.
std::string_view origin_in(std::string_view address) noexcept {
  constexpr std::string_view separator = "://";
  const auto mark = address.find(separator);
  if (mark == std::string_view::npos) return address;
  return address.substr(0, address.find_first_of("/?#", mark + separator.size()));
}

}  // namespace

Page page_of(const HttpRequest& request) noexcept {
  std::string_view origin;
  const auto origins = count_origins(request, origin);
  if (origins > 1) return {Page::Whose::unclear};
  if (origins == 1) return {Page::Whose::named, origin};
  // What its user typed counts as the host's own: no page has made the browser do it.
  const auto site = trim(request.header("sec-fetch-site"));
  if (!site.empty()) return {site == "same-origin" || site == "none" ? Page::Whose::nobodys : Page::Whose::foreign};
  const auto referer = trim(request.header("referer"));
  if (!referer.empty()) return {Page::Whose::named, origin_in(referer)};
  return {};
}

bool names_origin(const HttpRequest& request) noexcept {
  std::string_view first;
  return count_origins(request, first) > 0;
}

bool is_simple_type(std::string_view content_type) noexcept {
  static constexpr std::array<std::string_view, 4> simple{"", "text/plain", "application/x-www-form-urlencoded",
                                                          "multipart/form-data"};
  const auto type = trim(cut(content_type, ';'));
  return std::any_of(simple.begin(), simple.end(), [&](std::string_view one) { return equal_ignoring_case(type, one); });
}

}  // namespace bayeux::http
