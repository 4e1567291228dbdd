#pragma once

#include <algorithm>
#include <string>
#include <string_view>

/// Reads one character of a form; `%XX` and `+` are decoded, a broken escape is taken as it stands.
inline char form_character(std::string_view& text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  };
  const char first = text.front();
  const bool escape = first == '%' && text.size() >= 3 && digit(text[1]) >= 0 && digit(text[2]) >= 0;
  const char decoded = escape ? static_cast<char>(digit(text[1]) * 16 + digit(text[2])) : first == '+' ? ' ' : first;
  text.remove_prefix(escape ? 3 : 1);
  return decoded;
}

/// The value of a field of a form that a page sent (`application/x-www-form-urlencoded`); empty when it is missing.
inline std::string form_field(std::string_view body, std::string_view name) {
  while (!body.empty()) {
    std::string_view field = body.substr(0, body.find('&'));
    body.remove_prefix(std::min(field.size() + 1, body.size()));
    const auto equals = field.find('=');
    if (equals == std::string_view::npos || field.substr(0, equals) != name) continue;
    std::string value;
    for (field.remove_prefix(equals + 1); !field.empty();) value += form_character(field);
    return value;
  }
  return {};
}
