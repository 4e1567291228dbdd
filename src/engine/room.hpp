#pragma once

#include <cstddef>

// When the longest queues give way, so that there is room for everybody else's messages.

namespace bayeux::engine::room {

/// What they begin at: the rest is for what comes meanwhile.
constexpr std::size_t relief_at(std::size_t limit) noexcept {
  return limit - limit / 4;
}

/// What they go on to. To look at all queues takes a while: a quarter of everything has to come before that is done again.
constexpr std::size_t relief_to(std::size_t limit) noexcept {
  return limit / 2;
}

}  // namespace bayeux::engine::room
