#include "handshake_line.hpp"

#include <algorithm>

#include "engine/scatter.hpp"

namespace bayeux::bus {
namespace {

/// Nobody waits for longer, so that whoever shakes hands in a loop cannot send others away for hours.
constexpr Milliseconds longest{60'000};

}  // namespace

std::optional<Milliseconds> HandshakeLine::enter(const engine::RateLimit& limit, Time now) {
  if (limit.take(full_, now)) return std::nullopt;
  // A little slower than the rate, so that there is room for those who come for the first time.
  taken_ = std::max(taken_, now) + limit.step() + limit.step() / 8;
  const auto wait = std::chrono::ceil<Milliseconds>(taken_ - now);
  if (wait <= longest) return wait;
  taken_ = now + longest;
  return longest / 2 + engine::scattered(++turned_away_, longest / 2);
}

}  // namespace bayeux::bus
