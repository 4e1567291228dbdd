#pragma once

#include <algorithm>
#include <mutex>

#include "router.hpp"

// How the router lets a shard work: for the files that implement it.

namespace bayeux::engine {

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
  const Id hashed(id);
  Effects effects(clock_.now());
  Result result = locked(slot_of(hashed), effects, [&](Shard& shard, Effects&) -> Result {
    Session* session = shard.find(hashed);
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

}  // namespace bayeux::engine
