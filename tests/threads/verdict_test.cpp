#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <bayeux/bayeux.hpp>

#include "meta/answers.hpp"
#include "support/catch.hpp"

namespace bayeux::test {
namespace {

/// Does not return from `/blocked` before it is let go, and answers everything else from another thread.
class Stubborn final : public DeliveryPolicy {
 public:
  Verdict can_publish(const Attempt&, const ChannelId& channel) override {
    if (channel.name() == "/blocked") {
      std::unique_lock lock(mutex_);
      blocked_ = true;
      changed_.notify_all();
      changed_.wait(lock, [this] { return released_; });
      return Verdict::allow();
    }
    return later();
  }
  Verdict can_deliver(const Client&, const Message& message) override {
    return message.channel == "/personal" ? later() : Verdict::allow();
  }

  void wait_until_blocked() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return blocked_; });
  }
  void release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    changed_.notify_all();
  }
  void join() {
    for (auto& thread : threads_) thread.join();
  }

 private:
  Verdict later() {
    const Decision decision;
    const std::lock_guard lock(mutex_);
    threads_.emplace_back([decision] { decision.allow(); });
    return Verdict::defer(decision);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool blocked_ = false;
  bool released_ = false;
  std::vector<std::thread> threads_;
};

struct Fixture {
  Fixture() : bus(with_policy()) {}
  Config with_policy() {
    Config config;
    config.policy = policy;
    return config;
  }
  std::shared_ptr<Stubborn> policy = std::make_shared<Stubborn>();
  Bus bus;
};

/// Sends one publish and waits for its reply.
Json publish_and_wait(Bus& bus, const std::string& client, const char* channel) {
  Exchange request(bus, message(client, channel, R"("id":"1","data":1)"));
  while (!request.ready()) std::this_thread::yield();
  const auto response = request.response();
  return response.empty() ? Json() : response.items().back();
}

}  // namespace

TEST_CASE("a policy that blocks stops nobody but the client and the thread that asked it", "[threads][verdict]") {
  Fixture f;
  const auto stuck = join(f.bus);
  const auto other = join(f.bus);
  const auto listener = join(f.bus);
  Json stuck_reply;
  std::thread blocked([&] { stuck_reply = publish_and_wait(f.bus, stuck, "/blocked"); });
  f.policy->wait_until_blocked();
  subscribe(f.bus, listener, "/a");
  auto held = poll(f.bus, listener);
  CHECK(publish_and_wait(f.bus, other, "/a")["successful"] == Json(true));
  f.bus.channel("/a").publish(2);
  CHECK(held.ready());
  f.bus.run_due();
  f.policy->release();
  blocked.join();
  CHECK(stuck_reply["successful"] == Json(true));
  f.policy->join();
}

TEST_CASE("verdicts that come from other threads at any moment are all carried out", "[threads][verdict]") {
  Fixture f;
  constexpr int rounds = 200;
  std::vector<std::thread> talkers;
  std::atomic<int> accepted{0};
  std::vector<std::string> listeners;
  for (int i = 0; i < 3; ++i) {
    listeners.push_back(join(f.bus));
    subscribe(f.bus, listeners.back(), "/personal");
  }
  for (int i = 0; i < 3; ++i) {
    talkers.emplace_back([&] {
      const auto client = join(f.bus);
      for (int k = 0; k < rounds; ++k) {
        if (publish_and_wait(f.bus, client, "/personal")["successful"] == Json(true)) ++accepted;
      }
    });
  }
  for (auto& talker : talkers) talker.join();
  f.policy->join();
  CHECK(accepted == 3 * rounds);
  for (const auto& listener : listeners) {
    const auto response = collect(f.bus, listener);
    CHECK(response.size() == 3 * rounds + 1);
  }
}

}  // namespace bayeux::test
