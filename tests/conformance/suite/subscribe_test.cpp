#include <string>

#include "conformance/stage.hpp"

namespace bayeux::test {

TEST_CASE_METHOD(Stage, "the reply to a subscribe comes before its events, in one request", "[subscribe]") {
  Peer peer = joined();
  const auto subscribe = peer.message("/meta/subscribe", R"("subscription":"/a")");
  const auto id = peer.last_id();
  peer.send({subscribe, peer.message("/a", R"("data":1)")});
  CHECK(peer.heard() == "[1]");
  const auto reply = peer.place([&](const Json& m) { return !is_event(m) && m["id"] == Json(id); });
  CHECK(reply < peer.place(is_event));
}

TEST_CASE_METHOD(Stage, "what was queued before a subscription comes before or after, but once and in order",
                 "[subscribe]") {
  Peer peer = subscribed("/a");
  bus().channel("/a").publish(1);
  bus().channel("/b").publish("not yet");
  CHECK(peer.subscribe("/b"));
  bus().channel("/b").publish(2);
  bus().channel("/a").publish(3);
  CHECK(peer.heard() == "[1,2,3]");
}

TEST_CASE_METHOD(Stage, "patterns reach as far as they say", "[subscribe]") {
  Peer one = subscribed("/a/*");
  Peer deep = subscribed("/a/**");
  Peer all = subscribed("/**");
  const char* const names[] = {"/a", "/a/b", "/a/b/c", "/ab", "/b/a"};
  for (const auto* name : names) bus().channel(name).publish(name);
  CHECK(one.heard() == R"(["/a/b"])");
  CHECK(deep.heard() == R"(["/a/b","/a/b/c"])");
  CHECK(all.heard() == R"(["/a","/a/b","/a/b/c","/ab","/b/a"])");
}

TEST_CASE_METHOD(Stage, "a client whose patterns overlap gets one copy", "[subscribe]") {
  Peer peer = joined();
  const Json reply = peer.ask("/meta/subscribe", R"("subscription":["/a/b","/a/*","/a/**","/**"])");
  CHECK(reply["successful"] == Json(true));
  CHECK(reply["subscription"].size() == 4);
  CHECK(peer.subscribe("/a/b"));
  bus().channel("/a/b").publish(1);
  bus().channel("/a/b").publish(2);
  CHECK(peer.heard() == "[1,2]");
}

TEST_CASE_METHOD(Stage, "a subscribe to several channels does all of it or nothing", "[subscribe]") {
  Peer peer = joined();
  const Json reply = peer.ask("/meta/subscribe", R"("subscription":["/a","/b/","/c*d"])");
  CHECK(reply["successful"] == Json(false));
  CHECK(reply["error"] == Json("403::subscription_invalid"));
  bus().channel("/a").publish(1);
  CHECK(peer.heard() == "[]");
}

TEST_CASE_METHOD(Stage, "nobody may listen to the protocol itself", "[subscribe]") {
  Peer peer = joined();
  CHECK_FALSE(peer.subscribe("/meta/connect"));
  CHECK_FALSE(peer.subscribe("/meta/**"));
}

TEST_CASE_METHOD(Stage, "nothing comes after an unsubscribe", "[subscribe]") {
  Peer peer = subscribed("/a");
  CHECK(peer.subscribe("/b"));
  bus().channel("/a").publish("before");
  CHECK(peer.unsubscribe("/a"));
  bus().channel("/a").publish("after");
  bus().channel("/b").publish("other");
  CHECK(peer.heard() == R"(["before","other"])");
}

TEST_CASE_METHOD(Stage, "an unsubscribe from what nobody knows fails, one from what others know does not",
                 "[subscribe]") {
  Peer other = subscribed("/known");
  Peer peer = joined();
  CHECK(peer.ask("/meta/unsubscribe", R"("subscription":"/nobody")")["error"] == Json("400::channel_missing"));
  CHECK(peer.unsubscribe("/known"));
  bus().channel("/known").publish(1);
  CHECK(other.heard() == "[1]");
}

}  // namespace bayeux::test
