#include <memory>
#include <string>
#include <thread>

#include "conformance/stage.hpp"
#include "support/slow_policy.hpp"

namespace bayeux::test {

using namespace std::chrono_literals;

namespace {

/// A stage whose policy takes its time over what is published on `/slow`.
struct SlowStage : Stage {
  SlowStage() {
    Config config;
    config.policy = policy;
    set(std::move(config));
    policy->take_time_over("publish /slow");
  }

  /// Publishes one message that waits for the policy, and gives its id.
  std::string publish_slowly(Peer& peer, const std::string& data = "1") {
    peer.send({peer.message("/slow", "\"data\":" + data)});
    REQUIRE(policy->waiting() == 1);
    CHECK_FALSE(peer.answered(peer.last_id()));
    return peer.last_id();
  }

  std::shared_ptr<SlowPolicy> policy = std::make_shared<SlowPolicy>();
};

}  // namespace

TEST_CASE_METHOD(SlowStage, "a message waits for its verdict, and then goes its way", "[verdict]") {
  Peer listener = subscribed("/slow");
  Peer talker = joined();
  const auto id = publish_slowly(talker);
  CHECK(listener.heard() == "[]");
  policy->next().allow();
  CHECK(talker.reply(id)["successful"] == Json(true));
  CHECK(listener.heard() == "[1]");
}

TEST_CASE_METHOD(SlowStage, "a verdict that comes later may be a refusal, with a reason", "[verdict]") {
  Peer listener = subscribed("/slow");
  Peer talker = joined();
  const auto id = publish_slowly(talker);
  policy->next().deny("too_loud");
  CHECK(talker.reply(id)["error"] == Json("403:too_loud:publish_denied"));
  CHECK(listener.heard() == "[]");
}

TEST_CASE_METHOD(SlowStage, "a session that ends while its message waits ends it too", "[verdict]") {
  Peer listener = subscribed("/slow");
  Peer talker = joined();
  const auto id = publish_slowly(talker);
  CHECK_FALSE(bus().client(talker.id()).disconnect());
  policy->next().allow();
  CHECK_FALSE(talker.reply(id)["successful"].as_bool());
  CHECK(listener.heard() == "[]");
}

TEST_CASE_METHOD(SlowStage, "a session does not run out of time while its message waits", "[verdict]") {
  Peer talker = joined();
  const auto id = publish_slowly(talker);
  advance(bus().config().verdict_timeout);
  CHECK(talker.reply(id)["error"] == Json("403:denied_by_security_policy:publish_denied"));
  CHECK(bus().client(talker.id()).connected());
}

TEST_CASE_METHOD(SlowStage, "who lets go of a decision has denied", "[verdict]") {
  Peer talker = joined();
  const auto id = publish_slowly(talker);
  policy->next();
  CHECK(talker.reply(id)["error"] == Json("403:denied_by_security_policy:publish_denied"));
}

TEST_CASE_METHOD(SlowStage, "a verdict that does not come in time is a refusal, and may come no more", "[verdict]") {
  Peer listener = subscribed("/slow");
  listener.hold();
  Peer talker = joined();
  talker.hold();
  const auto id = publish_slowly(talker);
  advance(9'999ms);
  CHECK_FALSE(talker.answered(id));
  advance(1ms);
  CHECK(talker.reply(id)["error"] == Json("403:denied_by_security_policy:publish_denied"));
  policy->next().allow();
  CHECK(listener.events().empty());
  CHECK(talker.publish("/slower", "1"));
}

TEST_CASE_METHOD(SlowStage, "only the first answer of a decision counts", "[verdict]") {
  Peer listener = subscribed("/slow");
  Peer talker = joined();
  const auto id = publish_slowly(talker);
  const auto decision = policy->next();
  decision.allow();
  decision.deny();
  CHECK(talker.reply(id)["successful"] == Json(true));
  decision.allow();
  CHECK(listener.heard() == "[1]");
}

TEST_CASE_METHOD(SlowStage, "a verdict may come from any thread", "[verdict]") {
  Peer listener = subscribed("/slow");
  Peer talker = joined();
  const auto id = publish_slowly(talker);
  std::thread thread([decision = policy->next()] { decision.allow(); });
  thread.join();
  CHECK(talker.reply(id)["successful"] == Json(true));
  CHECK(listener.heard() == "[1]");
}

TEST_CASE_METHOD(SlowStage, "what stands behind a message in its request waits with it, in order", "[verdict]") {
  Peer listener = subscribed("/**");
  Peer talker = joined();
  const auto before = talker.all().size();
  talker.send({talker.message("/a", R"("data":1)"), talker.message("/slow", R"("data":2)"),
               talker.message("/a", R"("data":3)"), talker.message("/slow", R"("data":4)"),
               talker.message("/a", R"("data":5)")});
  CHECK(listener.heard() == "[1]");
  REQUIRE(policy->waiting() == 1);
  policy->next().allow();
  talker.all();
  CHECK(listener.heard() == "[2,3]");
  REQUIRE(policy->waiting() == 1);
  policy->next().deny();
  const auto& all = talker.all();
  REQUIRE(all.size() == before + 5);
  for (std::size_t i = 0; i < 5; ++i) CHECK(all[before + i]["successful"] == Json(i != 3));
  CHECK(listener.heard() == "[5]");
}

TEST_CASE_METHOD(SlowStage, "nobody else waits for a verdict", "[verdict]") {
  Peer listener = subscribed("/**");
  Peer talker = joined();
  Peer other = joined();
  const auto id = publish_slowly(talker);
  CHECK(other.publish("/a", "2"));
  bus().channel("/a").publish(3);
  CHECK(listener.heard() == "[2,3]");
  policy->next().allow();
  CHECK(talker.answered(id));
  CHECK(listener.heard() == "[1]");
}

TEST_CASE_METHOD(SlowStage, "who waits for a verdict hears what others publish meanwhile", "[verdict]") {
  Peer peer = subscribed("/a");
  peer.hold();
  const auto id = publish_slowly(peer);
  bus().channel("/a").publish(1);
  CHECK(peer.events().size() == 1);
  policy->next().allow();
  CHECK(peer.reply(id)["successful"] == Json(true));
}

TEST_CASE_METHOD(SlowStage, "over one lasting connection, later messages wait behind the one that waits", "[verdict]") {
  if (!facts().pushes || !facts().holds_connects()) return;
  Peer listener = subscribed("/**");
  Peer talker = joined();
  const auto id = publish_slowly(talker);
  talker.send({talker.message("/a", R"("data":2)")});
  const auto behind = talker.last_id();
  CHECK_FALSE(talker.answered(behind));
  CHECK(listener.heard() == "[]");
  policy->next().allow();
  CHECK(talker.place([&](const Json& m) { return m["id"] == Json(id); }) <
        talker.place([&](const Json& m) { return m["id"] == Json(behind); }));
  CHECK(talker.answered(behind));
  CHECK(listener.heard() == "[1,2]");
}

TEST_CASE_METHOD(SlowStage, "a client exists from its verdict on, and belongs to the user that it names", "[verdict]") {
  policy->take_time_over("handshake");
  int added = 0;
  const auto registration = bus().on_client_added([&](const Client& client) {
    ++added;
    CHECK(client.user() == "ann");
  });
  Peer peer(transport());
  peer.send({peer.message("/meta/handshake",
                          R"("version":"1.0","supportedConnectionTypes":[")" + facts().connection_type + "\"]")});
  CHECK_FALSE(peer.answered(peer.last_id()));
  CHECK(bus().stats().clients == 0);
  REQUIRE(policy->waiting() == 1);
  policy->next().allow_as("ann");
  const Json reply = peer.reply(peer.last_id());
  CHECK(reply["successful"] == Json(true));
  CHECK(added == 1);
  peer.take_over(reply["clientId"].as_string());
  CHECK(peer.answered(peer.connect()));
  CHECK(bus().user("ann").clients().size() == 1);
}

TEST_CASE_METHOD(SlowStage, "a peer whose handshake is denied later is told to give up", "[verdict]") {
  policy->take_time_over("handshake");
  Peer peer(transport());
  peer.send({peer.message("/meta/handshake",
                          R"("version":"1.0","supportedConnectionTypes":[")" + facts().connection_type + "\"]")});
  REQUIRE(policy->waiting() == 1);
  policy->next().deny("unknown_token");
  const Json reply = peer.reply(peer.last_id());
  CHECK(reply["successful"] == Json(false));
  CHECK(reply["error"] == Json("403:unknown_token:handshake_denied"));
  CHECK(reply["advice"]["reconnect"] == Json("none"));
  CHECK(bus().stats().clients == 0);
}

