#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <bayeux/bus.hpp>
#include <bayeux/transports/loopback.hpp>

#include "loopback_support.hpp"
#include "request_witness.hpp"
#include "support/catch.hpp"
#include "support/slow_policy.hpp"

using namespace bayeux;
using namespace bayeux::test;

TEST_CASE("a policy sees that a client inside the program came in no request", "[loopback][policy]") {
  const auto witness = std::make_shared<RequestWitness>();
  Config config;
  config.policy = witness;
  Bus bus(config);
  const Loopback client(bus);
  const auto seen = witness->seen();
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].method.empty());
  CHECK(seen[0].target.empty());
  CHECK(seen[0].headers.empty());
  CHECK(seen[0].remote_address.empty());
  CHECK_FALSE(seen[0].has_attachment);
}

namespace {

/// A bus whose policy takes its time over what the test says.
struct SlowBus {
  SlowBus() : bus(with(policy)) {}

  static Config with(const std::shared_ptr<SlowPolicy>& policy) {
    Config config;
    config.policy = policy;
    config.max_batch = 5;
    return config;
  }

  std::shared_ptr<SlowPolicy> policy = std::make_shared<SlowPolicy>();
  Bus bus;
};

}  // namespace

TEST_CASE("what a client asks for before its handshake is decided waits for that, in order", "[loopback][policy]") {
  SlowBus slow;
  slow.policy->take_time_over("handshake");
  Heard heard;
  Loopback client(slow.bus);
  CHECK_FALSE(client.connected());
  CHECK(client.error().empty());
  CHECK(client.client_id().empty());
  client.subscribe("/a", heard.handler());
  client.publish("/a", 1);
  client.publish("/a", 2);
  CHECK(heard.texts.empty());
  slow.policy->next().allow_as("ann");
  CHECK(client.connected());
  CHECK(slow.bus.client(client.client_id()).user() == "ann");
  CHECK(heard.texts == std::vector<std::string>{"/a 1", "/a 2"});
}

TEST_CASE("a client whose handshake is denied later says why, and is refused everything", "[loopback][policy]") {
  SlowBus slow;
  slow.policy->take_time_over("handshake");
  Loopback client(slow.bus);
  std::vector<std::string> errors;
  slow.policy->next().deny("no_entry");
  CHECK_FALSE(client.connected());
  CHECK(client.error() == "403:no_entry:handshake_denied");
  client.publish("/a", 1, [&](const Message& reply) { errors.push_back(reply.error); });
  CHECK(errors == std::vector<std::string>{"402::session_unknown"});
}

TEST_CASE("messages of a client wait behind the one that waits for its verdict", "[loopback][policy]") {
  SlowBus slow;
  slow.policy->take_time_over("publish /slow");
  Heard heard;
  std::vector<std::string> done;
  Loopback client(slow.bus);
  client.subscribe("/**", heard.handler());
  client.publish("/slow", 1, [&](const Message&) { done.push_back("slow"); });
  client.publish("/a", 2, [&](const Message&) { done.push_back("a"); });
  slow.bus.channel("/b").publish(3);
  CHECK(done.empty());
  CHECK(heard.texts == std::vector<std::string>{"/b 3"});
  std::thread thread([decision = slow.policy->next()] { decision.allow(); });
  thread.join();
  CHECK(done == std::vector<std::string>{"slow", "a"});
  CHECK(heard.texts == std::vector<std::string>{"/b 3", "/slow 1", "/a 2"});
}

