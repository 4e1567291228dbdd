#include <algorithm>
#include <utility>

#include "prefetch.hpp"
#include "shard.hpp"

// How the queues of a shard fill and empty.

namespace bayeux::engine {
namespace {

/// Sessions lie all over the memory, and so do the links by which they are reached.
void prefetch_members(const std::vector<Subscribers::Member>& members, std::size_t at) noexcept {
  if (at + 2 * prefetch_ahead < members.size()) {
    const auto* session = reinterpret_cast<const char*>(members[at + 2 * prefetch_ahead].session);
    prefetch(session);
    prefetch(session + 64);
  }
  if (at + prefetch_ahead < members.size()) {
    const Session& next = *members[at + prefetch_ahead].session;
    if (next.is_reachable()) prefetch_shared(next.pushes() ? next.push.get() : next.hold.get());
  }
}

}  // namespace

void Shard::publish(const Publication& publication, Effects& effects) {
  look_for_room();
  for (const Name& name : publication.names) {
    const Subscribers* list = subscriptions_.find(name);
    if (list == nullptr) continue;
    const auto& members = list->members;
    for (std::size_t i = 0; i < members.size(); ++i) {
      prefetch_members(members, i);
      Session& session = *members[i].session;
      if (session.stamp == publication.number) continue;
      session.stamp = publication.number;
      if (!publication.excluded.empty() && session.id == publication.excluded) continue;
      if (publication.personal || session.personal) {
        effects.personal.push_back(session.id.string());
      } else if (enqueue(session, publication.frame, effects) && session.is_reachable()) {
        flush(session, effects);
      }
    }
  }
  keep_room(effects);
}

void Shard::deliver(Session& session, const Frame& frame, Effects& effects) {
  look_for_room();
  if (enqueue(session, frame, effects)) flush(session, effects);
  keep_room(effects);
}

std::optional<std::uint64_t> Shard::reserve(Session& session, const Frame& like, Effects& effects) {
  std::optional<std::uint64_t> place;
  look_for_room();
  if (make_room(session, like, std::nullopt, effects)) {
    place = session.queue.push({});
    ++queued_;
  }
  keep_room(effects);
  return place;
}

void Shard::fill(Session& session, std::uint64_t number, const Frame& frame, Effects& effects) {
  if (session.queue.at(number) == nullptr) return;
  look_for_room();
  const Item* known = frame ? older_of(session, frame) : nullptr;
  const bool outdated = known != nullptr && known->number > number;
  if (outdated) ++effects.replaced;
  if (frame && !outdated && make_room(session, frame, number, effects)) {
    session.queue.fill(number, frame);
    ++effects.delivered;
    remember(session, frame, number);
    press(session, frame, effects);
  } else {
    drop(session, number);
  }
  // What stood behind it can go now, whatever became of it.
  flush(session, effects);
  keep_room(effects);
}

bool Shard::enqueue(Session& session, const Frame& frame, Effects& effects) {
  // With many subscribers most queues are empty, and every nanosecond counts.
  const bool fits = session.queue.empty() && !session.acknowledges && !session.closing && !all_are_full(0);
  if (!fits && !make_room(session, frame, std::nullopt, effects)) return false;
  const auto number = session.queue.push(frame);
  ++queued_;
  ++effects.delivered;
  remember(session, frame, number);
  press(session, frame, effects);
  return true;
}

void Shard::press(Session& session, const Frame& frame, Effects& effects) {
  const auto lazy = frame.handling().lazy;
  if (lazy.count() <= 0) {
    session.pressing = true;
  } else if (!session.pressing && effects.now + lazy < session.lazy_until) {
    session.lazy_until = effects.now + lazy;
    arm_service(session);
  }
}

const Item* Shard::older_of(const Session& session, const Frame& frame) const {
  if (session.latest == nullptr || !frame || !frame.handling().key) return nullptr;
  const auto older = session.latest->find(*frame.handling().key);
  return older != session.latest->end() ? session.queue.at(older->second) : nullptr;
}

bool Shard::drop(Session& session, std::uint64_t number) {
  const Item* item = session.queue.at(number);
  if (item == nullptr) return false;
  forget(session, *item);
  session.queue.remove(number);
  --queued_;
  if (!session.queue.empty()) return true;
  session.pressing = session.full = false;
  if (std::exchange(session.lazy_until, Time::max()) != Time::max()) arm_service(session);
  return true;
}

void Shard::remember(Session& session, const Frame& frame, std::uint64_t number) {
  const auto& key = frame.handling().key;
  if (!key) return;
  if (session.latest == nullptr) session.latest = std::make_unique<Session::Latest>();
  // The key is that of the frame which stays.
  session.latest->erase(*key);
  session.latest->emplace(*key, number);
}

Item Shard::pop(Session& session) noexcept {
  auto item = session.queue.pop();
  --queued_;
  forget(session, item);
  return item;
}

void Shard::forget(Session& session, const Item& item) noexcept {
  if (session.latest == nullptr || !item.frame || !item.frame.handling().key) return;
  const auto entry = session.latest->find(*item.frame.handling().key);
  if (entry != session.latest->end() && entry->second == item.number) session.latest->erase(entry);
  if (session.latest->empty()) session.latest.reset();
}

bool Shard::wants_out(const Session& session) const noexcept {
  return session.pressing && session.requests == 0 && session.batches == 0 && batches_of_all_ == 0 &&
         !session.queue.empty() && session.queue.front().frame;
}

bool Shard::can_push(Session& session, Outlet& outlet) {
  const bool here = session.push.get() == &outlet && session.pushes();
  if (here && wants_out(session)) return true;
  // A batch may have begun since it was woken: then it came for nothing.
  outlet.woken = false;
  if (here) wait_for_all(session);
  return false;
}

/// What waits has to be looked at when the batch of all ends, also when it was there before that began.
void Shard::wait_for_all(Session& session) {
  if (batches_of_all_ == 0 || !session.pressing || std::exchange(session.waits_for_all, true)) return;
  waiting_.push_back(&session);
}

void Shard::flush(Session& session, Effects& effects) {
  if (!wants_out(session)) return wait_for_all(session);
  if (session.pushes()) {
    effects.wake(session.push);
  } else if (session.hold != nullptr) {
    release(session, Outlet::Connect::released, effects);
    arm_expiry(session, effects.now);
  }
}

Taken Shard::take(const Id& id, Outlet& outlet, std::size_t max_bytes, bool drain) {
  Taken taken;
  outlet.woken = false;
  taken.connect = outlet.connect;
  if (outlet.connect != Outlet::Connect::held) outlet.connect = Outlet::Connect::none;
  taken.ended = outlet.ended;
  taken.moved = outlet.moved;
  if (outlet.last != nullptr) {
    taken.events = std::move(*std::exchange(outlet.last, nullptr));
    return taken;
  }
  Session* session = find(id);
  // Nobody reads an answer to a connect that a newer one has replaced.
  if (session == nullptr || taken.connect == Outlet::Connect::superseded) return taken;
  if (session->due.get() == &outlet) session->due = nullptr;

  const bool with_connect = taken.connect == Outlet::Connect::released;
  const bool here = session->connects_only ? with_connect
                    : outlet.duplex        ? session->push.get() == &outlet && !session->polls
                                           : !session->lasts();
  if (drain && here && session->batches == 0 && batches_of_all_ == 0) {
    take_events(*session, max_bytes, taken.events);
    taken.more = session->pressing;
  } else {
    wait_for_all(*session);
  }
  taken.numbered = with_connect && session->acknowledges;
  if (taken.numbered) session->unacknowledged->complete();
  return taken;
}

void Shard::take_events(Session& session, std::size_t max_bytes, std::vector<Item>& events) {
  auto& queue = session.queue;
  std::size_t bytes = 0;
  while (!queue.empty() && queue.front().frame && (events.empty() || bytes + queue.front().frame.size() <= max_bytes)) {
    bytes += queue.front().frame.size();
    events.push_back(pop(session));
    if (!session.acknowledges) continue;
    session.unacknowledged->keep(events.back());
    ++queued_;
  }
  // What did not fit goes as soon as it can.
  session.pressing = !queue.empty();
  session.full = session.full && session.pressing;
  if (std::exchange(session.lazy_until, Time::max()) != Time::max()) arm_service(session);
}

void Shard::keep_until_acknowledged(Session& session, Effects& effects) {
  if (!std::exchange(session.acknowledges, true)) session.unacknowledged = std::make_unique<Unacknowledged>();
  set_connects_only(session, true, effects);
}

bool Shard::acknowledge(Session& session, std::int64_t batch) {
  if (!session.acknowledges || batch > session.unacknowledged->last_batch) return false;
  queued_ -= session.unacknowledged->forget(batch);
  session.unacknowledged->repeat = true;
  return true;
}

void Shard::repeat(Session& session, Effects& effects) {
  if (!session.acknowledges || !std::exchange(session.unacknowledged->repeat, false)) return;
  auto& sent = session.unacknowledged->sent;
  if (sent.empty()) return;
  std::vector<Item> items;
  for (auto item = sent.rbegin(); item != sent.rend(); ++item) {
    const auto& key = item->frame.handling().key;
    if (key && session.latest != nullptr && session.latest->contains(*key)) {
      // There is a later one by now.
      --queued_;
      ++effects.replaced;
      continue;
    }
    remember(session, item->frame, item->number);
    items.push_back(std::move(*item));
  }
  std::reverse(items.begin(), items.end());
  session.unacknowledged->clear();
  effects.repeated += items.size();
  session.queue.restore(items);
  session.pressing = true;
}

void Shard::end_request(Session& session, Effects& effects) {
  --session.requests;
  flush(session, effects);
}

void Shard::end_batch(Session& session, Effects& effects) {
  --session.batches;
  flush(session, effects);
}

void Shard::end_batch_of_all(Effects& effects) {
  if (--batches_of_all_ > 0) return;
  for (Session* session : std::exchange(waiting_, {})) {
    session->waits_for_all = false;
    flush(*session, effects);
  }
}

void Shard::set_connects_only(Session& session, bool on, Effects& effects) {
  session.connects_only = on || session.acknowledges;
  flush(session, effects);
}

}  // namespace bayeux::engine
