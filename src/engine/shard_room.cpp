#include <algorithm>
#include <utility>

#include "room.hpp"
#include "shard.hpp"

// What gives way when there is no room for a message.

namespace bayeux::engine {

void Shard::look_for_room() noexcept {
  no_bytes_left_ = common_.bytes->load(std::memory_order_relaxed) > config_.max_total_bytes;
}

/// What waits besides a message that replaces `older`, or for which a place is kept.
std::size_t Shard::others(const Session& session, const Item* older, bool has_place) const noexcept {
  return session.waiting_messages() - (older != nullptr ? 1 : 0) - (has_place ? 1 : 0);
}

bool Shard::is_full(const Session& session, std::size_t size, const Item* older, bool has_place) const noexcept {
  const auto messages = others(session, older, has_place);
  const auto bytes = session.waiting_bytes() - (older != nullptr ? older->frame.size() : 0);
  return messages > 0 && (messages >= config_.max_queue_messages || bytes + size > config_.max_queue_bytes);
}

bool Shard::make_room(Session& session, const Frame& frame, std::optional<std::uint64_t> place, Effects& effects) {
  if (session.closing && !place) {
    ++effects.dropped;
    return false;
  }
  const Item* older = older_of(session, frame);
  if (all_are_full((older != nullptr ? 1u : 0u) + (place ? 1u : 0u))) return lose(session, frame, effects);
  if (is_full(session, frame.size(), older, place.has_value())) return give_way(session, frame, place, effects);
  if (older != nullptr && frame) effects.replaced += drop(session, older->number) ? 1 : 0;
  return true;
}

/// All together have what they may, and the longest queues have given way: it is what is on its way to slow peers.
bool Shard::lose(Session& session, const Frame& frame, Effects& effects) {
  ++effects.dropped;
  ++effects.over_total;
  if (overflow_of(session, frame) == Overflow::disconnect) expel_later(session);
  return false;
}

Overflow Shard::overflow_of(const Session& session, const Frame& frame) const noexcept {
  if (session.acknowledges) return Overflow::disconnect;
  return frame ? frame.handling().overflow : config_.overflow;
}

bool Shard::give_way(Session& session, const Frame& frame, std::optional<std::uint64_t> place, Effects& effects) {
  if (!std::exchange(session.full, true)) effects.full.push_back(session.id.string());
  const auto overflow = overflow_of(session, frame);
  if (overflow != Overflow::drop_oldest) {
    ++effects.dropped;
    if (overflow == Overflow::disconnect) expel_later(session);
    return false;
  }
  if (const Item* older = older_of(session, frame)) effects.replaced += drop(session, older->number) ? 1 : 0;
  do {
    ++effects.dropped;
    if (pop(session).number == place) return false;
  } while (!session.queue.empty() && is_full(session, frame.size(), nullptr, place.has_value()));
  return true;
}

void Shard::expel_later(Session& session) {
  session.closing = true;
  expelled_.push_back(&session);
}

void Shard::expel(Effects& effects) {
  for (Session* session : std::exchange(expelled_, {})) remove(*session, Removal::queue, {}, nullptr, effects);
}

void Shard::keep_room(Effects& effects) {
  expel(effects);
  if (queued_ <= room::relief_at(most_queued_)) return;
  const auto enough = [this] { return queued_ <= room::relief_to(most_queued_); };
  for (auto longest = most_queued_; longest > 0 && !enough();) {
    longest = shorten(&Session::waiting_messages, longest / 2, enough, effects);
  }
}

std::size_t Shard::shorten(Measure measure, std::size_t most, const std::function<bool()>& enough, Effects& effects) {
  std::size_t longest = 0;
  for (Session* session : sessions_.all()) {
    if ((session->*measure)() > most && !enough() && !cut(*session, measure, most, effects)) continue;
    longest = std::max(longest, (session->*measure)());
  }
  return longest;
}

/// False when the session ends.
bool Shard::cut(Session& session, Measure measure, std::size_t most, Effects& effects) {
  ++effects.over_total;
  if (!std::exchange(session.full, true)) effects.full.push_back(session.id.string());
  while ((session.*measure)() > most) {
    // Of one that acknowledges everything may have been sent.
    if (session.acknowledges || overflow_of(session, session.queue.front().frame) == Overflow::disconnect) {
      return remove(session, Removal::queue, {}, nullptr, effects), false;
    }
    effects.dropped += drop(session, session.queue.front().number) ? 1 : 0;
  }
  // Behind what has gone there may be what can go out.
  flush(session, effects);
  return true;
}

}  // namespace bayeux::engine
