#pragma once

#include <cstdint>
#include <optional>

#include <bayeux/clock.hpp>

#include "engine/rate_limit.hpp"

namespace bayeux::bus {

/// Those who come at a rate at most, and the times that were given to the others.
class HandshakeLine final {
 public:
  /// Nothing when there is room for one more; otherwise after how long it is to come again: each at a time of its own.
  std::optional<Milliseconds> enter(const engine::RateLimit& limit, Time now);

  /// True when it is as if nobody had ever come.
  bool is_idle(Time now) const noexcept { return full_ <= now && taken_ <= now; }

 private:
  Time full_{};

  /// Until when all times are given away.
  Time taken_{};
  std::uint64_t turned_away_ = 0;
};

}  // namespace bayeux::bus
