#include "wake_once.hpp"

#include <utility>

#include <bayeux/bus.hpp>

namespace bayeux::endpoint {

WakeOnce::WakeOnce(WakeFunction function, Bus& bus, std::shared_ptr<Counters> counters, bool counted)
    : function_(std::move(function)), bus_(bus), counters_(std::move(counters)), counted_(counted) {}

void WakeOnce::wake() noexcept {
  if (become(Now::woken) != Now::parked || !function_) return;
  try {
    function_();
  } catch (...) {
    // A response may stay away.
    bus_.report_exception("wake function");
  }
}

void WakeOnce::begin_look() noexcept {
  become(Now::looking);
}

bool WakeOnce::park() noexcept {
  auto expected = Now::looking;
  if (!now_.compare_exchange_strong(expected, Now::parked)) return false;
  if (counted_) counters_->parked.fetch_add(1);
  return true;
}

void WakeOnce::stop() noexcept {
  become(Now::woken);
}

WakeOnce::Now WakeOnce::become(Now next) noexcept {
  const Now before = now_.exchange(next);
  // The one who parked may not have counted it yet: the number is wrong by one for that moment, and never for good.
  if (before == Now::parked && counted_) counters_->parked.fetch_sub(1);
  return before;
}

}  // namespace bayeux::endpoint
