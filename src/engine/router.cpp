#include "router.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include "prefetch.hpp"

namespace bayeux::engine {

Router::Router(const Config& config, const Clock& clock, Observer& observer)
    : common_(config), config_(config), clock_(clock), observer_(observer) {
  for (std::size_t i = 0; i < config.shards; ++i) slots_.push_back(std::make_unique<Slot>(common_));
}

Router::Slot& Router::slot_of(const Name& id) noexcept {
  // Not the low bits of the hash as they are: the shard's own table uses those.
  return *slots_[(id.hash >> 32 ^ id.hash >> 17) % slots_.size()];
}

Time::rep Router::Slot::show_earliest() noexcept {
  const auto next = shard.next_deadline();
  const auto value = next ? next->time_since_epoch().count() : no_deadline;
  if (earliest.load(std::memory_order_relaxed) != value) earliest.store(value);
  return value;
}

/// Lets a shard work under its lock. What it leaves to do is done by `conclude`, without.
template <class Work>
auto Router::locked(Slot& slot, Effects& effects, Work&& work) {
  const std::lock_guard lock(slot.mutex);
  struct Publish {
    Slot& slot;
    Effects& effects;
    ~Publish() { effects.earliest = std::min(effects.earliest, slot.show_earliest()); }
  } publish{slot, effects};
  return work(slot.shard, effects);
}

template <class Result, class Work>
Result Router::with(std::string_view id, const Result& unknown, Work&& work) {
  const Name name(id);
  Effects effects(clock_.now());
  Result result = locked(slot_of(name), effects, [&](Shard& shard, Effects&) -> Result {
    Session* session = shard.find(name);
    if (session == nullptr) return unknown;
    return work(shard, *session, effects);
  });
  conclude(effects);
  return result;
}

template <class Work>
bool Router::with(std::string_view id, Work&& work) {
  return with(id, false, [&](Shard& shard, Session& session, Effects& effects) {
    work(shard, session, effects);
    return true;
  });
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
  const auto add = [](std::atomic<std::uint64_t>& counter, std::uint64_t more) {
    if (more != 0) counter.fetch_add(more, std::memory_order_relaxed);
  };
  add(delivered_, effects.delivered);
  add(dropped_, effects.dropped);
  add(replaced_, effects.replaced);
  add(repeated_, effects.repeated);
  add(wakes_, effects.wakes.size());
  wake(effects.wakes);
  for (const auto& id : effects.released) observer_.connect_released(id);
  for (const auto& id : effects.full) observer_.queue_full(id);
  for (const auto& removed : effects.removed) {
    sessions_.fetch_sub(1);
    if (removed.why == Removal::queue) add(expelled_, 1);
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
    if (shard.find(id) != nullptr) return false;
    shard.add(id, std::move(browser), effects);
    return true;
  });
  conclude(effects);
  if (!added) sessions_.fetch_sub(1);
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
  const bool presented = *browser == *session.browser;
  const bool bound = session.browser_presented || config_.cookie_binding == CookieBinding::always;
  session.browser_presented = session.browser_presented || presented;
  return presented || !bound;
}

