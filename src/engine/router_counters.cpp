#include "router_counters.hpp"

#include <algorithm>
#include <chrono>

namespace bayeux::engine {
namespace {

/// Most of them are nothing most of the time, and then cost no write to what all threads share.
void add_to(std::atomic<std::uint64_t>& counter, std::uint64_t more) noexcept {
  if (more != 0) counter.fetch_add(more, std::memory_order_relaxed);
}

}  // namespace

void RouterCounters::add(const Effects& effects) noexcept {
  add_to(delivered_, effects.delivered);
  add_to(dropped_, effects.dropped);
  add_to(abandoned_, effects.abandoned);
  add_to(replaced_, effects.replaced);
  add_to(repeated_, effects.repeated);
  add_to(superseded_, effects.superseded);
  add_to(wakes_, effects.wakes.size());
}

void RouterCounters::add(Removal why) noexcept {
  switch (why) {
    case Removal::disconnect:
      break;
    case Removal::timeout:
      return add_to(expired_, 1);
    case Removal::kicked:
      return add_to(kicked_, 1);
    case Removal::queue:
      return add_to(expelled_, 1);
    case Removal::drained:
      return add_to(drained_, 1);
  }
}

void RouterCounters::measure(const std::vector<Item>& events, const Clock& clock) noexcept {
  for (const auto& item : events) {
    if (!item.frame || !item.frame.handling().since) continue;
    const auto span = std::max(clock.now() - *item.frame.handling().since, Time::duration(0));
    latency_.add(static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(span).count()));
  }
}

void RouterCounters::read(Stats& stats) const {
  const auto value = [](const Counter& counter) { return counter.load(std::memory_order_relaxed); };
  stats.delivered = value(delivered_);
  stats.dropped = value(dropped_);
  stats.abandoned = value(abandoned_);
  stats.replaced = value(replaced_);
  stats.repeated = value(repeated_);
  stats.superseded = value(superseded_);
  stats.wakes = value(wakes_);
  stats.handshakes = value(handshakes_);
  stats.expired = value(expired_);
  stats.expelled = value(expelled_);
  stats.kicked = value(kicked_);
  stats.drained = value(drained_);
  stats.fan_out = fan_out_.read(1);
  stats.latency = latency_.read(1e6);
}

}  // namespace bayeux::engine
