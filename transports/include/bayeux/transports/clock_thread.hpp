#pragma once

#include <memory>

#include <bayeux/fwd.hpp>

namespace bayeux {

/// Runs the clock of a bus on a thread of its own, which sleeps until something is due: for hosts that have no loop with
/// timers, or do not care to use it. It takes the bus's one alarm (Bus::set_alarm), and it is not needed next to an
/// AsioServer, which runs the clock itself. Listeners of what ends by time are called on this thread.
///
///     bayeux::Bus bus;
///     bayeux::ClockThread clock(bus);
///
/// Lifetime: the bus must outlive it. Its destructor waits for a callback that is being called.
class ClockThread final {
 public:
  /// Errors: throws std::system_error when there can be no more threads.
  explicit ClockThread(Bus& bus);
  ~ClockThread();
  ClockThread(const ClockThread&) = delete;
  ClockThread& operator=(const ClockThread&) = delete;

 private:
  class State;
  Bus& bus_;
  std::shared_ptr<State> state_;
};

}  // namespace bayeux