TEST_CASE_METHOD(SlowStage, "a subscription begins with its verdict", "[verdict]") {
  policy->take_time_over("subscribe /a");
  Peer peer = joined();
  peer.hold();
  peer.send({peer.message("/meta/subscribe", R"("subscription":["/b","/a","/c"])")});
  const auto id = peer.last_id();
  CHECK_FALSE(peer.answered(id));
  bus().channel("/a").publish(1);
  REQUIRE(policy->waiting() == 1);
  policy->next().allow();
  CHECK(peer.reply(id)["successful"] == Json(true));
  for (const char* channel : {"/a", "/b", "/c"}) CHECK(bus().channel(channel).subscribers() == 1);
  bus().channel("/a").publish(2);
  CHECK(peer.heard() == "[2]");
}

TEST_CASE_METHOD(SlowStage, "a peer that hangs up while it waits leaves nothing behind but its session", "[verdict]") {
  Peer listener = subscribed("/slow");
  Peer peer = subscribed("/a");
  publish_slowly(peer);
  peer.hang_up();
  policy->next().allow();
  bus().channel("/a").publish(1);
  CHECK(peer.heard() == "[1]");
  CHECK(peer.publish("/b", "1"));
  CHECK(listener.heard() == "[]");
}

TEST_CASE_METHOD(SlowStage, "a handshake over which the peer hung up makes no session", "[verdict]") {
  policy->take_time_over("handshake");
  Peer peer(transport());
  peer.send({peer.message("/meta/handshake", R"("version":"1.0")")});
  REQUIRE(policy->waiting() == 1);
  peer.hang_up();
  policy->next().allow();
  CHECK(bus().stats().clients == 0);
}

}  // namespace bayeux::test
