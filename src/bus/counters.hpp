#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <bayeux/stats.hpp>

namespace bayeux::bus {

/// What the bus counts besides the engine: whatever it refuses, withholds, or bears with from its host.
enum class Count : std::uint8_t {
  unreadable,
  malformed,
  batch,
  depth,
  unknown,
  denied,
  deleted,
  publish_rate,
  handshake_rate,
  handshake_rate_per_address,
  sessions,
  channels,
  subscriptions,
  total_subscriptions,
  windows,
  queue,
  total,
  draining,
  withheld,
  callback_failures,
  verdict_timeouts,
  unanswered,
  all,
};

/// As what a message counts that is answered with this error.
Count count_of(std::string_view error) noexcept;

/// The name under which a limit stands in the log; empty for what is no limit.
std::string_view limit_name(Count what) noexcept;

/// Threads: any, at once.
class Counters final {
 public:
  std::uint64_t add(Count what, std::uint64_t times = 1) noexcept {
    return at(what).fetch_add(times, std::memory_order_relaxed) + times;
  }
  void read(Stats& stats) const noexcept;

 private:
  std::atomic<std::uint64_t>& at(Count what) noexcept { return counters_[static_cast<std::size_t>(what)]; }
  std::uint64_t value(Count what) const noexcept {
    return counters_[static_cast<std::size_t>(what)].load(std::memory_order_relaxed);
  }

  std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(Count::all)> counters_{};
};

}  // namespace bayeux::bus
