// Who is subscribed to what, and what reaches whom.
#include <mutex>
#include <utility>

#include "router_locked.hpp"

namespace bayeux::engine {

Change Router::check_room(std::string_view id, const std::vector<std::string>& names) {
  return with(id, Change::session_unknown, [&](Shard& shard, Session& session, Effects&) {
    const auto own = session.subscriptions.size();
    const auto all = subscriptions_.load(std::memory_order_relaxed);
    const auto fits = [&](std::size_t added) { return own + added <= config_.max_subscriptions; };
    const auto fits_all = [&](std::size_t added) { return all + added <= config_.max_total_subscriptions; };
    if (fits(names.size()) && fits_all(names.size())) return Change::done;
    std::size_t added = 0;
    for (const auto& name : names) added += shard.subscriptions().contains(session, name) ? 0 : 1;
    if (!fits(added)) return Change::too_many;
    return added == 0 || fits_all(added) ? Change::done : Change::too_many_of_all;
  });
}

Change Router::subscribe(std::string_view id, const std::vector<std::string>& names, const Frame& first,
                         Changed& changed) {
  if (first) look_for_room(first);
  return with(id, Change::session_unknown, [&](Shard& shard, Session& session, Effects& effects) {
    changed.mark = session.queue.end();
    for (const auto& name : names) {
      if (!shard.subscriptions().add(session, name)) continue;
      changed.names.push_back(name);
      subscriptions_.fetch_add(1, std::memory_order_relaxed);
    }
    if (first) shard.deliver(session, first, effects);
    return Change::done;
  });
}

Change Router::unsubscribe(std::string_view id, const std::vector<std::string>& names, Changed& changed) {
  return with(id, Change::session_unknown, [&](Shard& shard, Session& session, Effects& effects) {
    for (const auto& name : names) {
      if (!shard.subscriptions().remove(session, name, effects.emptied)) continue;
      changed.names.push_back(name);
      subscriptions_.fetch_sub(1, std::memory_order_relaxed);
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
  const auto shards = common_.interest->in({hashed});
  std::size_t count = 0;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if ((shards >> i & 1) == 0) continue;
    const std::lock_guard lock(slots_[i]->mutex);
    const auto* list = slots_[i]->shard.subscriptions().find(hashed);
    if (list != nullptr) count += list->members.size();
  }
  return count;
}

std::vector<std::string> Router::publish(std::vector<Name> names, const Frame& frame, std::string_view excluded,
                                         bool personal) {
  look_for_room(frame);
  const Publication publication{std::move(names), frame, publications_.fetch_add(1) + 1, excluded, personal};
  const auto shards = common_.interest->in(publication.names);
  Effects effects(clock_.now());
  // Each begins with another shard, so that two at once are not behind each other all the way.
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const std::size_t number = (publication.number * 5 + i) % slots_.size();
    if ((shards >> number & 1) == 0) continue;
    locked(*slots_[number], effects, [&](Shard& shard, Effects&) { shard.publish(publication, effects); });
  }
  // Nobody is woken before everybody has it: who answers at once must not be heard before what he answers.
  counters_.add_fan_out(effects.delivered + effects.personal.size());
  conclude(effects);
  return std::move(effects.personal);
}

bool Router::deliver(std::string_view id, const Frame& frame) {
  look_for_room(frame);
  return with(id, [&](Shard& shard, Session& session, Effects& effects) { shard.deliver(session, frame, effects); });
}

void Router::deliver_to_subscriber(std::string_view id, const std::vector<std::string>& names, const Frame& frame) {
  look_for_room(frame);
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
  look_for_room(frame);
  with(id, [&](Shard& shard, Session& session, Effects& effects) {
    const bool subscribed = shard.subscriptions().contains_any(session, names);
    shard.fill(session, number, subscribed ? frame : Frame(), effects);
  });
}

void Router::fill(std::string_view id, std::uint64_t number, const Frame& frame) {
  look_for_room(frame);
  with(id, [&](Shard& shard, Session& session, Effects& effects) { shard.fill(session, number, frame, effects); });
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

}  // namespace bayeux::engine
