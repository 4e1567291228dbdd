#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <bayeux/clock.hpp>
#include <bayeux/listener.hpp>

#include "alarm.hpp"
#include "outlet.hpp"

namespace bayeux::engine {

/// What has to be done once no lock is held, because it runs code of the host or takes another lock.
struct Effects {
  struct Removed {
    std::string id;
    Removal why;
    std::vector<std::string> names;  ///< To what it was subscribed.
  };

  explicit Effects(Time time) noexcept : now(time) {}

  /// When all of this happens.
  const Time now;

  std::vector<std::shared_ptr<Outlet>> wakes;
  std::vector<Removed> removed;
  std::vector<std::shared_ptr<void>> tickets;

  /// Names to which nobody of a shard is subscribed any more.
  std::vector<std::string> emptied;

  /// Clients whose queue has become full, and whose connect was let go (where somebody wants to know).
  std::vector<std::string> full;
  std::vector<std::string> released;

  /// Clients for whom the message must be made for them alone.
  std::vector<std::string> personal;

  /// The earliest deadline of the shards that worked on it.
  Time::rep earliest = no_deadline;

  /// Copies of the frame that were queued; that gave way; that were never sent because their session ended; that a later
  /// one replaced; that were sent again.
  std::uint64_t delivered = 0;
  std::uint64_t dropped = 0;
  std::uint64_t abandoned = 0;
  std::uint64_t replaced = 0;
  std::uint64_t repeated = 0;

  /// Queues that were cut, and messages that were lost, because all together hold what they may.
  std::uint64_t over_total = 0;

  /// Held connects whose place a newer one took.
  std::uint64_t superseded = 0;

  void wake(const std::shared_ptr<Outlet>& outlet) {
    if (outlet->woken) return;
    outlet->woken = true;
    wakes.push_back(outlet);
  }
};

}  // namespace bayeux::engine
