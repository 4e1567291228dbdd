#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace bayeux::http {

/// Counts events of several kinds, of which `Kind::kinds` says how many there are.
///
/// Threads: any.
template <class Kind>
class Tally {
 public:
  void add(Kind kind) noexcept { counts_[static_cast<std::size_t>(kind)].fetch_add(1, std::memory_order_relaxed); }
  std::uint64_t of(Kind kind) const noexcept {
    return counts_[static_cast<std::size_t>(kind)].load(std::memory_order_relaxed);
  }

 private:
  std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(Kind::kinds)> counts_{};
};

}  // namespace bayeux::http
