#include <utility>

#include "shard.hpp"

// How the queues of a shard fill, give way and empty.

namespace bayeux::engine {
namespace {

/// Sessions lie all over the memory: asking for them a few ahead hides most of the wait.
constexpr std::size_t prefetch_ahead = 8;

void prefetch(const Session* session) noexcept {
#if defined(__GNUC__)
  __builtin_prefetch(session, 1);
  __builtin_prefetch(reinterpret_cast<const char*>(session) + 64, 1);
#else
  static_cast<void>(session);
#endif
}

}  // namespace

void Shard::publish(const Publication& publication, Effects& effects) {
  for (const Name& name : publication.names) {
    const Subscribers* list = subscriptions_.find(name);
    if (list == nullptr) continue;
    const auto& members = list->members;
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (i + prefetch_ahead < members.size()) prefetch(members[i + prefetch_ahead].session);
      Session& session = *members[i].session;
      if (session.stamp == publication.number) continue;
      session.stamp = publication.number;
      if (!publication.excluded.empty() && session.id == publication.excluded) continue;
      if (publication.personal || session.personal) {
        effects.personal.push_back(session.id);
      } else if (enqueue(session, publication.frame, effects)) {
        flush(session, effects);
      }
    }
  }
  expel(effects);
}

void Shard::deliver(Session& session, const Frame& frame, Effects& effects) {
  if (enqueue(session, frame, effects)) flush(session, effects);
  expel(effects);
}

void Shard::fill(Session& session, std::uint64_t number, const Frame& frame, Effects& effects) {
  if (frame && make_room(session, frame, effects)) {
    replace(session, frame, effects);
    if (session.queue.fill(number, frame)) {
      ++effects.delivered;
      remember(session, frame, number);
      press(session, frame, effects);
    }
  } else if (session.queue.remove(number)) {
    --queued_;
  }
  flush(session, effects);
  expel(effects);
}

