#include <algorithm>

#include "scatter.hpp"
#include "shard.hpp"

// How all sessions of a shard leave before the program ends.

namespace bayeux::engine {
namespace {

/// How soon a session is looked at again that could not leave yet: its client has been answered and is to acknowledge,
/// its connection has not taken everything, or the application holds a batch.
constexpr Milliseconds look_again{100};

}  // namespace

/// Its turn. It needs no memory, because it follows from the id.
Time Shard::leaves_at(const Session& session) const noexcept {
  return leaving_->from + scattered(Id(session.id).hash, leaving_->spread);
}

bool Shard::may_leave(const Session& session, Time now) const noexcept {
  return leaving_ && leaves_at(session) <= now;
}

void Shard::wait_for_turn(Session& session, Time now) const noexcept {
  session.hold_until = std::max(leaves_at(session), now + look_again);
}

Time Shard::end_of_hold(const Session& session, Time now, Milliseconds timeout) const noexcept {
  if (!leaving_) return now + timeout;
  return std::min(now + timeout, std::max(leaves_at(session), now + look_again));
}

void Shard::begin_leaving(Milliseconds spread, Effects& effects) {
  leaving_ = {effects.now, spread};
  for (Session* session : sessions_.all()) {
    const auto turn = leaves_at(*session);
    session->hold_until = session->hold != nullptr ? std::min(session->hold_until, turn) : turn;
    arm_service(*session);
  }
}

/// Ends a session whose turn has come. False when something waits for it: then that leaves first, and nothing more is
/// queued, because otherwise one that is always sent something would never go.
bool Shard::leave(Session& session, Effects& effects) {
  session.closing = true;
  if (session.waiting_messages() == 0) {
    remove(session, Removal::drained, {}, nullptr, effects);
    return true;
  }
  session.pressing = !session.queue.empty();
  flush(session, effects);
  return false;
}

void Shard::end_leaving(Effects& effects) {
  for (Session* session : sessions_.all()) remove(*session, Removal::drained, {}, nullptr, effects);
}

}  // namespace bayeux::engine
