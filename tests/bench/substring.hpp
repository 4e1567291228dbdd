#pragma once

#include <cstring>
#include <string_view>

namespace bayeux::bench {

/// As `text.find(part, from)`, but with the system's search, which takes less time for each byte.
inline std::size_t find_in(std::string_view text, std::string_view part, std::size_t from = 0) {
  if (from > text.size()) return std::string_view::npos;
  const void* found = ::memmem(text.data() + from, text.size() - from, part.data(), part.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

inline bool contains(std::string_view text, std::string_view part) {
  return find_in(text, part) != std::string_view::npos;
}

/// What stands between the first `before` at or after `from` and the next `after`; empty if there is none.
inline std::string_view between(std::string_view text, std::string_view before, char after, std::size_t from = 0) {
  const auto found = find_in(text, before, from);
  if (found == std::string_view::npos) return {};
  const auto begin = found + before.size();
  const auto end = text.find(after, begin);
  return end == std::string_view::npos ? std::string_view() : text.substr(begin, end - begin);
}

}  // namespace bayeux::bench
