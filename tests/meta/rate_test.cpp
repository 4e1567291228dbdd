#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include <bayeux/transports/loopback.hpp>

#include "answers.hpp"
#include "support/catch.hpp"

namespace bayeux::test {
namespace {

using namespace std::chrono_literals;

Config publishing(std::size_t rate, std::size_t burst) {
  Config config;
  config.publish_rate = rate;
  config.publish_burst = burst;
  return config;
}

Config shaking_hands(std::size_t rate, std::size_t burst) {
  Config config;
  config.handshake_rate = rate;
  config.handshake_burst = burst;
  return config;
}

/// How many of so many publishes of a client in a row are let through.
int let_through(Bus& bus, const std::string& client, int tries, const char* channel = "/a") {
  int count = 0;
  for (int i = 0; i < tries; ++i) count += tell(bus, client, channel, R"("data":1)")["successful"] == Json(true) ? 1 : 0;
  return count;
}

Json shake(Bus& bus) {
  return ask(bus, R"([{"channel":"/meta/handshake","id":"1"}])")[0];
}

}  // namespace

TEST_CASE("a session that publishes too often is refused what is too much, and heard again in time", "[rate]") {
  TestBus bus(publishing(10, 5));
  const auto client = join(*bus);
  CHECK(let_through(*bus, client, 8) == 5);
  const auto reply = tell(*bus, client, "/a", R"("id":"7","data":1)");
  CHECK(reply["error"].as_string() == "429::publish_rate");
  CHECK(reply["id"].as_string() == "7");
  CHECK(reply["successful"] == Json(false));
  CHECK(bus->stats().over_publish_rate == 4);
  CHECK(bus->stats().published == 5);
  bus.advance(100ms);
  CHECK(let_through(*bus, client, 3) == 1);
  bus.advance(5s);
  CHECK(let_through(*bus, client, 8) == 5);
}

TEST_CASE("what one session publishes is not counted against another, and meta messages not at all", "[rate]") {
  TestBus bus(publishing(1, 2));
  const auto loud = join(*bus);
  const auto quiet = join(*bus);
  CHECK(let_through(*bus, loud, 5) == 2);
  CHECK(let_through(*bus, quiet, 1) == 1);
  for (int i = 0; i < 5; ++i) CHECK(subscribe(*bus, loud, "/b" + std::to_string(i))["successful"] == Json(true));
  CHECK(collect(*bus, loud).items().back()["successful"] == Json(true));
}

TEST_CASE("messages to services count as published", "[rate]") {
  TestBus bus(publishing(1, 2));
  int calls = 0;
  const auto service = bus->add_service("/service/x", [&](const Call&) { ++calls; });
  CHECK(let_through(*bus, join(*bus), 5, "/service/x") == 2);
  CHECK(calls == 2);
}

TEST_CASE("a batch that is too much is refused message by message, and the rest of it is done", "[rate]") {
  TestBus bus(publishing(1, 2));
  const auto client = join(*bus);
  const auto publish = message(client, "/a", R"("data":1)");
  const auto replies = ask(*bus, "[" + publish + "," + publish + "," + publish + "," +
                                     message(client, "/meta/subscribe", R"("id":"s","subscription":"/b")") + "]");
  REQUIRE(replies.size() == 4);
  CHECK(replies[1]["successful"] == Json(true));
  CHECK(replies[2]["error"].as_string() == "429::publish_rate");
  CHECK(replies[3]["successful"] == Json(true));
}

TEST_CASE("the application and its own clients publish as often as they like", "[rate]") {
  TestBus bus(publishing(1, 1));
  for (int i = 0; i < 10; ++i) CHECK_FALSE(bus->channel("/a").publish(i));
  LinkOptions own = duplex();
  own.in_process = true;
  const auto link = bus->open_link(own, std::make_shared<CountingCarrier>());
  link->receive(R"({"channel":"/meta/handshake","id":"1"})");
  const auto id = (*Json::parse(link->take(1 << 20)[0].text()))["clientId"].as_string();
  for (int i = 0; i < 10; ++i) link->receive(message(id, "/a", R"("data":1)"));
  for (const auto& frame : link->take(1 << 20)) CHECK((*Json::parse(frame.text()))["successful"] == Json(true));
  CHECK(bus->stats().over_publish_rate == 0);
}

TEST_CASE("without a rate there is no limit", "[rate]") {
  auto config = publishing(0, 1);
  config.handshake_rate = 0;
  config.handshake_burst = 1;
  TestBus bus(config);
  for (int i = 0; i < 100; ++i) REQUIRE(shake(*bus)["successful"] == Json(true));
  CHECK(let_through(*bus, join(*bus), 100) == 100);
}

TEST_CASE("too many handshakes are told when to come again, and no two at the same time", "[rate]") {
  TestBus bus(shaking_hands(100, 3));
  for (int i = 0; i < 3; ++i) REQUIRE(shake(*bus)["successful"] == Json(true));
  std::int64_t last = 0;
  for (int i = 0; i < 20; ++i) {
    const auto reply = shake(*bus);
    CHECK(reply["successful"] == Json(false));
    CHECK(reply["error"].as_string() == "503::handshake_rate");
    CHECK(reply["advice"]["reconnect"].as_string() == "handshake");
    CHECK(reply["advice"]["interval"].as_integer() >= last + 10);
    last = reply["advice"]["interval"].as_integer();
  }
  CHECK(last < 300);
  CHECK(bus->stats().over_handshake_rate == 20);
  CHECK(bus->stats().handshakes == 3);
  CHECK(bus->stats().clients == 3);
}

TEST_CASE("nobody is told to wait for longer than a minute, however many come", "[rate]") {
  TestBus bus(shaking_hands(10, 1));
  std::int64_t longest = 0;
  for (int i = 0; i < 3'000; ++i) longest = std::max(longest, shake(*bus)["advice"]["interval"].as_integer());
  CHECK(longest > 55'000);
  CHECK(longest <= 60'000);
}

TEST_CASE("after a storm of 15,000 everybody is let in within the time that the rate implies, and none above it",
          "[rate]") {
  constexpr int crowd = 15'000;
  constexpr int rate = 1'000;
  constexpr int burst = 500;
  TestBus bus(shaking_hands(rate, burst));
  std::multimap<std::int64_t, int> coming;  // When, in ms, and how often the client has tried.
  for (int i = 0; i < crowd; ++i) coming.emplace(0, 0);
  std::map<std::int64_t, int> let_in;  // In which second how many.
  std::int64_t now = 0;
  int tries = 0;
  for (; !coming.empty(); ++tries) {
    const auto [time, tried] = *coming.begin();
    coming.erase(coming.begin());
    bus.advance(Milliseconds(time - now));
    now = time;
    const auto reply = shake(*bus);
    if (reply["successful"] == Json(true)) {
      ++let_in[now / 1'000];
    } else {
      coming.emplace(now + reply["advice"]["interval"].as_integer(), tried + 1);
    }
  }
  for (const auto& [second, count] : let_in) CHECK(count <= rate + (second == 0 ? burst : 1));
  CHECK(now >= (crowd - burst) * 1'000 / rate - 1);
  CHECK(now <= crowd * 1'000 / rate * 5 / 4);
  // Each is turned away about once.
  CHECK(tries <= crowd * 5 / 2);
}

TEST_CASE("a handshake beyond the number of sessions is told to come again, each after another time", "[rate]") {
  Config config;
  config.max_sessions = 1;
  TestBus bus(config);
  REQUIRE(shake(*bus)["successful"] == Json(true));
  std::map<std::int64_t, int> intervals;
  for (int i = 0; i < 50; ++i) {
    const auto reply = shake(*bus);
    CHECK(reply["error"].as_string() == "503::server_busy");
    const auto interval = reply["advice"]["interval"].as_integer();
    CHECK(interval >= 10'000);
    CHECK(interval < 20'000);
    ++intervals[interval];
  }
  CHECK(intervals.size() > 25);
  CHECK(bus->stats().over_sessions == 50);
}

}  // namespace bayeux::test
