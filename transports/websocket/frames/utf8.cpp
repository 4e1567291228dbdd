#include "utf8.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace bayeux::websocket {
namespace {

/// What may follow the first byte of a character: how many bytes, and between what the first of them lies (RFC 3629
/// section 4). 0 bytes when no character begins so.
struct Tail {
  std::size_t size;
  std::uint8_t low;
  std::uint8_t high;
};

Tail tail_of(std::uint8_t first) noexcept {
  if (first < 0xc2) return {0, 0, 0};
  if (first < 0xe0) return {1, 0x80, 0xbf};
  if (first == 0xe0) return {2, 0xa0, 0xbf};
  if (first == 0xed) return {2, 0x80, 0x9f};
  if (first < 0xf0) return {2, 0x80, 0xbf};
  if (first == 0xf0) return {3, 0x90, 0xbf};
  if (first < 0xf4) return {3, 0x80, 0xbf};
  if (first == 0xf4) return {3, 0x80, 0x8f};
  return {0, 0, 0};
}

std::uint8_t byte_at(std::string_view text, std::size_t at) noexcept {
  return static_cast<std::uint8_t>(text[at]);
}

/// Bytes of the character, beyond ASCII, that begins at `at`; 0 when none does.
std::size_t character_at(std::string_view text, std::size_t at) noexcept {
  const auto tail = tail_of(byte_at(text, at));
  if (tail.size == 0 || text.size() - at <= tail.size) return 0;
  if (byte_at(text, at + 1) < tail.low || byte_at(text, at + 1) > tail.high) return 0;
  for (std::size_t i = 2; i <= tail.size; ++i) {
    if ((byte_at(text, at + i) & 0xc0) != 0x80) return 0;
  }
  return tail.size + 1;
}

/// Where the ASCII that begins at `at` ends, or a little before.
std::size_t skip_ascii(std::string_view text, std::size_t at) noexcept {
  std::uint64_t eight = 0;
  while (text.size() - at >= sizeof eight) {
    std::memcpy(&eight, text.data() + at, sizeof eight);
    if ((eight & 0x8080808080808080U) != 0) break;
    at += sizeof eight;
  }
  return at;
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
  for (std::size_t at = skip_ascii(text, 0); at < text.size();) {
    if (byte_at(text, at) < 0x80) {
      at = skip_ascii(text, at + 1);
      continue;
    }
    const auto size = character_at(text, at);
    if (size == 0) return false;
    at += size;
  }
  return true;
}

std::string_view utf8_prefix(std::string_view text, std::size_t size) noexcept {
  if (text.size() <= size) return text;
  while (size > 0 && (byte_at(text, size) & 0xc0) == 0x80) --size;
  return text.substr(0, size);
}

}  // namespace bayeux::websocket
