#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace bayeux::bus {

/// How many connects each browser has held (protocol: "Browser cookie and multi-session detection"). A browser without
/// any is not remembered.
class BrowserTable final {
 public:
  /// A place for one more held connect, kept until the ticket goes; nullptr when there are `limit` already.
  std::shared_ptr<void> acquire(const std::string& browser, int limit) {
    const std::lock_guard lock(state_->mutex);
    int& held = state_->held[browser];
    if (held >= limit) {
      if (held == 0) state_->held.erase(browser);
      return nullptr;
    }
    ++held;
    // It points at something, because a ticket that is null means that there is none.
    return std::shared_ptr<void>(state_.get(), [state = state_, browser](void*) {
      const std::lock_guard release(state->mutex);
      const auto entry = state->held.find(browser);
      if (--entry->second == 0) state->held.erase(entry);
    });
  }

 private:
  struct State {
    std::mutex mutex;
    std::unordered_map<std::string, int> held;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace bayeux::bus
