#include <algorithm>
#include <string>

#include "conformance/stage.hpp"

namespace bayeux::test {

using namespace std::chrono_literals;

TEST_CASE_METHOD(Stage, "the first connect is answered at once, the second is held", "[connect]") {
  Peer peer(transport());
  peer.shake_hands();
  const auto first = peer.connect();
  CHECK(peer.reply(first)["successful"] == Json(true));
  CHECK(peer.reply(first)["channel"] == Json("/meta/connect"));
  peer.hold();
  CHECK(peer.failures().empty());
}

TEST_CASE_METHOD(Stage, "a heartbeat is answered at once, and told when the next is due", "[connect]") {
  if (facts().holds_connects()) return;
  Peer peer = joined();
  const Json reply = peer.reply(peer.connect());
  CHECK(reply["advice"] == Json{{"reconnect", "retry"}, {"interval", facts().heartbeat.count()}, {"timeout", 0}});
}

TEST_CASE_METHOD(Stage, "a held connect is answered when its time is up, and not before", "[connect]") {
  if (!facts().holds_connects()) return;
  Peer peer = joined();
  const auto id = peer.hold();
  advance(24'999ms);
  CHECK_FALSE(peer.answered(id));
  advance(1ms);
  CHECK(peer.reply(id)["successful"] == Json(true));
  CHECK(peer.events().empty());
}

TEST_CASE_METHOD(Stage, "a client may ask for less time than the server would hold it", "[connect]") {
  if (!facts().holds_connects()) return;
  Peer peer = joined();
  const auto at_once = peer.connect(R"("advice":{"timeout":0})");
  CHECK(peer.reply(at_once)["advice"] == Json{{"reconnect", "retry"}, {"interval", 0}, {"timeout", 25'000}});
  const auto soon = peer.connect(R"("advice":{"timeout":100})");
  advance(99ms);
  CHECK_FALSE(peer.answered(soon));
  advance(1ms);
  CHECK(peer.answered(soon));
}

TEST_CASE_METHOD(Stage, "an event reaches a client that holds a connect", "[connect]") {
  Peer peer = subscribed("/a");
  const auto id = peer.hold();
  bus().channel("/a").publish("now");
  const auto events = peer.events();
  REQUIRE(events.size() == 1);
  CHECK(events[0]["channel"] == Json("/a"));
  CHECK(events[0]["data"] == Json("now"));
  CHECK(peer.answered(id) == (!facts().pushes || !facts().holds_connects()));
  if (facts().pushes) return;
  const auto& all = peer.all();
  CHECK(is_event(all[all.size() - 2]));
  CHECK(all.back()["id"] == Json(id));
}

TEST_CASE_METHOD(Stage, "what waits for a client comes before the reply to its connect", "[connect]") {
  Peer peer = subscribed("/a");
  for (int i = 0; i < 3; ++i) bus().channel("/a").publish(i);
  const auto id = peer.connect();
  const auto events = peer.events();
  REQUIRE(events.size() == 3);
  for (int i = 0; i < 3; ++i) CHECK(events[static_cast<std::size_t>(i)]["data"] == Json(i));
  CHECK(peer.answered(id) == (!facts().pushes || !facts().holds_connects()));
  if (!facts().pushes) CHECK(peer.all().back()["id"] == Json(id));
}

TEST_CASE_METHOD(Stage, "a goodbye ends the connect that is held and the session", "[connect][disconnect]") {
  Peer peer = joined();
  const auto connect = peer.hold();
  const Json goodbye = peer.ask("/meta/disconnect");
  CHECK(goodbye["successful"] == Json(true));
  CHECK(peer.reply(connect)["successful"] == Json(true));
  CHECK_FALSE(bus().client(peer.id()).valid());
  CHECK(peer.ask("/meta/subscribe", R"("subscription":"/a")")["error"] == Json("402::session_unknown"));
}

TEST_CASE_METHOD(Stage, "a newer connect takes the place of the one that is held", "[connect]") {
  if (!facts().holds_connects()) return;
  Peer peer = subscribed("/a");
  const auto older = peer.hold();
  const auto newer = peer.hold();
  CHECK_FALSE(peer.answered(older));
  const std::vector<int> expected = facts().superseded != 0 ? std::vector<int>{facts().superseded} : std::vector<int>{};
  CHECK(peer.failures() == expected);

  bus().channel("/a").publish(1);
  CHECK(peer.events().size() == 1);
  CHECK(peer.answered(newer) == !facts().pushes);
  advance(25'000ms);
  CHECK(peer.answered(newer));
  CHECK_FALSE(peer.answered(older));
}

TEST_CASE_METHOD(Stage, "the time of a newer connect is its own", "[connect]") {
  if (!facts().holds_connects()) return;
  Peer peer = joined();
  peer.hold();
  advance(20'000ms);
  const auto newer = peer.hold();
  advance(24'999ms);
  CHECK_FALSE(peer.answered(newer));
  advance(1ms);
  CHECK(peer.answered(newer));
}

TEST_CASE_METHOD(Stage, "a connect of a client that nobody knows is told to shake hands", "[connect]") {
  Peer peer(transport());
  peer.take_over("stranger");
  const Json reply = peer.reply(peer.connect());
  CHECK(reply["successful"] == Json(false));
  CHECK(reply["error"] == Json("402::session_unknown"));
  CHECK(reply["advice"]["reconnect"] == Json("handshake"));
  CHECK(reply["advice"]["interval"] == Json(0));
}

TEST_CASE_METHOD(Stage, "other requests are answered while a connect is held", "[connect]") {
  Peer peer = joined();
  const auto id = peer.hold();
  CHECK(peer.subscribe("/a"));
  CHECK(peer.publish("/b", "1"));
  CHECK(peer.unsubscribe("/a"));
  CHECK(peer.answered(id) == !facts().holds_connects());
  CHECK(peer.failures().empty());
}

TEST_CASE_METHOD(Stage, "what waits for a client comes with any reply, or only with that to a connect", "[connect]") {
  Peer peer = subscribed("/a");
  bus().channel("/a").publish(1);
  CHECK(peer.publish("/elsewhere", "2"));
  CHECK(peer.events().size() == (facts().events_on_connect_only ? 0 : 1));
  const auto id = peer.connect();
  CHECK(peer.events().size() == (facts().events_on_connect_only ? 1 : 0));
  CHECK(peer.answered(id) == (facts().events_on_connect_only || !facts().holds_connects()));
}

TEST_CASE_METHOD(Stage, "a held connect brings what a request of its own client causes", "[connect][publish]") {
  Peer peer = subscribed("/a");
  peer.hold();
  CHECK(peer.publish("/a", "1"));
  CHECK(peer.heard() == "[1]");
  bus().channel("/a").publish(2);
  CHECK(peer.heard() == "[2]");
}

}  // namespace bayeux::test
