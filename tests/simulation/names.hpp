#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace bayeux::simulation {

/// A set of the names below, a bit for each.
using NameSet = std::uint32_t;

/// All channels and patterns there are; the first ones are channels.
inline constexpr std::array<std::string_view, 10> names{"/a",  "/b",  "/a/x", "/a/y", "/a/x/z",
                                                        "/*", "/**", "/a/*", "/a/**", "/b/**"};
inline constexpr int channels = 5;

constexpr NameSet bit(int name) {
  return NameSet(1) << name;
}

/// The names whose subscribers get what is published on a channel.
constexpr NameSet matching(int channel) {
  constexpr std::array<NameSet, channels> patterns{bit(5) | bit(6), bit(5) | bit(6), bit(6) | bit(7) | bit(8),
                                                   bit(6) | bit(7) | bit(8), bit(6) | bit(8)};
  return bit(channel) | patterns[static_cast<std::size_t>(channel)];
}

/// -1 when there is no such name.
constexpr int number_of(std::string_view name) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace bayeux::simulation
