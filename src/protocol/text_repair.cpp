#include "protocol/text_repair.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

#include "protocol/number.hpp"
#include "protocol/utf8.hpp"

namespace bayeux::protocol {
namespace {

constexpr std::size_t escape_length = 6;

/// The code unit of the `\uXXXX` at `at`.
std::optional<unsigned> escaped_unit(std::string_view text, std::size_t at) noexcept {
  const std::string_view escape = text.substr(at, escape_length);
  if (escape.size() < escape_length || !escape.starts_with("\\u")) return std::nullopt;
  unsigned unit = 0;
  const char* const end = escape.data() + escape.size();
  if (std::from_chars(escape.data() + 2, end, unit, 16).ptr != end) return std::nullopt;
  return unit;
}

bool is_high_surrogate(std::optional<unsigned> unit) noexcept {
  return unit && *unit >= 0xD800 && *unit <= 0xDBFF;
}
bool is_low_surrogate(std::optional<unsigned> unit) noexcept {
  return unit && *unit >= 0xDC00 && *unit <= 0xDFFF;
}

/// Passes one escape; what is wrong with it besides surrogates is left to the parser.
std::size_t after_escape(std::string_view text, std::size_t at, std::vector<std::size_t>& places) {
  const auto unit = escaped_unit(text, at);
  if (is_high_surrogate(unit) && is_low_surrogate(escaped_unit(text, at + escape_length))) {
    return at + 2 * escape_length;
  }
  if (is_high_surrogate(unit) || is_low_surrogate(unit)) {
    places.push_back(at);
    return at + escape_length;
  }
  return at + 2;
}

std::size_t skip_plain(std::string_view text, std::size_t at) noexcept {
  for (; at + 8 <= text.size(); at += 8) {
    const std::uint64_t word = eight_bytes(text, at);
    if (((word & high_bits) | holds(word, '\\')) != 0) break;
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80 && text[at] != '\\') ++at;
  return at;
}

std::size_t after_string(std::string_view text, std::size_t at) noexcept {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return at + 1;
}

/// RapidJSON's bounds are somewhere above these.
bool may_be_large(std::string_view number) noexcept {
  return number.size() >= 300 || number.find_first_of("eE") != std::string_view::npos;
}

}  // namespace

std::vector<std::size_t> broken_places(std::string_view text) {
  std::vector<std::size_t> places;
  for (std::size_t at = skip_plain(text, 0); at < text.size(); at = skip_plain(text, at)) {
    if (text[at] == '\\') {
      at = after_escape(text, at, places);
    } else if (const std::size_t length = utf8_length(text, at); length != 0) {
      at += length;
    } else {
      places.push_back(at++);
    }
  }
  return places;
}

void mend(std::string& text, const std::vector<std::size_t>& places) {
  for (const std::size_t at : places) {
    if (text[at] == '\\') {
      text.replace(at, escape_length, "\\ufffd");
    } else {
      text[at] = '?';
    }
  }
}

void shrink_numbers(std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const char first = text[at];
    if (first == '"') {
      at = after_string(text, at);
    } else if (first == '-' || (first >= '0' && first <= '9')) {
      const std::size_t end = std::min(text.find_first_not_of("0123456789+-.eE", at), text.size());
      const std::string_view number = std::string_view(text).substr(at, end - at);
      if (may_be_large(number) && is_number(number)) {
        text.replace(at, number.size(), number.size(), '0');
        text[at + 1] = '.';
      }
      at = end;
    } else {
      ++at;
    }
  }
}

}  // namespace bayeux::protocol
