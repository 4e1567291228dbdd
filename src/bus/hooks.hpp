#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <system_error>
#include <unordered_map>
#include <utility>
#include <vector>

#include <bayeux/error.hpp>
#include <bayeux/listener.hpp>

namespace bayeux::bus {

/// What the host has hung into the bus: callbacks by name, in the order in which they were added. Whoever calls them
/// works on copies, so that none runs under our lock and each may add and take away others.
template <class Hook>
class Hooks final {
 public:
  /// A hook that is called until its registration goes.
  struct Entry {
    explicit Entry(Hook h) : hook(std::move(h)) {}
    const Hook hook;
    std::atomic<bool> alive{true};
  };
  using List = std::vector<std::shared_ptr<Entry>>;

  /// Errors: throws std::system_error (callback_empty).
  Registration add(const std::string& name, Hook hook) {
    if (!hook) throw std::system_error(Errc::callback_empty);
    auto entry = std::make_shared<Entry>(std::move(hook));
    {
      const std::unique_lock lock(state_->mutex);
      state_->lists[name].push_back(entry);
      state_->count.fetch_add(1);
    }
    return Registration([weak = std::weak_ptr(state_), name, entry] {
      entry->alive = false;
      if (const auto state = weak.lock()) state->remove(name, entry);
    });
  }

  /// Nobody has registered anything.
  bool empty() const noexcept { return state_->count.load() == 0; }

  /// Those under that name, and under no other.
  List of(const std::string& name) const {
    if (empty()) return {};
    return of(std::vector<std::string>{name});
  }

  /// Those under each of these names, one name after the other.
  List of(const std::vector<std::string>& names) const {
    List found;
    if (empty()) return found;
    const std::shared_lock lock(state_->mutex);
    for (const auto& name : names) {
      const auto list = state_->lists.find(name);
      if (list != state_->lists.end()) found.insert(found.end(), list->second.begin(), list->second.end());
    }
    return found;
  }

 private:
  struct State {
    std::shared_mutex mutex;
    std::atomic<std::size_t> count{0};
    std::unordered_map<std::string, List> lists;

    void remove(const std::string& name, const std::shared_ptr<Entry>& entry) {
      const std::unique_lock lock(mutex);
      const auto list = lists.find(name);
      if (list == lists.end()) return;
      count.fetch_sub(std::erase(list->second, entry));
      if (list->second.empty()) lists.erase(list);
    }
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace bayeux::bus
