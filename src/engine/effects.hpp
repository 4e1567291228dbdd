#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <bayeux/clock.hpp>
#include <bayeux/listener.hpp>

#include "outlet.hpp"

namespace bayeux::engine {

/// Later than any deadline.
inline constexpr Time::rep no_deadline = Time::max().time_since_epoch().count();

/// What has to be done once no lock is held, because it runs code of the host or takes another lock.
struct Effects {
  struct Removed {
    std::string id;
    Removal why;
  };

  explicit Effects(Time time) noexcept : now(time) {}

  /// When all of this happens.
  const Time now;

  std::vector<std::shared_ptr<Outlet>> wakes;
  std::vector<Removed> removed;
  std::vector<std::shared_ptr<void>> tickets;

  /// The earliest deadline of the shards that worked on it.
  Time::rep earliest = no_deadline;

  /// Copies of the frame that were queued, and frames that had to leave a full queue.
  std::uint64_t delivered = 0;
  std::uint64_t dropped = 0;

  void wake(const std::shared_ptr<Outlet>& outlet) {
    if (outlet->woken) return;
    outlet->woken = true;
    wakes.push_back(outlet);
  }
};

}  // namespace bayeux::engine
