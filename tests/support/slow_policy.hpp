#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include <bayeux/bayeux.hpp>

namespace bayeux::test {

/// A policy that allows everything, except that it takes its time over what the test names: until that answers, or lets
/// go of it without an answer.
class SlowPolicy final : public SecurityPolicy {
 public:
  /// From now on, takes its time over handshakes (`handshake`), and over subscribing to or publishing on a channel
  /// (`subscribe /a`, `publish /a`).
  void take_time_over(const std::string& what) {
    const std::lock_guard lock(mutex_);
    slow_.insert(what);
  }

  /// How many questions wait.
  std::size_t waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
  }

  /// The decision about the question that waits longest, which then waits no more.
  Decision next() {
    const std::lock_guard lock(mutex_);
    Decision decision = std::move(waiting_.front());
    waiting_.pop_front();
    return decision;
  }

  Verdict can_handshake(const Attempt&) override { return answer("handshake"); }
  Verdict can_subscribe(const Attempt&, const ChannelId& channel) override {
    return answer("subscribe " + channel.name());
  }
  Verdict can_publish(const Attempt&, const ChannelId& channel) override { return answer("publish " + channel.name()); }

 private:
  Verdict answer(const std::string& question) {
    const std::lock_guard lock(mutex_);
    if (!slow_.contains(question)) return Verdict::allow();
    return Verdict::defer(waiting_.emplace_back());
  }

  mutable std::mutex mutex_;
  std::set<std::string> slow_;
  std::deque<Decision> waiting_;
};

}  // namespace bayeux::test
