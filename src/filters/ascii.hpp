#pragma once

#include <string>
#include <string_view>

// Not <cctype>: what a letter is must not depend on the locale of the host.
namespace bayeux::filters {

inline char lower(char byte) noexcept {
  return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + ('a' - 'A')) : byte;
}

inline std::string lower(std::string_view text) {
  std::string out(text);
  for (char& byte : out) byte = lower(byte);
  return out;
}

inline bool is_digit(char byte) noexcept {
  return byte >= '0' && byte <= '9';
}

inline bool is_letter(char byte) noexcept {
  return lower(byte) >= 'a' && lower(byte) <= 'z';
}

}  // namespace bayeux::filters
