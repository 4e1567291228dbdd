#include "shard.hpp"

#include <algorithm>
#include <utility>

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

Session& Shard::add(std::string id, std::string browser, Effects& effects) {
  auto made = std::make_unique<Session>(std::move(id));
  Session& session = *made;
  session.browser = std::move(browser);
  sessions_.emplace(session.id, std::move(made));
  arm_expiry(session, effects.now);
  return session;
}

Session* Shard::find(std::string_view id) const {
  const auto entry = sessions_.find(id);
  return entry != sessions_.end() ? entry->second.get() : nullptr;
}

void Shard::remove(Session& session, Removal why, const Frame& farewell, Outlet* last, Effects& effects) {
  deadlines_.disarm(session);
  subscriptions_.remove_all(session);
  if (session.push != nullptr) {
    last = session.push.get();
  } else if (session.hold != nullptr) {
    last = session.hold.get();
  } else if (session.due != nullptr) {
    last = session.due.get();
  }
  if (session.due != nullptr) session.due->ended = why;
  if (last != nullptr) {
    last->last_first = session.queue.first();
    last->last.reserve(session.queue.size() + 1);
    while (!session.queue.empty()) last->last.push_back(session.queue.pop());
    if (farewell) last->last.push_back(farewell);
  }
  if (session.push != nullptr) {
    session.push->ended = why;
    effects.wake(session.push);
  }
  if (session.hold != nullptr) {
    session.hold->ended = why;
    release(session, Outlet::Connect::released, effects);
  }
  effects.removed.push_back({session.id, why});
  sessions_.erase(sessions_.find(std::string_view(session.id)));
}

void Shard::touch(Session& session, Effects& effects) {
  if (!session.armed || session.hold != nullptr) return;
  deadlines_.arm(session, std::max(session.at, effects.now + config_.max_interval));
}

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
      deliver(session, publication.frame, effects);
    }
  }
}

void Shard::deliver(Session& session, const Frame& frame, Effects& effects) {
  enqueue(session, frame, effects);
  flush(session, effects);
}

void Shard::enqueue(Session& session, const Frame& frame, Effects& effects) {
  session.queue.push(frame);
  ++effects.delivered;
  while (session.queue.size() > config_.max_queue_messages ||
         (session.queue.bytes() > config_.max_queue_bytes && session.queue.size() > 1)) {
    session.queue.pop();
    ++effects.dropped;
  }
}

void Shard::flush(Session& session, Effects& effects) {
  if (session.batches > 0 || session.queue.empty()) return;
  if (session.push != nullptr) {
    effects.wake(session.push);
  } else if (session.hold != nullptr) {
    release(session, Outlet::Connect::released, effects);
    arm_expiry(session, effects.now);
  }
}

void Shard::release(Session& session, Outlet::Connect how, Effects& effects) {
  const auto outlet = std::exchange(session.hold, nullptr);
  outlet->connect = how;
  if (how == Outlet::Connect::released && !outlet->duplex) session.due = outlet;
  if (outlet->ticket != nullptr) effects.tickets.push_back(std::exchange(outlet->ticket, nullptr));
  effects.wake(outlet);
}

Before Shard::begin_connect(Session& session, const std::shared_ptr<Outlet>& outlet, Effects& effects) {
  session.due = nullptr;
  if (session.hold != nullptr) {
    // A duplex link carries on, so an older connect on it is just forgotten.
    if (session.hold->duplex) {
      session.hold->connect = Outlet::Connect::none;
      session.hold = nullptr;
    } else {
      release(session, Outlet::Connect::superseded, effects);
    }
  }
  // An answer that is due and was not taken yet would be one to the older connect.
  if (outlet->duplex) outlet->connect = Outlet::Connect::none;
  if (session.push != nullptr && session.push != outlet) {
    session.push->moved = true;
    effects.wake(session.push);
    session.push = nullptr;
  }
  deadlines_.disarm(session);
  return {std::exchange(session.connected, true), std::exchange(session.told_to_poll, false)};
}

