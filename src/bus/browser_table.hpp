#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include "engine/keyed_hash.hpp"
#include "engine/short_text.hpp"

namespace bayeux::bus {

/// How many connects each browser has held (protocol: "Browser cookie and multi-session detection"). A browser without
/// any is not remembered.
class BrowserTable final {
 public:
  /// A place for one more held connect, kept until the ticket goes; nullptr when there are `limit` already.
  std::shared_ptr<void> acquire(std::string_view browser, int limit) {
    const std::lock_guard lock(state_->mutex);
    const auto entry = state_->held.try_emplace(engine::ShortText(browser), 0).first;
    if (entry->second >= limit) {
      if (entry->second == 0) state_->held.erase(entry);
      return nullptr;
    }
    ++entry->second;
    // It points at something, because a ticket that is null means that there is none.
    return std::shared_ptr<void>(state_.get(), [state = state_, place = &*entry](void*) {
      const std::lock_guard release(state->mutex);
      if (--place->second == 0) state->held.erase(state->held.find(place->first));
    });
  }

 private:
  struct Hash {
    // Not noexcept: see engine::KeyedHash.
    std::size_t operator()(const engine::ShortText& text) const { return engine::keyed_hash(text.view()); }
  };
  struct Equal {
    bool operator()(const engine::ShortText& a, const engine::ShortText& b) const noexcept {
      return a.view() == b.view();
    }
  };
  struct State {
    std::mutex mutex;
    std::unordered_map<engine::ShortText, int, Hash, Equal> held;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace bayeux::bus