bool Shard::enqueue(Session& session, const Frame& frame, Effects& effects) {
  replace(session, frame, effects);
  if (!make_room(session, frame, effects)) return false;
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

void Shard::replace(Session& session, const Frame& frame, Effects& effects) {
  const auto& key = frame.handling().key;
  if (!key || session.latest == nullptr) return;
  const auto older = session.latest->find(*key);
  if (older == session.latest->end()) return;
  if (session.queue.remove(older->second)) {
    --queued_;
    ++effects.replaced;
  }
  session.latest->erase(older);
}

void Shard::remember(Session& session, const Frame& frame, std::uint64_t number) {
  const auto& key = frame.handling().key;
  if (!key) return;
  if (session.latest == nullptr) {
    session.latest = std::make_unique<std::unordered_map<std::string, std::uint64_t>>();
  }
  (*session.latest)[*key] = number;
}

bool Shard::is_full(const Session& session, std::size_t more) const noexcept {
  const auto messages = session.waiting_messages();
  return messages >= config_.max_queue_messages ||
         (messages > 0 && session.waiting_bytes() + more > config_.max_queue_bytes);
}

bool Shard::all_are_full() const noexcept {
  return queued_ >= config_.max_total_messages / config_.shards + 1 ||
         common_.bytes->load(std::memory_order_relaxed) > config_.max_total_bytes;
}

bool Shard::make_room(Session& session, const Frame& frame, Effects& effects) {
  if (session.expelled) return false;
  if (!is_full(session, frame.size()) && (session.waiting_messages() == 0 || !all_are_full())) return true;
  if (!std::exchange(session.full, true)) effects.full.push_back(session.id);
  const auto overflow = session.unacknowledged != nullptr ? Overflow::disconnect : frame.handling().overflow;
  if (overflow == Overflow::drop_newest) {
    ++effects.dropped;
    return false;
  }
  if (overflow == Overflow::disconnect) {
    session.expelled = true;
    expelled_.push_back(&session);
    return false;
  }
  do {
    pop(session);
    ++effects.dropped;
  } while (!session.queue.empty() && is_full(session, frame.size()));
  return true;
}

void Shard::expel(Effects& effects) {
  for (Session* session : std::exchange(expelled_, {})) remove(*session, Removal::queue, {}, nullptr, effects);
}

Item Shard::pop(Session& session) noexcept {
  auto item = session.queue.pop();
  --queued_;
  if (session.latest != nullptr && item.frame && item.frame.handling().key) {
    const auto entry = session.latest->find(*item.frame.handling().key);
    if (entry != session.latest->end() && entry->second == item.number) session.latest->erase(entry);
    if (session.latest->empty()) session.latest.reset();
  }
  return item;
}

bool Shard::wants_out(const Session& session) const noexcept {
  return session.pressing && session.requests == 0 && session.batches == 0 && batches_of_all_ == 0 &&
         !session.queue.empty() && session.queue.front().frame;
}

bool Shard::can_push(const Session& session, const Outlet& outlet) const noexcept {
  return session.push.get() == &outlet && !session.connects_only && wants_out(session);
}

void Shard::flush(Session& session, Effects& effects) {
  if (!wants_out(session)) {
    if (batches_of_all_ > 0 && session.pressing && !std::exchange(session.waits_for_all, true)) {
      waiting_.push_back(&session);
    }
    return;
  }
  if (session.push != nullptr && !session.connects_only) {
    effects.wake(session.push);
  } else if (session.hold != nullptr) {
    release(session, Outlet::Connect::released, effects);
    arm_expiry(session, effects.now);
  }
}

Taken Shard::take(std::string_view id, Outlet& outlet, std::size_t max_bytes, bool drain) {
  Taken taken;
  outlet.woken = false;
  taken.connect = outlet.connect;
  if (outlet.connect != Outlet::Connect::held) outlet.connect = Outlet::Connect::none;
  taken.ended = outlet.ended;
  if (!outlet.last.empty()) {
    taken.events = std::exchange(outlet.last, {});
    return taken;
  }
  Session* session = find(id);
  // Nobody reads an answer to a connect that a newer one has replaced.
  if (session == nullptr || taken.connect == Outlet::Connect::superseded) return taken;
  if (session->due.get() == &outlet) session->due = nullptr;

  const bool with_connect = taken.connect == Outlet::Connect::released;
  const bool here = session->connects_only ? with_connect
                    : outlet.duplex        ? session->push.get() == &outlet
                                           : session->push == nullptr;
  if (drain && here && session->batches == 0 && batches_of_all_ == 0) {
    take_events(*session, max_bytes, taken.events);
  }
  if (with_connect && session->unacknowledged != nullptr) session->unacknowledged->complete();
  return taken;
}

void Shard::take_events(Session& session, std::size_t max_bytes, std::vector<Item>& events) {
  auto& queue = session.queue;
  std::size_t bytes = 0;
  while (!queue.empty() && queue.front().frame && (events.empty() || bytes + queue.front().frame.size() <= max_bytes)) {
    bytes += queue.front().frame.size();
    events.push_back(pop(session));
    if (session.unacknowledged != nullptr) session.unacknowledged->keep(events.back());
  }
  // What did not fit goes as soon as it can.
  session.pressing = !queue.empty();
  session.full = session.full && session.pressing;
  if (std::exchange(session.lazy_until, Time::max()) != Time::max()) arm_service(session);
}

void Shard::repeat(Session& session, Effects& effects) {
  auto* kept = session.unacknowledged.get();
  if (kept == nullptr || !std::exchange(kept->repeat, false) || kept->sent.empty()) return;
  effects.repeated += kept->sent.size();
  queued_ += kept->sent.size();
  const std::vector<Item> items(kept->sent.begin(), kept->sent.end());
  session.queue.restore(items);
  kept->clear();
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
  session.connects_only = on;
  flush(session, effects);
}

}  // namespace bayeux::engine
