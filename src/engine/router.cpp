#include "router.hpp"

#include <type_traits>
#include <utility>

namespace bayeux::engine {

Router::Router(const Config& config, const Clock& clock, RemovedHandler removed)
    : config_(config), clock_(clock), removed_(std::move(removed)) {
  for (std::size_t i = 0; i < config.shards; ++i) slots_.push_back(std::make_unique<Slot>(config));
}

Router::Slot& Router::slot_of(std::string_view id) noexcept {
  // Not the low bits of the hash as they are: the shard's own table uses those.
  const auto hash = Name(id).hash;
  return *slots_[(hash >> 32 ^ hash >> 17) % slots_.size()];
}

/// Lets a shard work under its lock. What it leaves to do is done by `conclude`, without.
template <class Work>
auto Router::locked(Slot& slot, Effects& effects, Work&& work) {
  const std::lock_guard lock(slot.mutex);
  struct Publish {
    Slot& slot;
    Effects& effects;
    ~Publish() {
      const auto next = slot.shard.next_deadline();
      const auto earliest = next ? next->time_since_epoch().count() : no_deadline;
      slot.earliest.store(earliest);
      effects.earliest = std::min(effects.earliest, earliest);
    }
  } publish{slot, effects};
  return work(slot.shard, effects);
}

template <class Result, class Work>
Result Router::with(std::string_view id, const Result& unknown, Work&& work) {
  Effects effects(clock_.now());
  Result result = locked(slot_of(id), effects, [&](Shard& shard, Effects&) -> Result {
    Session* session = shard.find(id);
    if (session == nullptr) return unknown;
    return work(shard, *session, effects);
  });
  conclude(effects);
  return result;
}

void Router::conclude(Effects& effects) {
  ring_if_earlier(effects.earliest);
  // Tickets first: whoever is woken may ask for one at once.
  effects.tickets.clear();
  if (effects.delivered != 0) delivered_.fetch_add(effects.delivered, std::memory_order_relaxed);
  if (effects.dropped != 0) dropped_.fetch_add(effects.dropped, std::memory_order_relaxed);
  if (!effects.wakes.empty()) wakes_.fetch_add(effects.wakes.size(), std::memory_order_relaxed);
  for (const auto& outlet : effects.wakes) outlet->carrier->wake();
  for (const auto& [id, why] : effects.removed) {
    sessions_.fetch_sub(1);
    removed_(id, why);
  }
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
  return with(id, false, [&](Shard& shard, Session& session, Effects& effects) {
    shard.remove(session, why, farewell, last.get(), effects);
    return true;
  });
}

bool Router::contains(std::string_view id) {
  return with(id, false, [](Shard&, Session&, Effects&) { return true; });
}

bool Router::touch(std::string_view id, const std::string* browser) {
  return with(id, false, [&](Shard& shard, Session& session, Effects& effects) {
    if (browser != nullptr && !session.browser.empty() && config_.cookie_binding != CookieBinding::never) {
      const bool presented = *browser == session.browser;
      const bool bound = session.browser_presented || config_.cookie_binding == CookieBinding::always;
      if (bound && !presented) return false;
      session.browser_presented = session.browser_presented || presented;
    }
    shard.touch(session, effects);
    return true;
  });
}

Change Router::subscribe(std::string_view id, const std::vector<std::string>& names, std::uint64_t& mark) {
  return with(id, Change::session_unknown, [&](Shard& shard, Session& session, Effects&) {
    if (session.subscriptions.size() + names.size() > config_.max_subscriptions) {
      std::size_t added = 0;
      for (const auto& name : names) added += shard.subscriptions().contains(session, name) ? 0 : 1;
      if (session.subscriptions.size() + added > config_.max_subscriptions) return Change::too_many;
    }
    mark = session.queue.end();
    for (const auto& name : names) shard.subscriptions().add(session, name);
    return Change::done;
  });
}

Change Router::unsubscribe(std::string_view id, const std::vector<std::string>& names) {
  // A name that this client does not hold may still be a channel of others.
  for (const auto& name : names) {
    const bool held = with(id, false, [&](Shard& shard, Session& session, Effects&) {
      return shard.subscriptions().contains(session, name);
    });
    if (!held && subscribers(name) == 0) return contains(id) ? Change::channel_unknown : Change::session_unknown;
  }
  return with(id, Change::session_unknown, [&](Shard& shard, Session& session, Effects&) {
    for (const auto& name : names) shard.subscriptions().remove(session, name);
    return Change::done;
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

void Router::publish(std::vector<Name> names, const Frame& frame, std::string_view excluded) {
  const Publication publication{std::move(names), frame, publications_.fetch_add(1) + 1, excluded};
  Effects effects(clock_.now());
  for (auto& slot : slots_) {
    locked(*slot, effects, [&](Shard& shard, Effects&) { shard.publish(publication, effects); });
  }
  // Nobody is woken before everybody has it: who answers at once must not be heard before what he answers.
  conclude(effects);
}

bool Router::deliver(std::string_view id, const Frame& frame) {
  return with(id, false, [&](Shard& shard, Session& session, Effects& effects) {
    shard.deliver(session, frame, effects);
    return true;
  });
}

std::optional<Before> Router::begin_connect(std::string_view id, const std::shared_ptr<Outlet>& outlet) {
  return with(id, std::optional<Before>(), [&](Shard& shard, Session& session, Effects& effects) {
    return std::optional(shard.begin_connect(session, outlet, effects));
  });
}

bool Router::hold(std::string_view id, const std::shared_ptr<Outlet>& outlet, ConnectRequest request) {
  return with(id, false, [&](Shard& shard, Session& session, Effects& effects) {
    return shard.hold(session, outlet, std::move(request), effects);
  });
}

void Router::end_connect(std::string_view id, Milliseconds interval, bool told_to_poll) {
  with(id, false, [&](Shard& shard, Session& session, Effects& effects) {
    shard.end_connect(session, interval, told_to_poll, effects);
    return true;
  });
}

void Router::attach(std::string_view id, const std::shared_ptr<Outlet>& outlet) {
  with(id, false, [&](Shard& shard, Session& session, Effects& effects) {
    shard.attach(session, outlet, effects);
    return true;
  });
}

void Router::detach(std::string_view id, const std::shared_ptr<Outlet>& outlet) {
  with(id, false, [&](Shard& shard, Session& session, Effects& effects) {
    shard.detach(session, outlet, effects);
    return true;
  });
}

void Router::begin_batch(std::string_view id) {
  with(id, false, [&](Shard& shard, Session& session, Effects&) {
    shard.begin_batch(session);
    return true;
  });
}

void Router::end_batch(std::string_view id) {
  with(id, false, [&](Shard& shard, Session& session, Effects& effects) {
    shard.end_batch(session, effects);
    return true;
  });
}

Taken Router::take(std::string_view id, Outlet& outlet, std::size_t max_bytes, bool drain) {
  auto& slot = slot_of(id);
  const std::lock_guard lock(slot.mutex);
  return slot.shard.take(id, outlet, max_bytes, drain);
}

bool Router::ready(std::string_view id, const Outlet& outlet) {
  auto& slot = slot_of(id);
  const std::lock_guard lock(slot.mutex);
  if (outlet.connect == Outlet::Connect::released || outlet.connect == Outlet::Connect::superseded) return true;
  if (!outlet.last.empty()) return true;
  if (!outlet.duplex) return outlet.connect != Outlet::Connect::held;
  const Session* session = slot.shard.find(id);
  return session != nullptr && session->push.get() == &outlet && !session->queue.empty() && session->batches == 0;
}

bool Router::left(std::string_view id, const Outlet& outlet) {
  const std::lock_guard lock(slot_of(id).mutex);
  return outlet.moved || outlet.ended.has_value();
}

std::optional<Time> Router::next_deadline() {
  const auto earliest = [this] {
    auto result = no_deadline;
    for (const auto& slot : slots_) result = std::min(result, slot->earliest.load());
    return result;
  };
  // Whoever makes it earlier meanwhile either sees what is announced here and rings, or is seen by the second look.
  auto announced = earliest();
  for (announced_.store(announced); earliest() < announced; announced_.store(announced)) announced = earliest();
  if (announced == no_deadline) return std::nullopt;
  return Time(Time::duration(announced));
}

void Router::ring_if_earlier(Time::rep earliest) {
  // Once for each new earliest: whoever is rung has not looked at the clock yet.
  auto announced = announced_.load();
  do {
    if (earliest >= announced) return;
  } while (!announced_.compare_exchange_weak(announced, earliest));
  std::shared_ptr<const std::function<void()>> alarm;
  {
    const std::lock_guard lock(alarm_mutex_);
    alarm = alarm_;
  }
  if (alarm != nullptr) (*alarm)();
}

void Router::run_due() {
  Effects effects(clock_.now());
  for (auto& slot : slots_) {
    if (slot->earliest.load() > effects.now.time_since_epoch().count()) continue;
    locked(*slot, effects, [&](Shard& shard, Effects&) { shard.run_due(effects); });
  }
  conclude(effects);
}

void Router::set_alarm(std::function<void()> alarm) {
  const std::lock_guard lock(alarm_mutex_);
  alarm_ = alarm ? std::make_shared<const std::function<void()>>(std::move(alarm)) : nullptr;
}

Stats Router::stats() const noexcept {
  Stats stats;
  stats.clients = sessions_.load();
  stats.published = publications_.load();
  stats.delivered = delivered_.load();
  stats.dropped = dropped_.load();
  stats.wakes = wakes_.load();
  return stats;
}

}  // namespace bayeux::engine
