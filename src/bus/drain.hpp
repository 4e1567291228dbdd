#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include <bayeux/clock.hpp>

namespace bayeux {

class BusCore;

namespace bus {

/// How a bus lets everybody go: see Bus::drain.
///
/// Threads: any, at once.
class Drain final {
 public:
  void begin(BusCore& core, Milliseconds deadline, std::function<void()> done);
  bool begun() const noexcept { return begun_.load(); }

  /// A session has gone.
  void session_gone(BusCore& core);

  /// How long a client is to wait before it shakes hands elsewhere, and one that came here again: each another time.
  Milliseconds interval() noexcept;
  Milliseconds longer_interval() noexcept;

 private:
  void end_at(BusCore& core, Time deadline);
  void finish(BusCore& core);

  std::atomic<bool> begun_{false};
  std::atomic<std::uint64_t> told_{0};
  std::mutex mutex_;
  Time deadline_ = Time::max();
  std::vector<std::function<void()>> done_;
};

}  // namespace bus
}  // namespace bayeux
