#include "shard.hpp"

#include <algorithm>
#include <utility>

namespace bayeux::engine {

Shard::Shard(const Common& common, std::size_t number)
    : common_(common),
      config_(common.config),
      subscriptions_(*common.interest, number),
      most_queued_(config_.max_total_messages / config_.shards + (config_.max_total_messages % config_.shards ? 1 : 0)) {}

Session& Shard::add(std::string_view id, std::string browser, Effects& effects) {
  Session& session = sessions_.add(id);
  if (!browser.empty()) session.browser = std::make_unique<const std::string>(std::move(browser));
  arm_expiry(session, effects.now);
  return session;
}

void Shard::remove(Session& session, Removal why, const Frame& farewell, Outlet* last, Effects& effects) {
  deadlines_.disarm(session);
  Effects::Removed removed{session.id.string(), why, {}};
  for (const auto& subscription : session.subscriptions) removed.names.push_back(subscription.list->name);
  subscriptions_.remove_all(session, effects.emptied);
  if (session.waits_for_all) std::erase(waiting_, &session);

  if (session.lasts()) {
    last = session.push.get();
  } else if (session.hold != nullptr) {
    last = session.hold.get();
  } else if (session.due != nullptr) {
    last = session.due.get();
  }
  if (session.due != nullptr) session.due->ended = why;
  queued_ -= session.waiting_messages();
  // What somebody could not take in time is not thrown at them at the end.
  if (last != nullptr && why != Removal::queue) hand_over(session, farewell, *last);
  effects.abandoned += session.queue.size();
  if (session.push != nullptr) {
    session.push->ended = why;
    effects.wake(session.push);
  }
  if (session.hold != nullptr) {
    session.hold->ended = why;
    release(session, Outlet::Connect::released, effects);
  }
  effects.removed.push_back(std::move(removed));
  sessions_.erase(session);
}

void Shard::hand_over(Session& session, const Frame& farewell, Outlet& last) {
  if (last.last == nullptr) last.last = std::make_unique<std::vector<Item>>();
  auto& items = *last.last;
  items.reserve(items.size() + session.queue.size() + 1);
  while (!session.queue.empty()) {
    auto item = session.queue.pop();
    if (item.frame) items.push_back(std::move(item));
  }
  if (farewell) items.push_back({farewell, session.queue.end()});
  if (items.empty()) last.last.reset();
}

void Shard::prolong(Session& session, Milliseconds span, Effects& effects) {
  if (!session.armed || session.hold != nullptr || session.lasts()) return;
  deadlines_.arm(session, std::max(session.at(), effects.now + span));
}

Before Shard::begin_connect(Session& session, const std::shared_ptr<Outlet>& outlet, bool listens, Effects& effects) {
  // A duplex link carries on, so an older connect on it is just forgotten.
  const auto instead = [](const Outlet& older) {
    return older.duplex ? Outlet::Connect::none : Outlet::Connect::superseded;
  };
  // An answer that is due and was not taken yet would be one to the older connect; and were it read after this one's, it
  // would acknowledge what left with this one and may have been lost.
  if (const auto due = std::exchange(session.due, nullptr)) {
    due->connect = due == outlet ? Outlet::Connect::none : instead(*due);
    if (due->connect == Outlet::Connect::superseded) ++effects.superseded;
  }
  if (session.hold != nullptr) release(session, instead(*session.hold), effects);
  if (session.push != nullptr && session.push != outlet && !session.push->stream) {
    session.push->moved = true;
    effects.wake(session.push);
    session.push = nullptr;
  }
  // One that gets messages with replies to connects only would wait for them until it is time for the next.
  listens = listens && !session.connects_only;
  session.polls = !listens && !outlet->duplex;
  deadlines_.disarm(session);
  return {std::exchange(session.connected, true), std::exchange(session.told_to_poll, false), listens,
          session.push != nullptr};
}

bool Shard::hold(Session& session, const std::shared_ptr<Outlet>& outlet, ConnectRequest request, Effects& effects) {
  session.interval = request.interval;
  repeat(session, effects);
  session.closing = session.closing || may_leave(session, effects.now);
  const bool pushed = session.push == outlet && !session.connects_only;
  if (!pushed && wants_out(session)) {
    if (request.ticket != nullptr) effects.tickets.push_back(std::move(request.ticket));
    answer(session, outlet);
    arm_expiry(session, effects.now);
    return false;
  }
  if (may_leave(session, effects.now) && session.waiting_messages() == 0) {
    if (request.ticket != nullptr) effects.tickets.push_back(std::move(request.ticket));
    answer(session, outlet);
    leave(session, effects);
    return false;
  }
  // Two that came in at once have both begun before either is held.
  if (session.hold != nullptr) release(session, Outlet::Connect::superseded, effects);
  session.hold = outlet;
  ++held_;
  session.hold_until = end_of_hold(session, effects.now, request.timeout);
  outlet->connect = Outlet::Connect::held;
  outlet->ticket = std::move(request.ticket);
  arm_service(session);
  // What it has may wait for the end of a batch of all clients.
  flush(session, effects);
  return true;
}

void Shard::end_connect(Session& session, const std::shared_ptr<Outlet>& outlet, Milliseconds interval,
                        bool told_to_poll, Effects& effects) {
  session.interval = interval;
  session.told_to_poll = told_to_poll;
  repeat(session, effects);
  answer(session, outlet);
  arm_expiry(session, effects.now);
  if (may_leave(session, effects.now) && leave(session, effects)) return;
  // What waited while it polled can go by the stream now.
  if (session.push != outlet) flush(session, effects);
}

void Shard::answer(Session& session, const std::shared_ptr<Outlet>& outlet) {
  outlet->connect = Outlet::Connect::released;
  session.due = outlet;
}

void Shard::release(Session& session, Outlet::Connect how, Effects& effects) {
  const auto outlet = std::exchange(session.hold, nullptr);
  --held_;
  outlet->connect = how;
  if (how == Outlet::Connect::superseded) ++effects.superseded;
  if (how == Outlet::Connect::released) session.due = outlet;
  if (outlet->ticket != nullptr) effects.tickets.push_back(std::exchange(outlet->ticket, nullptr));
  if (common_.watches_connects.load(std::memory_order_relaxed)) effects.released.push_back(session.id.string());
  if (how != Outlet::Connect::none) effects.wake(outlet);
}

void Shard::attach(Session& session, const std::shared_ptr<Outlet>& outlet, Effects& effects) {
  if (session.push == outlet) return;
  session.polls = false;
  serve(session, outlet, effects);
}

void Shard::listen(Session& session, const std::shared_ptr<Outlet>& outlet, Effects& effects) {
  outlet->stream = true;
  serve(session, outlet, effects);
}

void Shard::serve(Session& session, const std::shared_ptr<Outlet>& outlet, Effects& effects) {
  if (session.push != nullptr) {
    session.push->moved = true;
    effects.wake(session.push);
  }
  session.push = outlet;
  outlet->moved = false;
  outlet->ended.reset();
  // While the connection stands the session does; a connect that is held elsewhere keeps its time.
  arm_service(session);
  flush(session, effects);
}

void Shard::detach(Session& session, const std::shared_ptr<Outlet>& outlet, Effects& effects) {
  const bool pushed = session.push == outlet;
  const bool held = session.hold == outlet;
  const bool served = held || (pushed && session.lasts());
  if (session.due == outlet) session.due = nullptr;
  if (pushed) session.push = nullptr;
  if (held) release(session, Outlet::Connect::none, effects);
  if (served && session.hold == nullptr && !session.lasts()) arm_expiry(session, effects.now);
  if (pushed) flush(session, effects);
}

void Shard::run_due(Effects& effects) {
  while (auto* entry = deadlines_.pop_due(effects.now)) {
    auto& session = static_cast<Session&>(*entry);
    if (session.hold == nullptr && !session.lasts()) {
      remove(session, Removal::timeout, {}, nullptr, effects);
      continue;
    }
    if (session.lazy_until <= effects.now) {
      session.lazy_until = Time::max();
      session.pressing = !session.queue.empty();
      flush(session, effects);
    }
    if (may_leave(session, effects.now) && leave(session, effects)) continue;
    if (session.hold != nullptr && session.hold_until <= effects.now) {
      release(session, Outlet::Connect::released, effects);
      arm_expiry(session, effects.now);
    } else {
      if (leaving_ && session.hold == nullptr) wait_for_turn(session, effects.now);
      arm_service(session);
    }
  }
}

void Shard::arm_expiry(Session& session, Time now) {
  if (session.lasts() || session.hold != nullptr) return arm_service(session);
  const auto interval = std::max(session.interval, config_.interval);
  deadlines_.arm(session, now + interval + config_.max_interval);
}

void Shard::arm_service(Session& session) {
  if (session.hold == nullptr && !session.lasts()) return;
  const bool timed = session.hold != nullptr || leaving_;
  const auto until = timed ? std::min(session.hold_until, session.lazy_until) : session.lazy_until;
  if (until == Time::max()) {
    deadlines_.disarm(session);
  } else {
    deadlines_.arm(session, until);
  }
}

}  // namespace bayeux::engine
