#include <algorithm>
#include <string>
#include <vector>

#include "conformance/stage.hpp"

namespace bayeux::test {

TEST_CASE_METHOD(Stage, "a backlog comes in portions, without loss and in order", "[load]") {
  set({}, {.max_response = 300});
  Peer peer = subscribed("/a");
  peer.hang_up();
  std::string expected = "[0";
  bus().channel("/a").publish(0);
  for (int i = 1; i < 200; ++i) {
    bus().channel("/a").publish(i);
    expected += "," + std::to_string(i);
  }
  const auto connects = peer.last_id();
  CHECK(peer.heard() == expected + "]");
  CHECK(peer.failures().empty());
  // A portion of 300 bytes holds some ten of them.
  if (!facts().pushes) CHECK(std::stoi(peer.last_id()) - std::stoi(connects) >= 15);
}

TEST_CASE_METHOD(Stage, "a message larger than a portion comes all the same", "[load]") {
  set({}, {.max_response = 300});
  Peer peer = subscribed("/a");
  const std::string large(200'000, 'x');
  bus().channel("/a").publish("small");
  bus().channel("/a").publish(large);
  bus().channel("/a").publish("last");
  const auto events = peer.hear();
  REQUIRE(events.size() == 3);
  CHECK(events[1]["data"] == Json(large));
  CHECK(events[2]["data"] == Json("last"));
}

TEST_CASE_METHOD(Stage, "a large message goes from client to client", "[load]") {
  Peer listener = subscribed("/a");
  Peer talker = joined();
  const std::string large(100'000, 'y');
  CHECK(talker.publish("/a", "\"" + large + "\""));
  const auto events = listener.hear();
  REQUIRE(events.size() == 1);
  CHECK(events[0]["data"] == Json(large));
}

TEST_CASE_METHOD(Stage, "any text goes from client to client as it is", "[load]") {
  Peer listener = subscribed("/a");
  Peer talker = joined();
  const std::vector<std::string> texts = {
      "\"\xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80\"", "\"\xe2\x80\xa8 and \xe2\x80\xa9\"",
      R"("\ud83d\ude00 \u2028 \u0000 \n \" \\ \/")", R"("</script><!-- '); + & % = ?")",
      R"({"\u2029":[null,true,-0.5,1e300,9007199254740993,{}]})"};
  Json expected = Json::array();
  for (const auto& text : texts) {
    INFO(text);
    CHECK(talker.publish("/a", text));
    expected.push_back(*Json::parse(text));
  }
  Json got = Json::array();
  for (const auto& event : listener.hear()) got.push_back(event["data"]);
  CHECK(got == expected);
}

TEST_CASE_METHOD(Stage, "a thousand messages in one request get a thousand replies, in order", "[load]") {
  Peer listener = subscribed("/a");
  Peer talker = joined();
  const auto before = talker.all().size();
  std::vector<std::string> batch;
  for (int i = 0; i < 1'000; ++i) batch.push_back(talker.message("/a", "\"data\":" + std::to_string(i)));
  talker.send(batch);
  const auto& all = talker.all();
  REQUIRE(all.size() == before + 1'000);
  bool in_order = true;
  for (std::size_t i = before + 1; i < all.size(); ++i) {
    in_order = in_order && std::stoi(all[i]["id"].as_string()) == std::stoi(all[i - 1]["id"].as_string()) + 1;
  }
  CHECK(in_order);
  CHECK(std::all_of(all.begin(), all.end(), [](const Json& reply) { return reply["successful"] == Json(true); }));

  const auto events = listener.hear();
  REQUIRE(events.size() == 1'000);
  for (std::size_t i = 0; i < events.size(); ++i) in_order = in_order && events[i]["data"] == Json(i);
  CHECK(in_order);
}

TEST_CASE_METHOD(Stage, "one message too many and the request is refused whole", "[load][limits]") {
  Config config;
  config.max_batch = 5;
  set(std::move(config));
  Peer peer = joined();
  const auto before = peer.all().size();
  peer.send({5, peer.message("/a", R"("data":1)")});
  CHECK(peer.all().size() == before + 5);
  peer.send({6, peer.message("/a", R"("data":1)")});
  CHECK(peer.all().size() == before + 5);
  CHECK(peer.failures().size() == 1);
  CHECK(peer.publish("/a", "1"));
}

TEST_CASE_METHOD(Stage, "many clients all get what is published once", "[load]") {
  std::vector<std::unique_ptr<Peer>> peers;
  for (int i = 0; i < 100; ++i) {
    peers.push_back(std::make_unique<Peer>(transport()));
    peers.back()->join();
    REQUIRE(peers.back()->subscribe(i % 2 == 0 ? "/a/b" : "/a/*"));
    peers.back()->hold();
  }
  bus().channel("/a/b").publish("all");
  int heard = 0;
  for (const auto& peer : peers) heard += peer->events().size() == 1 ? 1 : 0;
  CHECK(heard == 100);
  CHECK(bus().stats().delivered == 100);
}

}  // namespace bayeux::test
