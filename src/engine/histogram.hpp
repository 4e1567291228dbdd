#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include <bayeux/stats.hpp>

namespace bayeux::engine {

/// Counts values by size; `bounds` are the largest of each size, and what is larger still is counted behind them.
///
/// Threads: any, at once.
template <class Value, std::size_t Count>
class HistogramCounter final {
 public:
  constexpr explicit HistogramCounter(const std::array<Value, Count>& bounds) noexcept : bounds_(bounds) {}

  void add(Value value) noexcept {
    const auto size = static_cast<std::size_t>(std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin());
    counts_[size].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(static_cast<std::uint64_t>(value), std::memory_order_relaxed);
  }

  /// What was counted so far, in units of which each is so many steps of a value.
  Histogram read(double steps) const {
    Histogram histogram;
    for (const auto bound : bounds_) histogram.bounds.push_back(static_cast<double>(bound) / steps);
    for (const auto& count : counts_) histogram.counts.push_back(count.load(std::memory_order_relaxed));
    histogram.sum = static_cast<double>(sum_.load(std::memory_order_relaxed)) / steps;
    return histogram;
  }

 private:
  const std::array<Value, Count> bounds_;
  std::array<std::atomic<std::uint64_t>, Count + 1> counts_{};
  std::atomic<std::uint64_t> sum_{0};
};

}  // namespace bayeux::engine
