#pragma once

#include <atomic>
#include <chrono>

#include <bayeux/clock.hpp>

namespace bayeux::test {

/// A clock that stands still until a test moves it, from any thread.
class ManualClock final : public Clock {
 public:
  /// Begins an hour after the epoch, so that a test can look back without passing below zero.
  ManualClock() = default;

  Time now() const noexcept override { return Time(Time::duration(ticks_.load())); }

  void advance(Milliseconds span) noexcept { ticks_ += std::chrono::duration_cast<Time::duration>(span).count(); }

  void set(Time time) noexcept { ticks_ = time.time_since_epoch().count(); }

 private:
  std::atomic<Time::rep> ticks_{std::chrono::duration_cast<Time::duration>(std::chrono::hours(1)).count()};
};

}  // namespace bayeux::test
