#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include <bayeux/clock.hpp>
#include <bayeux/listener.hpp>
#include <bayeux/stats.hpp>

#include "effects.hpp"
#include "histogram.hpp"
#include "queue.hpp"

namespace bayeux::engine {

/// What a router has done.
///
/// Threads: any, at once.
class RouterCounters final {
 public:
  void add(const Effects& effects) noexcept;
  void add(Removal why) noexcept;
  void add_fan_out(std::uint64_t receivers) noexcept { fan_out_.add(receivers); }
  void session_added() noexcept { handshakes_.fetch_add(1, std::memory_order_relaxed); }

  /// How long those of them took of which it is to be known.
  void measure(const std::vector<Item>& events, const Clock& clock) noexcept;

  void read(Stats& stats) const;

 private:
  using Counter = std::atomic<std::uint64_t>;

  Counter delivered_{0};
  Counter dropped_{0};
  Counter abandoned_{0};
  Counter replaced_{0};
  Counter repeated_{0};
  Counter superseded_{0};
  Counter wakes_{0};
  Counter handshakes_{0};
  Counter expired_{0};
  Counter expelled_{0};
  Counter kicked_{0};
  Counter drained_{0};

  HistogramCounter<std::uint64_t, 7> fan_out_{{0, 1, 10, 100, 1'000, 10'000, 100'000}};

  /// In microseconds: from what is seen at once to what waits for a client that is away.
  HistogramCounter<std::uint64_t, 10> latency_{
      {100, 300, 1'000, 3'000, 10'000, 30'000, 100'000, 1'000'000, 10'000'000, 60'000'000}};
};

}  // namespace bayeux::engine
