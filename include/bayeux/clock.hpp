#pragma once

#include <chrono>

namespace bayeux {

/// A point in time as the bus counts it: monotonic, so that a changed wall clock expires nobody.
using Time = std::chrono::steady_clock::time_point;

/// A span of time; on the wire and in Config always milliseconds.
using Milliseconds = std::chrono::milliseconds;

/// A year, which is as good as for ever: whoever gives the bus or a transport a longer time, such as Milliseconds::max(),
/// means it. So no sum of times is more than a clock can count.
inline constexpr Milliseconds longest_time = std::chrono::days(365);

/// The longest time that a client is told: longer ones are taken for it. Timers of browsers take 2^31 ms, which is not
/// quite 25 days, for no time at all, and clients add something to what they are told.
inline constexpr Milliseconds longest_told = std::chrono::days(24);

/// Tells the bus what time it is. The core reads no clock of its own, so that tests and simulations can
/// move time by hand.
///
/// Threads: `now` may be called from any number of threads at once, and never under a lock that it could want.
/// Errors: `now` must not throw.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const noexcept = 0;
};

/// The clock used when Config names none: std::chrono::steady_clock.
class SystemClock final : public Clock {
 public:
  Time now() const noexcept override { return std::chrono::steady_clock::now(); }
};

}  // namespace bayeux