bool Shard::hold(Session& session, const std::shared_ptr<Outlet>& outlet, ConnectRequest request, Effects& effects) {
  session.interval = request.interval;
  if (session.push != outlet && !session.queue.empty()) {
    arm_expiry(session, effects.now);
    if (request.ticket != nullptr) effects.tickets.push_back(std::move(request.ticket));
    return false;
  }
  session.hold = outlet;
  outlet->connect = Outlet::Connect::held;
  outlet->ticket = std::move(request.ticket);
  deadlines_.arm(session, effects.now + request.timeout);
  return true;
}

void Shard::end_connect(Session& session, Milliseconds interval, bool told_to_poll, Effects& effects) {
  session.interval = interval;
  session.told_to_poll = told_to_poll;
  arm_expiry(session, effects.now);
}

void Shard::attach(Session& session, const std::shared_ptr<Outlet>& outlet, Effects& effects) {
  if (session.push == outlet) return;
  if (session.push != nullptr) {
    session.push->moved = true;
    effects.wake(session.push);
  }
  session.push = outlet;
  outlet->moved = false;
  outlet->ended.reset();
  // While the connection stands the session does; a connect that is held elsewhere keeps its time.
  if (session.hold == nullptr) deadlines_.disarm(session);
  flush(session, effects);
}

void Shard::detach(Session& session, const std::shared_ptr<Outlet>& outlet, Effects& effects) {
  const bool pushed = session.push == outlet;
  const bool held = session.hold == outlet;
  if (session.due == outlet) session.due = nullptr;
  if (pushed) session.push = nullptr;
  if (held) {
    session.hold = nullptr;
    outlet->connect = Outlet::Connect::none;
    if (outlet->ticket != nullptr) effects.tickets.push_back(std::exchange(outlet->ticket, nullptr));
  }
  if ((pushed || held) && session.hold == nullptr && session.push == nullptr) arm_expiry(session, effects.now);
  if (pushed) flush(session, effects);
}

Taken Shard::take(std::string_view id, Outlet& outlet, std::size_t max_bytes, bool drain) {
  Taken taken;
  outlet.woken = false;
  taken.connect = outlet.connect;
  if (outlet.connect != Outlet::Connect::held) outlet.connect = Outlet::Connect::none;
  taken.ended = outlet.ended;
  if (!outlet.last.empty()) {
    taken.events = std::exchange(outlet.last, {});
    taken.first = outlet.last_first;
    return taken;
  }
  Session* session = find(id);
  // Nobody reads an answer to a connect that a newer one has replaced.
  if (session == nullptr || taken.connect == Outlet::Connect::superseded) return taken;
  if (session->due.get() == &outlet) session->due = nullptr;
  const bool served_elsewhere = session->push != nullptr || outlet.duplex;
  if (!drain || (served_elsewhere && session->push.get() != &outlet)) return taken;

  Queue& queue = session->queue;
  taken.first = queue.first();
  std::size_t bytes = 0;
  while (!queue.empty() && (taken.events.empty() || bytes + queue.front().size() <= max_bytes)) {
    bytes += queue.front().size();
    taken.events.push_back(queue.pop());
  }
  return taken;
}

void Shard::end_batch(Session& session, Effects& effects) {
  --session.batches;
  flush(session, effects);
}

void Shard::run_due(Effects& effects) {
  while (auto* entry = deadlines_.pop_due(effects.now)) {
    auto& session = static_cast<Session&>(*entry);
    if (session.hold == nullptr) {
      remove(session, Removal::timeout, {}, nullptr, effects);
      continue;
    }
    release(session, Outlet::Connect::released, effects);
    if (session.push == nullptr) arm_expiry(session, effects.now);
  }
}

void Shard::arm_expiry(Session& session, Time now) {
  if (session.push != nullptr) {
    deadlines_.disarm(session);
    return;
  }
  const auto interval = std::max(session.interval, config_.interval);
  deadlines_.arm(session, now + interval + config_.max_interval);
}

}  // namespace bayeux::engine
