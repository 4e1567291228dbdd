#include "form.hpp"

#include <utility>

#include "text.hpp"

namespace bayeux::http {
namespace {

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<std::string> form_decode(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = hex_digit(text[i + 1]);
    const int low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    result += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return result;
}

std::optional<std::vector<std::string>> form_values(std::string_view form, std::string_view name) {
  std::vector<std::string> values;
  while (!form.empty()) {
    auto value = cut(form, '&');
    const auto key = form_decode(cut(value, '='));
    if (!key) return std::nullopt;
    if (*key != name) continue;
    auto decoded = form_decode(value);
    if (!decoded) return std::nullopt;
    values.push_back(std::move(*decoded));
  }
  return values;
}

}  // namespace bayeux::http
