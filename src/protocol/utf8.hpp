#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace bayeux::protocol {

/// The length of the well-formed UTF-8 sequence (RFC 3629) at `at`; 0 when there is none.
inline std::size_t utf8_length(std::string_view text, std::size_t at) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const std::size_t left = text.size() - at;
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xC2) return 0;
  if (first < 0xE0) return left >= 2 && follows(1) ? 2 : 0;
  if (first < 0xF0) {
    if (left < 3 || !follows(1) || !follows(2)) return 0;
    const bool overlong = first == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = first == 0xED && byte(1) >= 0xA0;
    return overlong || surrogate ? 0 : 3;
  }
  if (first > 0xF4 || left < 4 || !follows(1) || !follows(2) || !follows(3)) return 0;
  const bool overlong = first == 0xF0 && byte(1) < 0x90;
  const bool beyond = first == 0xF4 && byte(1) >= 0x90;
  return overlong || beyond ? 0 : 4;
}

/// The eight bytes at `at`, for looking at all of them at once.
inline std::uint64_t eight_bytes(std::string_view text, std::size_t at) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, text.data() + at, sizeof word);
  return word;
}

inline constexpr std::uint64_t every_byte = 0x0101010101010101U;
inline constexpr std::uint64_t high_bits = 0x8080808080808080U;

/// Not zero when one of the eight bytes is `byte`; bytes of 0x80 and above may be taken for it.
inline constexpr std::uint64_t holds(std::uint64_t word, unsigned char byte) noexcept {
  const std::uint64_t zero_where_equal = word ^ (every_byte * byte);
  return (zero_where_equal - every_byte) & ~zero_where_equal & high_bits;
}

/// Where the first byte from `at` on stands that a JSON string cannot have as it is, or that is not ASCII.
inline std::size_t plain_until(std::string_view text, std::size_t at) noexcept {
#ifdef __SSE2__
  for (; at + 16 <= text.size(); at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    // Signed, so those that are not ASCII are below a blank, as controls are.
    const __m128i below = _mm_cmplt_epi8(bytes, _mm_set1_epi8(' '));
    const __m128i quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    const __m128i backslashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    const auto marks = _mm_movemask_epi8(_mm_or_si128(below, _mm_or_si128(quotes, backslashes)));
    if (marks != 0) return at + static_cast<std::size_t>(std::countr_zero(static_cast<unsigned>(marks)));
  }
#endif
  for (; at + 8 <= text.size(); at += 8) {
    const std::uint64_t word = eight_bytes(text, at);
    const std::uint64_t no_control = word - every_byte * 0x20;
    const std::uint64_t no_quote = (word ^ every_byte * '"') - every_byte;
    const std::uint64_t no_backslash = (word ^ every_byte * '\\') - every_byte;
    const std::uint64_t marks = (word | no_control | no_quote | no_backslash) & high_bits;
    if (marks == 0) continue;
    // A byte that is subtracted from borrows from those above only, and only when it is marked itself: so the lowest
    // mark is true.
    if constexpr (std::endian::native != std::endian::little) break;
    return at + static_cast<std::size_t>(std::countr_zero(marks)) / 8;
  }
  for (; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x20 || byte >= 0x80 || byte == '"' || byte == '\\') break;
  }
  return at;
}

}  // namespace bayeux::protocol
