#include "subscriptions.hpp"

#include <algorithm>
#include <utility>

namespace bayeux::engine {

bool Subscriptions::add(Session& session, const std::string& name) {
  auto [entry, made] = lists_.try_emplace(name);
  Subscribers& list = entry->second;
  if (made) {
    list.name = name;
    if (is_pattern(name)) ++patterns_;
    interest_.add(name, shard_);
  } else if (slot_of(session, list) != none) {
    return false;
  }
  list.members.push_back({&session, session.subscriptions.size()});
  session.subscriptions.push_back({&list, list.members.size() - 1});
  ++size_;
  return true;
}

bool Subscriptions::remove(Session& session, std::string_view name, std::vector<std::string>& emptied) {
  const auto entry = lists_.find(name);
  if (entry == lists_.end()) return false;
  const auto slot = slot_of(session, entry->second);
  if (slot == none) return false;
  remove_at(session, slot, emptied);
  return true;
}

void Subscriptions::remove_all(Session& session, std::vector<std::string>& emptied) {
  while (!session.subscriptions.empty()) remove_at(session, session.subscriptions.size() - 1, emptied);
}

std::size_t Subscriptions::slot_of(const Session& session, const Subscribers& list) noexcept {
  const auto& all = session.subscriptions;
  if (list.members.size() < all.size()) {
    const auto& members = list.members;
    const auto own = std::find_if(members.begin(), members.end(), [&](const auto& m) { return m.session == &session; });
    return own != members.end() ? own->slot : none;
  }
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& entry) { return entry.list == &list; });
  return found != all.end() ? static_cast<std::size_t>(found - all.begin()) : none;
}

bool Subscriptions::contains(const Session& session, std::string_view name) const {
  const auto entry = lists_.find(name);
  return entry != lists_.end() && slot_of(session, entry->second) != none;
}

bool Subscriptions::contains_any(const Session& session, const std::vector<std::string>& names) const {
  return std::any_of(names.begin(), names.end(), [&](const auto& name) { return contains(session, name); });
}

const Subscribers* Subscriptions::find(const Name& name) const {
  // Each publish asks for all patterns that fit; mostly nobody holds any.
  if (patterns_ == 0 && is_pattern(name.text)) return nullptr;
  const auto entry = lists_.find(name);
  return entry != lists_.end() ? &entry->second : nullptr;
}

void Subscriptions::remove_at(Session& session, std::size_t slot, std::vector<std::string>& emptied) {
  const auto [list, place] = session.subscriptions[slot];
  --size_;

  list->members[place] = list->members.back();
  auto& moved = list->members[place];
  moved.session->subscriptions[moved.slot].place = place;
  list->members.pop_back();

  session.subscriptions[slot] = session.subscriptions.back();
  session.subscriptions.pop_back();
  if (slot < session.subscriptions.size()) {
    const auto& other = session.subscriptions[slot];
    other.list->members[other.place].slot = slot;
  }
  if (!list->members.empty()) return;
  if (is_pattern(list->name)) --patterns_;
  interest_.remove(list->name, shard_);
  emptied.push_back(list->name);
  lists_.erase(lists_.find(std::string_view(emptied.back())));
}

}  // namespace bayeux::engine
