#include <bayeux/transports/clock_thread.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <bayeux/bayeux.hpp>
#include <bayeux/transports/endpoint.hpp>

#include "support/catch.hpp"

namespace bayeux::test {
namespace {

using namespace std::chrono_literals;

/// A bus on which nothing happens for an hour, but for what a test asks for.
Config quiet() {
  Config config;
  config.timeout = 1h;
  config.max_interval = 1h;
  config.channel_timeout = 1h;
  return config;
}

/// The time of the system, and how often somebody asked for it.
class CountingClock final : public Clock {
 public:
  Time now() const noexcept override {
    ++questions;
    return std::chrono::steady_clock::now();
  }
  mutable std::atomic<int> questions{0};
};

/// A clock by which it is far too late for everything, and later each time that somebody asks.
class HastyClock final : public Clock {
 public:
  Time now() const noexcept override { return Time(std::chrono::hours(++hours_)); }

 private:
  mutable std::atomic<int> hours_{0};
};

/// Waits for something that takes far less time, and says whether it came.
template <class Condition>
bool comes_true(Condition condition) {
  for (const auto limit = std::chrono::steady_clock::now() + 30s; !condition();) {
    if (std::chrono::steady_clock::now() > limit) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

std::unique_ptr<PendingResponse> post(Endpoint& endpoint, const std::string& body, std::atomic<int>& wakes) {
  return endpoint.open({"POST", "/bayeux", {}, body, "127.0.0.1"}, [&] { ++wakes; });
}

/// A client that has connected once.
std::string make_client(Endpoint& endpoint) {
  std::atomic<int> wakes{0};
  const auto welcome = post(endpoint, R"({"channel":"/meta/handshake","version":"1.0"})", wakes)->look().value();
  const std::string id = Json::parse(welcome.body).value()[0]["clientId"].as_string();
  REQUIRE(post(endpoint, R"({"channel":"/meta/connect","clientId":")" + id + "\"}", wakes)->look());
  return id;
}

}  // namespace

TEST_CASE("a connect that is held is answered when its time is up, by the clock thread", "[clock]") {
  Config config = quiet();
  config.timeout = 50ms;
  Bus bus(std::move(config));
  ClockThread clock(bus);
  Endpoint endpoint(bus);
  std::atomic<int> wakes{0};
  const auto held = post(endpoint, R"({"channel":"/meta/connect","clientId":")" + make_client(endpoint) + "\"}", wakes);
  REQUIRE_FALSE(held->look());
  REQUIRE(comes_true([&] { return wakes > 0; }));
  CHECK(held->look());
}

TEST_CASE("what is due earlier than the clock thread meant to wake does not wait for it", "[clock]") {
  const auto system = std::make_shared<CountingClock>();
  Config config = quiet();
  config.clock = system;
  Bus bus(std::move(config));
  Endpoint endpoint(bus);
  const auto id = make_client(endpoint);
  const int before = system->questions;
  ClockThread clock(bus);
  // Having asked, it sleeps until that session would end, in an hour.
  REQUIRE(comes_true([&] { return system->questions > before; }));
  std::atomic<int> wakes{0};
  const auto held = post(
      endpoint, R"({"channel":"/meta/connect","advice":{"timeout":50},"clientId":")" + id + "\"}", wakes);
  REQUIRE_FALSE(held->look());
  REQUIRE(comes_true([&] { return wakes > 0; }));
  CHECK(held->look());
}

TEST_CASE("who sleeps does not ask for the time over and over", "[clock]") {
  const auto system = std::make_shared<CountingClock>();
  Config config = quiet();
  config.timeout = 300ms;
  config.clock = system;
  Bus bus(std::move(config));
  ClockThread clock(bus);
  Endpoint endpoint(bus);
  std::atomic<int> wakes{0};
  const auto held = post(endpoint, R"({"channel":"/meta/connect","clientId":")" + make_client(endpoint) + "\"}", wakes);
  REQUIRE_FALSE(held->look());
  REQUIRE(comes_true([&] { return wakes > 0; }));
  CHECK(system->questions < 100);
}

TEST_CASE("sessions that run out of time are told of on the clock thread", "[clock]") {
  Bus bus({.max_interval = 20ms});
  std::atomic<std::thread::id> where{};
  const auto registration =
      bus.on_client_removed([&](const Client&, Removal) { where = std::this_thread::get_id(); });
  Endpoint endpoint(bus);
  make_client(endpoint);
  ClockThread clock(bus);
  REQUIRE(comes_true([&] { return bus.stats().clients == 0 && where.load() != std::thread::id(); }));
  CHECK(where.load() != std::this_thread::get_id());
}

TEST_CASE("a clock thread waits for the callback that is being called, and then ends", "[clock]") {
  Bus bus({.clock = std::make_shared<HastyClock>()});
  std::atomic<bool> entered{false};
  std::atomic<bool> go_on{false};
  std::atomic<bool> left{false};
  const auto registration = bus.on_client_removed([&](const Client&, Removal) {
    entered = true;
    comes_true([&] { return go_on.load(); });
    left = true;
  });
  Endpoint endpoint(bus);
  make_client(endpoint);
  std::optional<ClockThread> clock(bus);
  REQUIRE(comes_true([&] { return entered.load(); }));
  std::thread helper([&] { go_on = true; });
  clock.reset();
  CHECK(left);
  helper.join();
}

TEST_CASE("a clock thread may end while its alarm rings", "[clock][threads]") {
  Bus bus({.timeout = 1ms, .max_interval = 2ms});
  Endpoint endpoint(bus);
  std::atomic<bool> ended{false};
  std::thread ringer([&] {
    std::atomic<int> wakes{0};
    while (!ended) post(endpoint, R"({"channel":"/meta/handshake","version":"1.0"})", wakes)->look();
  });
  for (int i = 0; i < 200; ++i) ClockThread clock(bus);
  ended = true;
  ringer.join();
  const ClockThread clock(bus);
  CHECK(comes_true([&] { return bus.stats().clients == 0; }));
}

}  // namespace bayeux::test
