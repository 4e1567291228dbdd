#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "substring.hpp"

namespace bayeux::bench {

/// What a message of the load says of itself, within a JSON string that no server has a reason to write differently.
struct Stamp {
  std::uint64_t intended_ns = 0;  ///< When it was to be published, by `now_ns`.
  std::uint32_t publisher = 0;
  std::uint32_t number = 0;  ///< Grows from publish to publish; 1 is the first.
};

inline constexpr std::string_view stamp_mark = "bench:";
inline constexpr std::size_t stamp_size = stamp_mark.size() + 16 + 8 + 8;

/// Appends the stamp, filled up to `size` bytes.
void append_stamp(std::string& out, const Stamp& stamp, std::size_t size);

/// The stamp that begins here; there must be `stamp_size` bytes.
Stamp stamp_at(const char* bytes);

/// Calls `visit` with each stamp in a text.
template <class Visit>
void for_each_stamp(std::string_view text, Visit visit) {
  auto at = find_in(text, stamp_mark);
  while (at != std::string_view::npos && text.size() - at >= stamp_size) {
    visit(stamp_at(text.data() + at));
    at = find_in(text, stamp_mark, at + stamp_size);
  }
}

}  // namespace bayeux::bench
