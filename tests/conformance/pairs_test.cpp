#include <memory>
#include <string>
#include <vector>

#include <bayeux/transports/loopback.hpp>

#include "conformance/peer.hpp"
#include "support/catch.hpp"

namespace bayeux::test {
namespace {

/// All transports at work on one bus.
struct Crossing {
  Crossing() {
    Config config;
    config.shards = GENERATE(std::size_t{1}, std::size_t{16});
    bus = std::make_unique<Bus>(std::move(config));
    for (const auto& [name, make] : transports()) made.push_back(make(*bus, {}));
  }

  /// Calls `check` for every ordered pair of transports, one and the same twice included.
  template <class Check>
  void each_pair(Check check) {
    for (const auto& from : made) {
      for (const auto& to : made) {
        INFO(from->facts().connection_type << " and then " << to->facts().connection_type);
        check(*from, *to);
      }
    }
  }

  std::unique_ptr<Bus> bus;
  std::vector<std::unique_ptr<Transport>> made;
};

}  // namespace

TEST_CASE_METHOD(Crossing, "the programs of this suite hold every transport once", "[pairs]") {
  REQUIRE(made.size() == 5);
  CHECK(made[0]->facts().connection_type != made[1]->facts().connection_type);
  CHECK(made[1]->facts().connection_type != made[2]->facts().connection_type);
}

TEST_CASE_METHOD(Crossing, "a client shakes hands on one transport and connects on another", "[pairs]") {
  each_pair([&](Transport& from, Transport& to) {
    Peer before(from);
    before.shake_hands();
    Peer after(to);
    after.take_over(before.id());
    CHECK(after.answered(after.connect()));
    CHECK(after.subscribe("/a"));
    after.hold();
    bus->channel("/a").publish(1);
    CHECK(after.heard() == "[1]");
    CHECK(before.events().empty());
  });
}

TEST_CASE_METHOD(Crossing, "a client that holds a connect moves to another transport and misses nothing", "[pairs]") {
  each_pair([&](Transport& from, Transport& to) {
    Peer before(from);
    before.join();
    REQUIRE(before.subscribe("/a"));
    const auto held = before.hold();
    Peer after(to);
    after.take_over(before.id());
    after.hold();
    CHECK(before.answered(held) == !from.facts().holds_connects());
    for (int i = 0; i < 3; ++i) bus->channel("/a").publish(i);
    CHECK(after.heard() == "[0,1,2]");
    CHECK(before.events().empty());
  });
}

TEST_CASE_METHOD(Crossing, "what waits for a client that hung up is given over any other transport", "[pairs]") {
  each_pair([&](Transport& from, Transport& to) {
    Peer before(from);
    before.join();
    REQUIRE(before.subscribe("/a"));
    before.hold();
    before.hang_up();
    for (int i = 0; i < 3; ++i) bus->channel("/a").publish(i);
    Peer after(to);
    after.take_over(before.id());
    CHECK(after.heard() == "[0,1,2]");
  });
}

TEST_CASE_METHOD(Crossing, "a late hang-up of the old wire does not harm the session on the new one", "[pairs]") {
  each_pair([&](Transport& from, Transport& to) {
    Peer before(from);
    before.join();
    REQUIRE(before.subscribe("/a"));
    before.hold();
    Peer after(to);
    after.take_over(before.id());
    after.hear();
    before.hang_up();
    bus->channel("/a").publish(1);
    CHECK(after.heard() == "[1]");
  });
}

TEST_CASE_METHOD(Crossing, "what one transport carries in, every other carries out the same", "[pairs]") {
  const std::string data = "{\"text\":\"\xe2\x80\xa8 </script> \xf0\x9f\x98\x80\",\"n\":[1,2.5,null]}";
  each_pair([&](Transport& from, Transport& to) {
    Peer talker(from);
    talker.join();
    Peer listener(to);
    listener.join();
    REQUIRE(listener.subscribe("/a/*"));
    listener.hold();
    CHECK(talker.publish("/a/b", data));
    const auto events = listener.hear();
    REQUIRE(events.size() == 1);
    CHECK(events[0]["data"] == *Json::parse(data));
  });
}

TEST_CASE_METHOD(Crossing, "a Loopback client and the clients of every transport hear each other",
                 "[pairs][loopback]") {
  for (const auto& transport : made) {
    INFO(transport->facts().connection_type);
    std::vector<std::string> got;
    Loopback local(*bus);
    local.subscribe("/a/*",
                    [&](const Message& message) { got.push_back(message.channel + message.data.json().text()); });
    Peer remote(*transport);
    remote.join();
    REQUIRE(remote.subscribe("/b"));
    remote.hold();

    CHECK(remote.publish("/a/1", "1"));
    CHECK(remote.publish("/a/2", "2"));
    CHECK(got == std::vector<std::string>{"/a/11", "/a/22"});
    bool acknowledged = false;
    local.publish("/b", "hello", [&](const Message& reply) { acknowledged = reply.successful.value_or(false); });
    CHECK(acknowledged);
    CHECK(remote.heard() == R"(["hello"])");

    local.unsubscribe("/a/*");
    CHECK(remote.publish("/a/3", "3"));
    CHECK(got.size() == 2);
    const auto id = local.client_id();
    local.disconnect();
    CHECK_FALSE(bus->client(id).valid());
  }
}

}  // namespace bayeux::test
