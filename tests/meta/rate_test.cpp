#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <bayeux/transports/loopback.hpp>

#include "answers.hpp"
#include "support/catch.hpp"

namespace bayeux::test {
namespace {

using namespace std::chrono_literals;

struct Lines final : Log {
  void write(LogLevel, std::string_view line) noexcept override { text.append(line).append("\n"); }
  std::string text;
};

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

constexpr const char* handshake = R"([{"channel":"/meta/handshake","id":"1"}])";

Json shake(Bus& bus) {
  return ask(bus, handshake)[0];
}

/// A handshake from that address: when its client is to come again, in ms; nothing when it was let in.
std::optional<std::int64_t> come_from(Bus& bus, std::string_view address) {
  const auto link = bus.open_link({"long-polling", false, false, std::nullopt}, std::make_shared<CountingCarrier>());
  Request request;
  request.remote_address = address;
  link->receive(handshake, request);
  const Json reply = *Json::parse(link->take(1 << 20)[0].text());
  if (reply["successful"] == Json(true)) return std::nullopt;
  CHECK(reply["error"].as_string() == "503::handshake_rate");
  CHECK(reply["advice"]["reconnect"].as_string() == "handshake");
  return reply["advice"]["interval"].as_integer();
}

/// How many of so many handshakes from that address in a row are let in.
int let_in_from(Bus& bus, std::string_view address, int tries) {
  int count = 0;
  for (int i = 0; i < tries; ++i) count += come_from(bus, address) ? 0 : 1;
  return count;
}

Config shared(std::size_t rate, std::size_t burst) {
  Config config;
  config.handshake_rate_per_address = rate;
  config.handshake_burst_per_address = burst;
  return config;
}

/// Clients from addresses of their own who come one after the other, and again when they are told to.
struct Newcomers {
  Newcomers(int clients, Milliseconds apart) {
    for (int i = 0; i < clients; ++i) {
      const auto time = i * apart.count();
      coming.emplace(time, Client{"198.18." + std::to_string(i / 250) + "." + std::to_string(i % 250), time});
    }
  }

  void come(Bus& bus, std::int64_t now) {
    while (!coming.empty() && coming.begin()->first <= now) {
      const auto client = coming.extract(coming.begin()).mapped();
      if (const auto interval = come_from(bus, client.address)) {
        coming.emplace(now + *interval, client);
      } else {
        longest = std::max(longest, now - client.since);
      }
    }
  }

  struct Client {
    std::string address;
    std::int64_t since;
  };
  std::multimap<std::int64_t, Client> coming;  ///< When, in ms.
  std::int64_t longest = 0;                    ///< How long one took to get in.
};

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

TEST_CASE("whoever shakes hands in a loop keeps nobody else out", "[rate]") {
  TestBus bus;
  Newcomers newcomers(200, 20ms);
  int let_in = 0;
  for (std::int64_t now = 0; now < 5'000; ++now) {
    let_in += let_in_from(*bus, "203.0.113.7", 20);
    newcomers.come(*bus, now);
    bus.advance(1ms);
  }
  CHECK(newcomers.coming.empty());
  CHECK(newcomers.longest == 0);
  CHECK(let_in <= 500 + 5 * 100);
  CHECK(bus->stats().over_handshake_rate == 0);
  CHECK(bus->stats().over_handshake_rate_per_address == static_cast<std::uint64_t>(100'000 - let_in));
}

TEST_CASE("whoever shakes hands in a loop while a crowd comes delays it by no more than his share", "[rate]") {
  TestBus bus;
  Newcomers crowd(5'000, 0ms);
  for (std::int64_t now = 0; now < 8'000; ++now) {
    let_in_from(*bus, "203.0.113.7", 10);
    crowd.come(*bus, now);
    bus.advance(1ms);
  }
  // 3,000 of them are beyond the burst. He has a tenth of the rate, and a burst of 500.
  CHECK(crowd.coming.empty());
  CHECK(crowd.longest > 3'000);
  CHECK(crowd.longest < 4'500);
}

TEST_CASE("an office behind one address is let in at once up to its burst, and then each at a time of its own",
          "[rate]") {
  TestBus bus;
  CHECK(let_in_from(*bus, "203.0.113.7", 500) == 500);
  std::multimap<std::int64_t, int> coming;
  for (int i = 0; i < 100; ++i) {
    const auto interval = come_from(*bus, "203.0.113.7");
    REQUIRE(interval.has_value());
    coming.emplace(*interval, i);
  }
  for (std::int64_t now = 0; const auto& [time, client] : coming) {
    bus.advance(Milliseconds(time - std::exchange(now, time)));
    CHECK_FALSE(come_from(*bus, "203.0.113.7").has_value());
  }
  CHECK(coming.rbegin()->first < 1'200);
  CHECK(bus->stats().handshakes == 600);
}

TEST_CASE("the addresses of one /64 have one share, and each address of IPv4 has its own", "[rate]") {
  TestBus bus(shared(1, 2));
  CHECK(let_in_from(*bus, "2001:db8:1:2::1", 2) == 2);
  CHECK(let_in_from(*bus, "2001:db8:1:2:3:4:5:6", 2) == 0);
  CHECK(let_in_from(*bus, "2001:db8:1:3::1", 2) == 2);
  CHECK(let_in_from(*bus, "203.0.113.7", 3) == 2);
  CHECK(let_in_from(*bus, "::ffff:203.0.113.7", 1) == 0);
  CHECK(let_in_from(*bus, "203.0.113.8", 3) == 2);
}

TEST_CASE("where proxies sit, and where the address is not known, there is no share", "[rate]") {
  TestBus bus(shared(1, 1));
  for (const std::string address : {"", "unknown", "127.0.0.1", "::1", "10.1.2.3", "172.16.0.1", "192.168.1.1",
                                    "100.64.0.1", "fd00::1", "fe80::1", "::ffff:10.1.2.3"}) {
    INFO(address);
    CHECK(let_in_from(*bus, address, 10) == 10);
  }
  CHECK(bus->stats().over_handshake_rate_per_address == 0);
}

TEST_CASE("that an address went beyond its share is logged as a limit of its own, and without the address", "[rate]") {
  const auto log = std::make_shared<Lines>();
  auto config = shared(1, 1);
  config.log = log;
  TestBus bus(config);
  let_in_from(*bus, "203.0.113.7", 4);
  CHECK(log->text == "limit=handshake_rate_per_address count=1\n");
}

TEST_CASE("each of the two rates of handshakes can be left out", "[rate]") {
  TestBus unshared(shared(0, 1));
  CHECK(let_in_from(*unshared, "203.0.113.7", 1'500) == 1'500);
  auto config = shared(1, 1);
  config.handshake_rate = 0;
  TestBus only_shares(config);
  CHECK(let_in_from(*only_shares, "203.0.113.7", 3) == 1);
  for (int i = 0; i < 3'000; ++i) shake(*only_shares);
  CHECK(only_shares->stats().handshakes == 3'001);
}

TEST_CASE("what a client on a lasting connection shakes hands for counts for the address that it came from", "[rate]") {
  TestBus bus(shared(1, 2));
  const auto link = bus->open_link(duplex(), std::make_shared<CountingCarrier>());
  Request request;
  request.remote_address = "203.0.113.7";
  for (int i = 0; i < 5; ++i) link->receive(handshake, request);
  CHECK(bus->stats().handshakes == 2);
  CHECK(bus->stats().over_handshake_rate_per_address == 3);
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