bool Router::touch(std::string_view id, const std::string* browser) {
  return with(id, false, [&](Shard& shard, Session& session, Effects& effects) {
    if (!comes_from(session, browser)) return false;
    shard.touch(session, effects);
    return true;
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

Change Router::check_room(std::string_view id, const std::vector<std::string>& names) {
  return with(id, Change::session_unknown, [&](Shard& shard, Session& session, Effects&) {
    if (session.subscriptions.size() + names.size() <= config_.max_subscriptions) return Change::done;
    std::size_t added = 0;
    for (const auto& name : names) added += shard.subscriptions().contains(session, name) ? 0 : 1;
    return session.subscriptions.size() + added > config_.max_subscriptions ? Change::too_many : Change::done;
  });
}

Change Router::subscribe(std::string_view id, const std::vector<std::string>& names, const Frame& first,
                         Changed& changed) {
  return with(id, Change::session_unknown, [&](Shard& shard, Session& session, Effects& effects) {
    changed.mark = session.queue.end();
    for (const auto& name : names) {
      if (shard.subscriptions().add(session, name)) changed.names.push_back(name);
    }
    if (first) shard.deliver(session, first, effects);
    return Change::done;
  });
}

Change Router::unsubscribe(std::string_view id, const std::vector<std::string>& names, Changed& changed) {
  return with(id, Change::session_unknown, [&](Shard& shard, Session& session, Effects& effects) {
    for (const auto& name : names) {
      if (shard.subscriptions().remove(session, name, effects.emptied)) changed.names.push_back(name);
    }
    return Change::done;
  });
}

bool Router::is_subscribed(std::string_view id, std::string_view name) {
  return with(id, false, [name](Shard& shard, Session& session, Effects&) {
    return shard.subscriptions().contains(session, name);
  });
}

std::size_t Router::subscribers(std::string_view name) {
  const Name hashed(name);
  std::size_t count = 0;
  for (auto& slot : slots_) {
    const std::lock_guard lock(slot->mutex);
    const auto* list = slot->shard.subscriptions().find(hashed);
    if (list != nullptr) count += list->members.size();
  }
  return count;
}

std::vector<std::string> Router::publish(std::vector<Name> names, const Frame& frame, std::string_view excluded,
                                         bool personal) {
  const Publication publication{std::move(names), frame, publications_.fetch_add(1) + 1, excluded, personal};
  Effects effects(clock_.now());
  // Each begins with another shard, so that two at once are not behind each other all the way.
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    auto& slot = *slots_[(publication.number * 5 + i) % slots_.size()];
    locked(slot, effects, [&](Shard& shard, Effects&) { shard.publish(publication, effects); });
  }
  // Nobody is woken before everybody has it: who answers at once must not be heard before what he answers.
  conclude(effects);
  return std::move(effects.personal);
}

bool Router::deliver(std::string_view id, const Frame& frame) {
  return with(id, [&](Shard& shard, Session& session, Effects& effects) { shard.deliver(session, frame, effects); });
}

void Router::deliver_to_subscriber(std::string_view id, const std::vector<std::string>& names, const Frame& frame) {
  with(id, [&](Shard& shard, Session& session, Effects& effects) {
    if (shard.subscriptions().contains_any(session, names)) shard.deliver(session, frame, effects);
  });
}

std::optional<std::uint64_t> Router::reserve(std::string_view id, const Frame& like) {
  return with(id, std::optional<std::uint64_t>(),
              [&](Shard& shard, Session& session, Effects& effects) { return shard.reserve(session, like, effects); });
}

void Router::fill_for_subscriber(std::string_view id, const std::vector<std::string>& names, std::uint64_t number,
                                 const Frame& frame) {
  with(id, [&](Shard& shard, Session& session, Effects& effects) {
    const bool subscribed = shard.subscriptions().contains_any(session, names);
    shard.fill(session, number, subscribed ? frame : Frame(), effects);
  });
}

void Router::fill(std::string_view id, std::uint64_t number, const Frame& frame) {
  with(id, [&](Shard& shard, Session& session, Effects& effects) { shard.fill(session, number, frame, effects); });
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

void Router::begin_request(std::string_view id) {
  with(id, [](Shard& shard, Session& session, Effects&) { shard.begin_request(session); });
}

void Router::end_request(std::string_view id) {
  with(id, [](Shard& shard, Session& session, Effects& effects) { shard.end_request(session, effects); });
}

bool Router::begin_batch(std::string_view id) {
  return with(id, [](Shard& shard, Session& session, Effects&) { shard.begin_batch(session); });
}

void Router::end_batch(std::string_view id) {
  with(id, [](Shard& shard, Session& session, Effects& effects) { shard.end_batch(session, effects); });
}

void Router::begin_batch_of_all() {
  for (auto& slot : slots_) {
    const std::lock_guard lock(slot->mutex);
    slot->shard.begin_batch_of_all();
  }
}

void Router::end_batch_of_all() {
  Effects effects(clock_.now());
  for (auto& slot : slots_) {
    locked(*slot, effects, [&](Shard& shard, Effects&) { shard.end_batch_of_all(effects); });
  }
  conclude(effects);
}

Taken Router::take(std::string_view id, Outlet& outlet, std::size_t max_bytes, bool drain) {
  const Name name(id);
  auto& slot = slot_of(name);
  const std::lock_guard lock(slot.mutex);
  auto taken = slot.shard.take(name, outlet, max_bytes, drain);
  slot.show_earliest();
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

Stats Router::stats() {
  Stats stats;
  stats.clients = sessions_.load();
  stats.published = publications_.load();
  stats.delivered = delivered_.load();
  stats.dropped = dropped_.load();
  stats.replaced = replaced_.load();
  stats.expelled = expelled_.load();
  stats.repeated = repeated_.load();
  stats.wakes = wakes_.load();
  stats.queued_bytes = common_.bytes->load();
  for (auto& slot : slots_) {
    const std::lock_guard lock(slot->mutex);
    stats.queued_messages += slot->shard.queued();
  }
  return stats;
}

}  // namespace bayeux::engine
