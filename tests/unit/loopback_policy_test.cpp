#include <memory>
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
