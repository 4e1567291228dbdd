#include <bayeux/request.hpp>

#include <algorithm>

namespace bayeux {
namespace {

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim(std::string_view text) noexcept {
  constexpr std::string_view blanks = " \t";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace

std::string_view Request::path() const noexcept {
  return target.substr(0, target.find('?'));
}

std::string_view Request::query() const noexcept {
  const auto mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

std::string_view Request::header(std::string_view name) const noexcept {
  for (const auto& [key, value] : headers) {
    if (equal_ignoring_case(key, name)) return value;
  }
  return {};
}

std::string_view Request::cookie(std::string_view name) const noexcept {
  for (const auto& [key, value] : headers) {
    if (!equal_ignoring_case(key, "cookie")) continue;
    for (std::string_view rest = value; !rest.empty();) {
      const auto end = rest.find(';');
      const auto pair = rest.substr(0, end);
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
      const auto equals = pair.find('=');
      if (equals != std::string_view::npos && trim(pair.substr(0, equals)) == name)
        return trim(pair.substr(equals + 1));
    }
  }
  return {};
}

}  // namespace bayeux
