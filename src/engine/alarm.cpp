#include "alarm.hpp"

#include <utility>

namespace bayeux::engine {

void Alarm::set(std::function<void()> ring) {
  auto made = ring ? std::make_shared<const std::function<void()>>(std::move(ring)) : nullptr;
  // The one before is destroyed after the lock is gone: it may own anything of the host.
  const std::lock_guard lock(ring_mutex_);
  ring_.swap(made);
}

void Alarm::ring_if_earlier(Time::rep earliest) {
  // Once for each new earliest: whoever is rung has not looked at the clock yet.
  auto announced = announced_.load();
  do {
    if (earliest >= announced) return;
  } while (!announced_.compare_exchange_weak(announced, earliest));
  std::shared_ptr<const std::function<void()>> ring;
  {
    const std::lock_guard lock(ring_mutex_);
    ring = ring_;
  }
  if (ring != nullptr) (*ring)();
}

void Alarm::publish_earliest() {
  const auto next = timers_.next();
  timers_earliest_.store(next ? next->time_since_epoch().count() : no_deadline);
}

std::uint64_t Alarm::call_at(Time at, std::function<void()> task) {
  std::uint64_t id = 0;
  {
    const std::lock_guard lock(timers_mutex_);
    id = timers_.add(at, std::move(task));
    publish_earliest();
  }
  ring_if_earlier(at.time_since_epoch().count());
  return id;
}

void Alarm::cancel(std::uint64_t id) {
  // Destroyed after the lock is gone: a task may own anything.
  std::function<void()> task;
  const std::lock_guard lock(timers_mutex_);
  task = timers_.cancel(id);
  publish_earliest();
}

void Alarm::run_timers(Time now) {
  while (timers_earliest_.load() <= now.time_since_epoch().count()) {
    std::function<void()> task;
    {
      const std::lock_guard lock(timers_mutex_);
      task = timers_.pop_due(now);
      publish_earliest();
    }
    if (task) task();
  }
}

}  // namespace bayeux::engine
