#include <string>
#include <vector>

#include <bayeux/bayeux.hpp>

#include "answers.hpp"
#include "support/catch.hpp"
#include "support/slow_policy.hpp"

namespace bayeux::test {
namespace {

using std::chrono::days;

constexpr auto longest = Milliseconds::max();
constexpr std::int64_t told = 24LL * 24 * 60 * 60 * 1000;

/// One that waits for ever, wherever it may.
Config patient() {
  Config config;
  for (Milliseconds Config::*time :
       {&Config::timeout, &Config::interval, &Config::max_interval, &Config::max_client_interval, &Config::lazy_timeout,
        &Config::verdict_timeout, &Config::channel_timeout, &Config::multi_session_interval}) {
    config.*time = longest;
  }
  return config;
}

}  // namespace

TEST_CASE("with times as long as can be a poll is held, and its client lives on", "[times]") {
  TestBus bus(patient());
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  auto held = poll(*bus, client);
  bus.advance(days(23));
  CHECK_FALSE(held.ready());
  bus->channel("/a").publish(1);
  CHECK(events(held.response()) == "1");
  bus.advance(days(360));
  CHECK(bus->client(client).connected());
  CHECK(bus->channel("/a").exists());
}

TEST_CASE("clients are told what their timers can wait", "[times]") {
  auto config = patient();
  config.handshake_reconnect = true;
  config.max_sessions = 1;
  TestBus bus(config);
  const auto shaken = ask(*bus, R"([{"channel":"/meta/handshake","version":"1.0"}])")[0];
  CHECK(shaken["advice"]["timeout"].as_integer() == told);
  CHECK(shaken["advice"]["interval"].as_integer() == told);
  CHECK(shaken["advice"]["maxInterval"].as_integer() == 365 * (told / 24));
  const auto refused = ask(*bus, R"([{"channel":"/meta/handshake","version":"1.0"}])")[0];
  CHECK(refused["error"] == Json("503::server_busy"));
  CHECK(refused["advice"]["interval"].as_integer() >= told / 2);
  CHECK(refused["advice"]["interval"].as_integer() <= told);
}

TEST_CASE("times as long as can be of one client, and what it wishes itself, are kept within what can be told",
          "[times]") {
  Config config;
  config.max_client_interval = longest;
  TestBus bus(config);
  const auto client = join(*bus);
  bus->client(client).set_timeout(longest);
  bus->client(client).set_interval(longest);
  const auto reply = collect(*bus, client)[0];
  CHECK(reply["advice"]["timeout"].as_integer() == told);
  CHECK(reply["advice"]["interval"].as_integer() == told);
  auto held = poll(*bus, client);
  bus.advance(days(23));
  CHECK_FALSE(held.ready());
  held.hang_up();

  const auto wishing = join(*bus);
  ask(*bus, message(wishing, "/meta/connect", R"("advice":{"timeout":0,"interval":1e300})"));
  bus.advance(days(24));
  CHECK(bus->client(wishing).connected());
  bus.advance(days(1));
  CHECK_FALSE(bus->client(wishing).connected());
}

TEST_CASE("lazy messages may wait as long as can be", "[times]") {
  TestBus bus(patient());
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  subscribe(*bus, client, "/b");
  CHECK_FALSE(bus->channel("/b").configure({.lazy_timeout = longest}));
  CHECK(bus->channel("/b").options().lazy_timeout == longest_time);
  auto held = poll(*bus, client);
  bus->channel("/a").publish(1, {.lazy = true});
  bus->channel("/b").publish(2);
  bus.advance(days(20));
  CHECK(held.wakes() == 0);
  bus.advance(days(5));
  CHECK(events(held.response()) == "1 2");
}

TEST_CASE("a policy may take its time as long as can be", "[times]") {
  auto config = patient();
  const auto policy = std::make_shared<SlowPolicy>();
  config.policy = policy;
  TestBus bus(config);
  const auto client = join(*bus);
  policy->take_time_over("subscribe /a");
  Exchange waiting(*bus, message(client, "/meta/subscribe", R"("subscription":"/a")"));
  bus.advance(days(360));
  CHECK_FALSE(waiting.ready());
  policy->next().allow();
  CHECK(waiting.response()[0]["successful"] == Json(true));
}

}  // namespace bayeux::test