TEST_CASE("no more waits for a verdict than the bus allows, and the rest is refused", "[loopback][policy]") {
  const bool shaking_hands = GENERATE(true, false);
  CAPTURE(shaking_hands);
  SlowBus slow;
  slow.policy->take_time_over(shaking_hands ? "handshake" : "publish /slow");
  std::vector<std::string> outcomes;
  Loopback client(slow.bus);
  if (!shaking_hands) client.publish("/slow", 0);
  for (int i = 0; i < 20; ++i) {
    client.publish("/a", i, [&](const Message& reply) { outcomes.push_back(reply.error); });
  }
  CHECK(outcomes.size() >= 14);
  for (const auto& outcome : outcomes) CHECK(outcome == "413::messages_too_many");
  slow.policy->next().allow();
  REQUIRE(outcomes.size() == 20);
  CHECK(outcomes.back().empty());
  client.publish("/a", 21, [&](const Message& reply) { outcomes.push_back(reply.error); });
  CHECK(outcomes.back().empty());
}

TEST_CASE("a client says goodbye while it waits for a verdict", "[loopback][policy]") {
  SlowBus slow;
  slow.policy->take_time_over("publish /slow");
  std::vector<Removal> removed;
  const auto listener = slow.bus.on_client_removed([&](const Client&, Removal why) { removed.push_back(why); });
  {
    Loopback client(slow.bus);
    client.publish("/slow", 1);
    REQUIRE(slow.policy->waiting() == 1);
  }
  CHECK(removed == std::vector<Removal>{Removal::disconnect});
  slow.policy->next().allow();
  CHECK(slow.bus.stats().clients == 0);
}

TEST_CASE("a client that goes before its handshake is decided never was there", "[loopback][policy]") {
  SlowBus slow;
  slow.policy->take_time_over("handshake");
  const bool disconnects = GENERATE(true, false);
  CAPTURE(disconnects);
  auto client = std::make_unique<Loopback>(slow.bus);
  if (disconnects) {
    client->disconnect();
  } else {
    client.reset();
  }
  slow.policy->next().allow();
  CHECK(slow.bus.stats().clients == 0);
  if (client) CHECK_FALSE(client->connected());
}

namespace {

/// A policy whose answers all come from a thread of its own.
class Elsewhere final : public SecurityPolicy {
 public:
  Elsewhere() : thread_([this] { work(); }) {}
  ~Elsewhere() override {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  Verdict can_handshake(const Attempt&) override { return later(); }
  Verdict can_publish(const Attempt&, const ChannelId&) override { return later(); }

 private:
  Verdict later() {
    const Decision decision;
    const std::lock_guard lock(mutex_);
    waiting_.push_back(decision);
    changed_.notify_all();
    return Verdict::defer(decision);
  }

  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
      if (ending_) return;
      const Decision decision = waiting_.front();
      waiting_.pop_front();
      lock.unlock();
      decision.allow();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Decision> waiting_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace

TEST_CASE("with verdicts from another thread, every message of every client passes once, in order",
          "[loopback][policy]") {
  constexpr int clients = 3;
  constexpr int messages = 100;
  const auto policy = std::make_shared<Elsewhere>();
  Config config;
  config.policy = policy;
  Bus bus(config);
  std::atomic<int> in_order{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < clients; ++i) {
    threads.emplace_back([&, channel = "/own/" + std::to_string(i)] {
      std::atomic<int> heard{0};
      Loopback client(bus);
      client.subscribe(channel, [&](const Message& message) {
        if (message.data.json() == Json(heard.load())) ++heard;
      });
      for (int n = 0; n < messages; ++n) client.publish(channel, n);
      for (int wait = 0; heard < messages && wait < 3000; ++wait) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
      in_order += heard;
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(in_order == clients * messages);
  CHECK(bus.stats().clients == 0);
}

TEST_CASE("what a handler owns may use its client while it goes", "[loopback][policy]") {
  const auto policy = std::make_shared<SlowPolicy>();
  policy->take_time_over("subscribe /a");
  Config config;
  config.policy = policy;
  Bus bus(config);
  Loopback client(bus);
  int gone = 0;
  std::shared_ptr<void> owned(nullptr, [&](void*) { gone += client.connected() ? 1 : 0; });
  client.subscribe("/a", [owned](const Message&) {});
  client.unsubscribe("/a");
  owned.reset();
  CHECK(gone == 0);
  policy->next().allow();
  CHECK(gone == 1);
}
