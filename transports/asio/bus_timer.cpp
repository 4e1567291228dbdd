#include "bus_timer.hpp"

#include <algorithm>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include <asio/dispatch.hpp>

#include <bayeux/bus.hpp>

namespace bayeux::http1 {

namespace {

/// A bus has one alarm, but may have several servers: the alarm reaches all their timers, and any of them will do.
class Alarms final {
 public:
  void add(Bus& bus, std::weak_ptr<BusTimer> timer) {
    const std::lock_guard lock(mutex_);
    auto& timers = timers_[&bus];
    timers.push_back(std::move(timer));
    if (timers.size() == 1) bus.set_alarm([this, &bus] { ring(bus); });
  }

  /// Takes away those that are gone or `gone`.
  void remove(Bus& bus, const BusTimer* gone) {
    const std::lock_guard lock(mutex_);
    const auto found = timers_.find(&bus);
    if (found == timers_.end()) return;
    std::erase_if(found->second, [&](const std::weak_ptr<BusTimer>& timer) {
      const auto kept = timer.lock();
      return !kept || kept.get() == gone;
    });
    if (!found->second.empty()) return;
    timers_.erase(found);
    bus.set_alarm({});
  }

  void ring(Bus& bus) {
    std::vector<std::shared_ptr<BusTimer>> timers;
    {
      const std::lock_guard lock(mutex_);
      const auto found = timers_.find(&bus);
      if (found == timers_.end()) return;
      for (const auto& timer : found->second) {
        if (auto kept = timer.lock()) timers.push_back(std::move(kept));
      }
    }
    for (const auto& timer : timers) timer->alarm();
  }

 private:
  std::mutex mutex_;
  std::unordered_map<Bus*, std::vector<std::weak_ptr<BusTimer>>> timers_;
};

Alarms& alarms() {
  static Alarms all;
  return all;
}

/// A deadline in the past is not served faster than that: with a clock that stands still it would never end.
constexpr std::chrono::milliseconds shortest{1};

}  // namespace

BusTimer::BusTimer(Bus& bus, asio::io_context& io, std::shared_ptr<WakeQueue> wakes)
    : bus_(&bus), wakes_(std::move(wakes)), strand_(asio::make_strand(io)), timer_(strand_) {}

void BusTimer::start() {
  alarms().add(*bus_, weak_from_this());
  alarm();
}

void BusTimer::stop() {
  if (bus_ == nullptr) return;
  alarms().remove(*bus_, this);
  bus_ = nullptr;
  timer_.cancel();
}

void BusTimer::alarm() {
  if (alarmed_.exchange(true)) return;
  try {
    wakes_->run([self = shared_from_this()] { asio::dispatch(self->strand_, [self] { self->set(); }); });
  } catch (...) {
    alarmed_ = false;  // Out of memory: the next alarm may get through.
    throw;
  }
}

void BusTimer::set() {
  alarmed_ = false;
  if (bus_ == nullptr) return;
  const auto deadline = bus_->next_deadline();
  if (!deadline) {
    timer_.cancel();
    return;
  }
  // The bus may have a clock of its own: only the distance counts.
  const auto& clock = bus_->config().clock;
  const Time now = clock ? clock->now() : std::chrono::steady_clock::now();
  timer_.expires_after(std::max<Time::duration>(*deadline - now, shortest));
  timer_.async_wait([self = shared_from_this()](std::error_code error) {
    if (!error) self->go_off();
  });
}

void BusTimer::go_off() {
  if (bus_ == nullptr) return;
  bus_->run_due();
  set();
}

}  // namespace bayeux::http1
