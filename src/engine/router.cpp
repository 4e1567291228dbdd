#include "router.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include "prefetch.hpp"
#include "router_locked.hpp"

namespace bayeux::engine {

Router::Router(const Config& config, const Clock& clock, Observer& observer)
    : common_(config), config_(config), clock_(clock), observer_(observer) {
  for (std::size_t i = 0; i < config.shards; ++i) slots_.push_back(std::make_unique<Slot>(common_, i));
}

Router::Slot& Router::slot_of(const Id& id) noexcept {
  // Not the low bits of the hash as they are: the shard's own table uses those.
  return *slots_[(id.hash >> 32 ^ id.hash >> 17) % slots_.size()];
}

Time::rep Router::Slot::show_earliest() noexcept {
  const auto next = shard.next_deadline();
  const auto value = next ? next->time_since_epoch().count() : no_deadline;
  if (earliest.load(std::memory_order_relaxed) != value) earliest.store(value);
  return value;
}

/// Wakes all of them, and lets go of each while it is at hand.
void Router::wake(std::vector<std::shared_ptr<Outlet>>& outlets) {
  for (std::size_t i = 0; i < outlets.size(); ++i) {
    if (i + 2 * prefetch_ahead < outlets.size()) prefetch_shared(outlets[i + 2 * prefetch_ahead].get());
    if (i + prefetch_ahead < outlets.size()) prefetch(outlets[i + prefetch_ahead]->carrier.get());
    std::exchange(outlets[i], nullptr)->carrier->wake();
  }
}

void Router::conclude(Effects& effects) {
  alarm_.ring_if_earlier(effects.earliest);
  // Tickets first: whoever is woken may ask for one at once.
  effects.tickets.clear();
  counters_.add(effects);
  wake(effects.wakes);
  for (const auto& id : effects.released) observer_.connect_released(id);
  for (const auto& id : effects.full) observer_.queue_full(id);
  if (effects.over_total != 0) observer_.over_total(effects.over_total);
  for (const auto& removed : effects.removed) {
    sessions_.fetch_sub(1);
    subscriptions_.fetch_sub(removed.names.size(), std::memory_order_relaxed);
    counters_.add(removed.why);
    observer_.session_removed(removed);
  }
  if (!effects.emptied.empty()) observer_.names_emptied(effects.emptied);
}

bool Router::open(const std::string& id, std::string browser) {
  if (sessions_.fetch_add(1) >= config_.max_sessions) {
    sessions_.fetch_sub(1);
    return false;
  }
  Effects effects(clock_.now());
  const bool added = locked(slot_of(id), effects, [&](Shard& shard, Effects&) {
    if (shard.is_leaving() || shard.find(id) != nullptr) return false;
    shard.add(id, std::move(browser), effects);
    return true;
  });
  conclude(effects);
  if (added) {
    counters_.session_added();
  } else {
    sessions_.fetch_sub(1);
  }
  return added;
}

bool Router::remove(std::string_view id, Removal why, const Frame& farewell, const std::shared_ptr<Outlet>& last) {
  return with(id, [&](Shard& shard, Session& session, Effects& effects) {
    shard.remove(session, why, farewell, last.get(), effects);
  });
}

bool Router::contains(std::string_view id) {
  auto& slot = slot_of(id);
  const std::lock_guard lock(slot.mutex);
  return slot.shard.find(id) != nullptr;
}

std::vector<std::string> Router::ids() {
  std::vector<std::string> ids;
  for (auto& slot : slots_) {
    const std::lock_guard lock(slot->mutex);
    slot->shard.append_ids(ids);
  }
  return ids;
}

/// Whether a message that brought this cookie may be the client's; binds the session to the cookie.
bool Router::comes_from(Session& session, const std::string* browser) const {
  if (browser == nullptr || session.browser == nullptr || config_.cookie_binding == CookieBinding::never) return true;
  const bool presented = same_secret(*browser, *session.browser);
  const bool bound = session.browser_presented || config_.cookie_binding == CookieBinding::always;
  session.browser_presented = session.browser_presented || presented;
  return presented || !bound;
}

Touch Router::touch(std::string_view id, const std::string* browser, bool publishes) {
  return with(id, Touch::unknown, [&](Shard& shard, Session& session, Effects& effects) {
    if (!comes_from(session, browser)) return Touch::unknown;
    shard.touch(session, effects);
    return publishes && !shard.may_publish(session, effects.now) ? Touch::too_often : Touch::known;
  });
}

bool Router::begin_poll(std::string_view id, const std::string* browser, const std::shared_ptr<Outlet>& outlet) {
  return with(id, false, [&](Shard& shard, Session& session, Effects& effects) {
    if (!session.connected || session.told_to_poll || !comes_from(session, browser)) return false;
    // The deadline that touching would arm goes with the beginning of the connect.
    shard.begin_connect(session, outlet, false, effects);
    return true;
  });
}

void Router::prolong(std::string_view id, Milliseconds span) {
  with(id, [span](Shard& shard, Session& session, Effects& effects) { shard.prolong(session, span, effects); });
}

std::optional<Before> Router::begin_connect(std::string_view id, const std::shared_ptr<Outlet>& outlet, bool listens) {
  return with(id, std::optional<Before>(), [&](Shard& shard, Session& session, Effects& effects) {
    return std::optional(shard.begin_connect(session, outlet, listens, effects));
  });
}

std::optional<bool> Router::hold(std::string_view id, const std::shared_ptr<Outlet>& outlet, ConnectRequest request) {
  return with(id, std::optional<bool>(), [&](Shard& shard, Session& session, Effects& effects) {
    return std::optional(shard.hold(session, outlet, std::move(request), effects));
  });
}

bool Router::end_connect(std::string_view id, const std::shared_ptr<Outlet>& outlet, Milliseconds interval,
                         bool told_to_poll) {
  return with(id, [&](Shard& shard, Session& session, Effects& effects) {
    shard.end_connect(session, outlet, interval, told_to_poll, effects);
  });
}

void Router::attach(std::string_view id, const std::shared_ptr<Outlet>& outlet) {
  with(id, [&](Shard& shard, Session& session, Effects& effects) { shard.attach(session, outlet, effects); });
}

bool Router::listen(std::string_view id, const std::shared_ptr<Outlet>& outlet) {
  return with(id, [&](Shard& shard, Session& session, Effects& effects) { shard.listen(session, outlet, effects); });
}

void Router::detach(std::string_view id, const std::shared_ptr<Outlet>& outlet) {
  Effects effects(clock_.now());
  locked(slot_of(id), effects, [&](Shard& shard, Effects&) {
    if (Session* session = shard.find(id)) shard.detach(*session, outlet, effects);
    // What is served over a lasting connection next has not connected yet.
    if (outlet->duplex) outlet->connect = Outlet::Connect::none;
  });
  conclude(effects);
}

Taken Router::take(std::string_view id, Outlet& outlet, std::size_t max_bytes, bool drain) {
  const Id hashed(id);
  auto& slot = slot_of(hashed);
  Taken taken;
  {
    const std::lock_guard lock(slot.mutex);
    taken = slot.shard.take(hashed, outlet, max_bytes, drain);
    slot.show_earliest();
  }
  counters_.measure(taken.events, clock_);
  return taken;
}

bool Router::ready(std::string_view id, Outlet& outlet) {
  auto& slot = slot_of(id);
  const std::lock_guard lock(slot.mutex);
  if (outlet.connect == Outlet::Connect::released || outlet.connect == Outlet::Connect::superseded) return true;
  if (outlet.last != nullptr) return true;
  if (!outlet.duplex) return outlet.connect != Outlet::Connect::held;
  Session* session = slot.shard.find(id);
  return session != nullptr && slot.shard.can_push(*session, outlet);
}

bool Router::left(std::string_view id, const Outlet& outlet) {
  const std::lock_guard lock(slot_of(id).mutex);
  return outlet.moved || outlet.ended.has_value();
}

bool Router::set_connects_only(std::string_view id, bool on) {
  return with(
      id, [on](Shard& shard, Session& session, Effects& effects) { shard.set_connects_only(session, on, effects); });
}

bool Router::set_personal(std::string_view id, bool on) {
  return with(id, [on](Shard&, Session& session, Effects&) { session.personal = on; });
}

bool Router::keep_until_acknowledged(std::string_view id) {
  return with(
      id, [](Shard& shard, Session& session, Effects& effects) { shard.keep_until_acknowledged(session, effects); });
}

std::optional<bool> Router::acknowledge(std::string_view id, std::int64_t batch) {
  return with(id, std::optional<bool>(), [batch](Shard& shard, Session& session, Effects&) {
    return std::optional(shard.acknowledge(session, batch));
  });
}

std::int64_t Router::sent_batch(std::string_view id) {
  return with(id, std::int64_t(0), [](Shard&, Session& session, Effects&) {
    return session.acknowledges ? session.unacknowledged->last_batch : 0;
  });
}

Client::Waiting Router::waiting(std::string_view id) {
  return with(id, Client::Waiting(), [](Shard&, Session& session, Effects&) {
    return Client::Waiting{session.waiting_messages(), session.waiting_bytes()};
  });
}

std::optional<Time> Router::next_deadline() {
  return alarm_.announce([this] {
    auto result = no_deadline;
    for (const auto& slot : slots_) result = std::min(result, slot->earliest.load());
    return result;
  });
}

void Router::run_due() {
  Effects effects(clock_.now());
  for (auto& slot : slots_) {
    if (slot->earliest.load() > effects.now.time_since_epoch().count()) continue;
    locked(*slot, effects, [&](Shard& shard, Effects&) { shard.run_due(effects); });
  }
  conclude(effects);
  alarm_.run_timers(effects.now);
}

void Router::begin_leaving(Milliseconds spread) {
  Effects effects(clock_.now());
  for (auto& slot : slots_) {
    locked(*slot, effects, [&](Shard& shard, Effects&) { shard.begin_leaving(spread, effects); });
  }
  conclude(effects);
}

void Router::end_leaving() {
  Effects effects(clock_.now());
  for (auto& slot : slots_) {
    locked(*slot, effects, [&](Shard& shard, Effects&) { shard.end_leaving(effects); });
  }
  conclude(effects);
}

Stats Router::stats() {
  Stats stats;
  counters_.read(stats);
  stats.clients = sessions_.load();
  stats.published = publications_.load();
  stats.queued_bytes = common_.bytes->load();
  for (auto& slot : slots_) {
    const std::lock_guard lock(slot->mutex);
    stats.queued_messages += slot->shard.queued();
    stats.held += slot->shard.held();
    stats.subscriptions += slot->shard.subscribed();
  }
  return stats;
}

}  // namespace bayeux::engine
