#include "timers.hpp"

namespace bayeux::engine {

std::uint64_t Timers::add(Time at, Task task) {
  const auto id = ++last_id_;
  tasks_.emplace(std::pair(at, id), std::move(task));
  times_.emplace(id, at);
  return id;
}

Timers::Task Timers::cancel(std::uint64_t id) {
  const auto time = times_.find(id);
  if (time == times_.end()) return {};
  auto entry = tasks_.extract({time->second, id});
  times_.erase(time);
  return std::move(entry.mapped());
}

Timers::Task Timers::pop_due(Time now) {
  if (tasks_.empty() || tasks_.begin()->first.first > now) return {};
  auto entry = tasks_.extract(tasks_.begin());
  times_.erase(entry.key().second);
  return std::move(entry.mapped());
}

std::optional<Time> Timers::next() const noexcept {
  return tasks_.empty() ? std::nullopt : std::optional(tasks_.begin()->first.first);
}

}  // namespace bayeux::engine
