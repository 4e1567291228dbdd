#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include <bayeux/clock.hpp>

#include "timers.hpp"

namespace bayeux::engine {

/// Later than any deadline.
inline constexpr Time::rep no_deadline = Time::max().time_since_epoch().count();

/// When somebody has to look at the clock next: tells whoever runs the loop, and rings when it becomes earlier. It also
/// keeps the timers that belong to no session.
///
/// Every member may be called from any thread.
class Alarm final {
 public:
  void set(std::function<void()> ring);

  /// Says when the next deadline is. `earliest` finds it among the shards.
  template <class Earliest>
  std::optional<Time> announce(Earliest&& earliest) {
    const auto first = [&] { return std::min(earliest(), timers_earliest_.load()); };
    // Whoever makes it earlier meanwhile either sees what is announced here and rings, or is seen by the second look.
    auto announced = first();
    for (announced_.store(announced); first() < announced; announced_.store(announced)) announced = first();
    if (announced == no_deadline) return std::nullopt;
    return Time(Time::duration(announced));
  }

  void ring_if_earlier(Time::rep earliest);

  std::uint64_t call_at(Time at, std::function<void()> task);
  void cancel(std::uint64_t id);
  void run_timers(Time now);

 private:
  void publish_earliest();

  /// What was last announced.
  std::atomic<Time::rep> announced_{no_deadline};
  std::mutex ring_mutex_;
  std::shared_ptr<const std::function<void()>> ring_;

  std::mutex timers_mutex_;
  Timers timers_;
  std::atomic<Time::rep> timers_earliest_{no_deadline};
};

}  // namespace bayeux::engine
