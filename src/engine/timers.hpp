#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include <bayeux/clock.hpp>

namespace bayeux::engine {

/// Tasks that are due at some time, for the few things which are not the deadline of a session.
class Timers final {
 public:
  using Task = std::function<void()>;

  std::uint64_t add(Time at, Task task);

  /// Gives the task back, to be destroyed by whoever holds no lock; empty when it has run.
  Task cancel(std::uint64_t id);

  /// Takes out one that is due; empty when none is.
  Task pop_due(Time now);

  std::optional<Time> next() const noexcept;

 private:
  std::uint64_t last_id_ = 0;
  std::map<std::pair<Time, std::uint64_t>, Task> tasks_;
  std::map<std::uint64_t, Time> times_;
};

}  // namespace bayeux::engine
