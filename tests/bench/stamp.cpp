#include "stamp.hpp"

#include <algorithm>

namespace bayeux::bench {

namespace {

std::uint64_t hex_at(const char* digits, int count) {
  std::uint64_t value = 0;
  for (int i = 0; i < count; ++i) {
    const auto digit = static_cast<unsigned>(digits[i]);
    value = value << 4 | (digit <= '9' ? digit - '0' : digit - 'a' + 10);
  }
  return value;
}

void append_hex(std::string& out, std::uint64_t value, int count) {
  while (count-- > 0) out.push_back("0123456789abcdef"[value >> (4 * count) & 15]);
}

}  // namespace

void append_stamp(std::string& out, const Stamp& stamp, std::size_t size) {
  out += stamp_mark;
  append_hex(out, stamp.intended_ns, 16);
  append_hex(out, stamp.publisher, 8);
  append_hex(out, stamp.number, 8);
  out.append(std::max(size, stamp_size) - stamp_size, '.');
}

Stamp stamp_at(const char* bytes) {
  const char* digits = bytes + stamp_mark.size();
  return {hex_at(digits, 16), static_cast<std::uint32_t>(hex_at(digits + 16, 8)),
          static_cast<std::uint32_t>(hex_at(digits + 24, 8))};
}

}  // namespace bayeux::bench
