#include <string>
#include <vector>

#include "conformance/stage.hpp"

namespace bayeux::test {

TEST_CASE_METHOD(Stage, "a publish is acknowledged without its data, and needs no subscription", "[publish]") {
  Peer listener = subscribed("/room");
  Peer talker = joined();
  const Json ack = talker.ask("/room", R"("data":{"text":"hello"})");
  CHECK(ack["successful"] == Json(true));
  CHECK(ack["channel"] == Json("/room"));
  CHECK(ack.find("data") == nullptr);
  CHECK(listener.heard() == R"([{"text":"hello"}])");
  CHECK(talker.heard() == "[]");
}

TEST_CASE_METHOD(Stage, "a publisher that is subscribed hears itself, once", "[publish]") {
  Peer peer = subscribed("/room");
  CHECK(peer.publish("/room", "1"));
  CHECK(peer.heard() == "[1]");
}

TEST_CASE_METHOD(Stage, "a publisher does not hear itself where the bus says so", "[publish]") {
  Config config;
  config.broadcast_to_publisher = false;
  set(std::move(config));
  Peer talker = subscribed("/room");
  Peer listener = subscribed("/room");
  CHECK(talker.publish("/room", "1"));
  CHECK(talker.heard() == "[]");
  CHECK(listener.heard() == "[1]");
}

TEST_CASE_METHOD(Stage, "a subscriber sees channel, data and allowed ext, and nothing else of the publisher",
                 "[publish]") {
  Peer listener = subscribed("/room");
  Peer talker = joined();
  talker.ask("/room", R"("data":1,"ext":{"binary":{},"secret":1},"advice":{"timeout":1},"error":"e","extra":2)");
  const auto events = listener.hear();
  REQUIRE(events.size() == 1);
  CHECK(events[0] == Json{{"channel", "/room"}, {"data", 1}, {"ext", {{"binary", Json::object({})}}}});
}

TEST_CASE_METHOD(Stage, "the messages of one request are published in their order", "[publish]") {
  Peer listener = subscribed("/**");
  listener.hold();
  Peer talker = joined();
  std::vector<std::string> batch;
  for (int i = 0; i < 20; ++i) {
    batch.push_back(talker.message(i % 2 == 0 ? "/a" : "/b", "\"data\":" + std::to_string(i)));
  }
  talker.send(batch);
  std::string expected = "[0";
  for (int i = 1; i < 20; ++i) expected += "," + std::to_string(i);
  std::string heard = listener.heard();
  CHECK(heard == expected + "]");
}

TEST_CASE_METHOD(Stage, "all that a request causes for its own client is there after one connect, in order",
                 "[publish]") {
  Peer peer = subscribed("/a");
  peer.send({peer.message("/a", R"("data":1)"), peer.message("/a", R"("data":2)"), peer.message("/a", R"("data":3)")});
  CHECK(peer.answered(peer.last_id()));
  CHECK(peer.heard() == "[1,2,3]");
}

TEST_CASE_METHOD(Stage, "a service channel is between a client and the application", "[publish][service]") {
  std::vector<std::string> got;
  const auto registration = bus().channel("/service/echo").on_message([&](const Client& from, const Message& message) {
    got.push_back(from.id());
    from.deliver("/service/echo", message.data.json(), {.id = message.id});
  });
  Peer asker = joined();
  Peer other = subscribed("/**");
  CHECK(other.ask("/meta/subscribe", R"("subscription":"/service/echo")")["successful"] == Json(true));
  CHECK(asker.publish("/service/echo", R"({"q":1})"));
  const auto asked = asker.last_id();
  const auto events = asker.hear();
  REQUIRE(events.size() == 1);
  CHECK(events[0] == Json{{"channel", "/service/echo"}, {"id", asked}, {"data", {{"q", 1}}}});
  CHECK(got == std::vector<std::string>{asker.id()});
  CHECK(other.heard() == "[]");
}

TEST_CASE_METHOD(Stage, "the application can speak to one client, on any channel", "[publish][deliver]") {
  Peer peer = joined();
  Peer other = subscribed("/a");
  peer.hold();
  const Client client = bus().client(peer.id());
  CHECK_FALSE(client.deliver("/a", "for you"));
  CHECK(peer.heard() == R"(["for you"])");
  CHECK(other.heard() == "[]");
}

TEST_CASE_METHOD(Stage, "publishes of clients and of the application reach a subscriber in the order they were made",
                 "[publish]") {
  Peer listener = subscribed("/a");
  Peer talker = joined();
  for (int i = 0; i < 6; i += 2) {
    CHECK(talker.publish("/a", std::to_string(i)));
    bus().channel("/a").publish(i + 1);
  }
  CHECK(listener.heard() == "[0,1,2,3,4,5]");
}

}  // namespace bayeux::test
