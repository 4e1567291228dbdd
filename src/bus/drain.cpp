#include "drain.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "core.hpp"
#include "engine/scatter.hpp"

namespace bayeux::bus {
namespace {

/// Over how long those are spread who are told at the same moment.
constexpr Milliseconds apart{1'000};

/// As long as those who are told need to be let in elsewhere.
Milliseconds spread_of(const BusCore& core, Milliseconds deadline) {
  const auto rate = core.config.handshake_rate;
  if (rate == 0) return Milliseconds(0);
  return std::min(deadline / 2, Milliseconds(core.router.sessions() * 1'000 / rate));
}

}  // namespace

void Drain::begin(BusCore& core, Milliseconds deadline, std::function<void()> done) {
  deadline = std::clamp(deadline, Milliseconds(0), longest_time);
  const Time end = core.config.clock->now() + deadline;
  bool earlier = false;
  {
    const std::lock_guard lock(mutex_);
    if (done) done_.push_back(std::move(done));
    earlier = end < deadline_;
    deadline_ = std::min(deadline_, end);
  }
  if (!begun_.exchange(true)) {
    core.journal.write(LogLevel::debug, "drain=begin clients=" + std::to_string(core.router.sessions()) +
                                            " deadline_ms=" + std::to_string(deadline.count()));
    core.router.begin_leaving(spread_of(core, deadline));
  }
  if (earlier) end_at(core, end);
  session_gone(core);
}

void Drain::end_at(BusCore& core, Time deadline) {
  core.router.alarm().call_at(deadline, [weak = core.weak_from_this()] {
    if (const auto alive = weak.lock()) alive->router.end_leaving();
  });
}

void Drain::session_gone(BusCore& core) {
  if (begun() && core.router.sessions() == 0) finish(core);
}

void Drain::finish(BusCore& core) {
  std::vector<std::function<void()>> done;
  {
    const std::lock_guard lock(mutex_);
    done = std::exchange(done_, {});
  }
  if (!done.empty()) core.journal.write(LogLevel::debug, "drain=end");
  for (const auto& callback : done) core.guarded("drain callback", callback);
}

Milliseconds Drain::interval() noexcept {
  return engine::scattered(told_.fetch_add(1, std::memory_order_relaxed), apart);
}

Milliseconds Drain::longer_interval() noexcept {
  return apart / 2 + interval();
}

}  // namespace bayeux::bus
