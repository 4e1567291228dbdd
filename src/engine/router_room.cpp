// The longest queues give way before all of them hold what they may.
#include <algorithm>
#include <utility>

#include "room.hpp"
#include "router_locked.hpp"

namespace bayeux::engine {
namespace {

/// How long what is on its way to slow peers is waited for, where no queue has anything left to give.
constexpr Milliseconds relief_pause{1'000};

}  // namespace

/// Before that frame is queued.
void Router::look_for_room(const Frame& frame) {
  if (common_.bytes->load(std::memory_order_relaxed) <= room::relief_at(config_.max_total_bytes)) return;
  // What can never fit is lost, and nobody makes room for it.
  if (frame.size() > config_.max_total_bytes) return;
  const auto now = clock_.now();
  if (now.time_since_epoch().count() < relieve_again_.load(std::memory_order_relaxed)) return;
  if (relieving_.test_and_set(std::memory_order_acquire)) return;
  relieve(frame.size(), now);
}

void Router::relieve(std::size_t wanted, Time now) {
  struct Done {
    std::atomic_flag& flag;
    ~Done() { flag.clear(std::memory_order_release); }
  } done{relieving_};
  // What is wanted has been counted already.
  const auto most_bytes = std::min(room::relief_to(config_.max_total_bytes) + wanted, config_.max_total_bytes);
  const auto enough = [this, most_bytes] { return common_.bytes->load() <= most_bytes; };
  Effects effects(now);
  auto longest = config_.max_total_bytes;
  while (longest > 0 && !enough()) {
    const auto most = longest / 2;
    longest = 0;
    for (auto& slot : slots_) {
      const auto left = locked(*slot, effects, [&](Shard& shard, Effects&) {
        return shard.shorten(&Session::waiting_bytes, most, enough, effects);
      });
      longest = std::max(longest, left);
    }
  }
  if (!enough()) relieve_again_.store((now + relief_pause).time_since_epoch().count());
  conclude(effects);
}

}  // namespace bayeux::engine
