#include <bayeux/transports/clock_thread.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <bayeux/bus.hpp>

namespace bayeux {

/// Kept by the alarm as well, which may be ringing while the ClockThread goes.
class ClockThread::State final {
 public:
  explicit State(Bus& bus) : bus_(bus) {}

  void alarm() {
    {
      const std::lock_guard lock(mutex_);
      alarmed_ = true;
    }
    changed_.notify_one();
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_one();
    thread.join();
  }

  void run() {
    while (wait(bus_.next_deadline())) bus_.run_due();
  }

  std::thread thread;

 private:
  /// A deadline in the past is not served faster than that: with a clock that stands still it would never end.
  static constexpr std::chrono::milliseconds shortest{1};

  /// Until that time or an alarm; false when there is an end to it. An alarm comes only after the deadline was asked
  /// for, and what came before the wait is not forgotten.
  bool wait(std::optional<Time> deadline) {
    std::unique_lock lock(mutex_);
    const auto called = [&] { return alarmed_ || stopped_; };
    if (deadline) {
      changed_.wait_for(lock, std::max<Time::duration>(*deadline - now(), shortest), called);
    } else {
      changed_.wait(lock, called);
    }
    alarmed_ = false;
    return !stopped_;
  }

  /// The bus may have a clock of its own: only the distance counts.
  Time now() const {
    const auto& clock = bus_.config().clock;
    return clock ? clock->now() : std::chrono::steady_clock::now();
  }

  Bus& bus_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool alarmed_ = false;
  bool stopped_ = false;
};

ClockThread::ClockThread(Bus& bus) : bus_(bus), state_(std::make_shared<State>(bus)) {
  bus.set_alarm([state = state_] { state->alarm(); });
  try {
    state_->thread = std::thread([state = state_.get()] { state->run(); });
  } catch (...) {
    bus.set_alarm({});
    throw;
  }
}

ClockThread::~ClockThread() {
  bus_.set_alarm({});
  state_->stop();
}

}  // namespace bayeux
