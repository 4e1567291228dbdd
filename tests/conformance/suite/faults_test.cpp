#include <string>
#include <vector>

#include "conformance/stage.hpp"

namespace bayeux::test {
namespace {

/// A message with that content for its data, between two that are right.
void check_neighbours(Stage& stage, const std::string& bad, const char* error) {
  INFO(bad);
  Peer listener = stage.subscribed("/good");
  Peer peer = stage.joined();
  const auto first = peer.message("/good", R"("data":1)");
  const auto before = peer.all().size();
  peer.send({first, bad, peer.message("/good", R"("data":2)")});
  const auto& all = peer.all();
  REQUIRE(all.size() == before + 3);
  CHECK(all[before]["successful"] == Json(true));
  CHECK(all[before + 1]["successful"] == Json(false));
  CHECK(all[before + 1]["error"] == Json(error));
  CHECK(all[before + 2]["successful"] == Json(true));
  CHECK(listener.heard() == "[1,2]");
}

}  // namespace

TEST_CASE_METHOD(Stage, "whatever is wrong with one message, its neighbours do not notice", "[faults]") {
  check_neighbours(*this, "{}", "400::channel_missing");
  check_neighbours(*this, R"({"channel":7})", "400::bad_request");
  check_neighbours(*this, R"({"channel":"/a","clientId":7,"data":1})", "400::bad_request");
  check_neighbours(*this, R"({"channel":"/a","clientId":"client2","advice":5})", "400::bad_request");
  check_neighbours(*this, R"({"channel":"a","clientId":"client2","data":1})", "405::channel_invalid");
  check_neighbours(*this, R"({"channel":"/a//b","data":1})", "405::channel_invalid");
  check_neighbours(*this, R"({"channel":"/a","data":1})", "402::session_unknown");
  check_neighbours(*this, R"({"channel":"/a","clientId":"nobody","data":1})", "402::session_unknown");
}

TEST_CASE_METHOD(Stage, "a publish to a pattern or without data, and an unknown meta channel, are refused",
                 "[faults]") {
  Peer peer = joined();
  CHECK(peer.ask("/a/*", R"("data":1)")["error"] == Json("400::channel_wild"));
  CHECK(peer.ask("/a")["error"] == Json("403::data_missing"));
  CHECK(peer.ask("/meta/ping")["error"] == Json("403:denied_by_security_policy:channel_create_denied"));
  CHECK(peer.ask("/meta/subscribe")["error"] == Json("403::subscription_missing"));
  CHECK(peer.publish("/a", "null"));
}

TEST_CASE_METHOD(Stage, "a request that cannot be read is refused whole, and its client lives on", "[faults]") {
  Peer peer = subscribed("/a");
  peer.hold();
  std::vector<int> expected;
  for (const char* text : {"[{", "hello", "7", "[1]", "[[]]", "[{}] tail", R"([{"channel":"/a",}])"}) {
    INFO(text);
    const auto before = peer.all().size();
    peer.send_text(text);
    expected.push_back(facts().unreadable);
    CHECK(peer.failures() == expected);
    CHECK(peer.all().size() == before);
  }
  bus().channel("/a").publish(1);
  CHECK(peer.heard() == "[1]");
}

TEST_CASE_METHOD(Stage, "an empty array is answered by nothing, and harms nobody", "[faults]") {
  Peer peer = subscribed("/a");
  const auto before = peer.all().size();
  peer.send_text("[]");
  CHECK(peer.all().size() == before);
  CHECK(peer.publish("/a", "1"));
  CHECK(peer.heard() == "[1]");
}

TEST_CASE_METHOD(Stage, "two clients in one request: the second is unknown there", "[faults]") {
  Peer one = joined();
  Peer other = joined();
  one.send({one.message("/a", R"("data":1)"), other.message("/a", R"("data":2)")});
  CHECK(one.all()[one.all().size() - 2]["successful"] == Json(true));
  CHECK(one.all().back()["error"] == Json("402::session_unknown"));
}

TEST_CASE_METHOD(Stage, "a connect among other messages is answered at once, and all that waits comes along",
                 "[faults][connect]") {
  Peer peer = subscribed("/a");
  bus().channel("/a").publish(1);
  const auto connect = peer.message("/meta/connect");
  const auto id = peer.last_id();
  peer.send({connect, peer.message("/a", R"("data":2)")});
  CHECK(peer.answered(peer.last_id()));
  if (!facts().pushes) CHECK(peer.answered(id));
  const auto events = peer.events();
  REQUIRE(events.size() == 2);
  CHECK(events[0]["data"] == Json(1));
  CHECK(events[1]["data"] == Json(2));
}

}  // namespace bayeux::test
