#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

#include <bayeux/clock.hpp>

namespace bayeux::engine {

/// A bucket of `burst` tokens which gets `rate` new ones a second. All that a bucket needs to remember is when it will
/// be full again, so that there can be one for every session.
class RateLimit final {
 public:
  /// A rate of 0 is no limit.
  RateLimit(std::size_t rate, std::size_t burst) noexcept
      : step_(rate == 0 ? 0 : std::max<Time::rep>(1, std::chrono::nanoseconds(std::chrono::seconds(1)).count() /
                                                         static_cast<Time::rep>(std::min(rate, most)))),
        allowance_(step_ * static_cast<Time::rep>(std::min(burst, most) - 1)) {}

  bool limits() const noexcept { return step_.count() != 0; }

  /// Takes a token out of the bucket that will be full at `full`; false when it is empty.
  bool take(Time& full, Time now) const noexcept {
    if (!limits()) return true;
    if (full > now + allowance_) return false;
    full = std::max(full, now) + step_;
    return true;
  }

  /// How long it takes to get one more.
  Time::duration step() const noexcept { return step_; }

 private:
  /// More than anybody does, and what keeps the products in range.
  static constexpr std::size_t most = 1'000'000'000;

  Time::duration step_;
  Time::duration allowance_;
};

}  // namespace bayeux::engine
