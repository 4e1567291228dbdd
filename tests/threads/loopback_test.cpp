#include <bayeux/transports/loopback.hpp>

#include <array>
#include <atomic>
#include <memory>
#include <string>

#include "support/catch.hpp"
#include "threads/crowd.hpp"

namespace bayeux::test {
namespace {

constexpr int publishers = 4;
constexpr int publishes = 300;

/// What a handler hears, and whether it was called as promised: one message at a time, each publisher's in order.
struct Ear {
  void hear(const Message& message) {
    if (inside.exchange(true)) fine = false;
    auto& last = next[static_cast<std::size_t>(message.data["p"].as_integer())];
    if (message.data["n"].as_integer() != last++) fine = false;
    ++heard;
    inside = false;
  }

  std::atomic<bool> inside{false};
  std::atomic<bool> fine{true};
  std::atomic<int> heard{0};
  std::array<std::int64_t, publishers> next{};
};

}  // namespace

TEST_CASE("a client inside the program hears every publisher in order, one message at a time", "[threads]") {
  const std::size_t shards = GENERATE(std::size_t{1}, std::size_t{16});
  CAPTURE(seed(), shards);
  const Watchdog watchdog("a client inside the program hears every publisher");
  Config config;
  config.shards = shards;
  config.max_queue_messages = 1'000'000;
  Bus bus(config);
  std::array<Ear, 3> ears;
  std::vector<std::unique_ptr<Loopback>> clients;
  for (auto& ear : ears) {
    clients.push_back(std::make_unique<Loopback>(bus));
    clients.back()->subscribe("/load/*", [&ear](const Message& message) { ear.hear(message); });
  }
  std::atomic<int> acknowledged{0};
  {
    Crowd crowd(seed());
    for (int p = 0; p < publishers; ++p) {
      crowd.add([&, p](Crowd::Random&) {
        Loopback own(bus);
        for (int n = 0; n < publishes; ++n) {
          const Json data{{"p", p}, {"n", n}};
          if (p % 2 == 0) {
            own.publish("/load/a", data,
                        [&](const Message& reply) { acknowledged += reply.successful.value_or(false); });
          } else if (!bus.channel("/load/a").publish(data)) {
            ++acknowledged;
          }
        }
      });
    }
  }
  CHECK(acknowledged == publishers * publishes);
  for (auto& ear : ears) {
    CHECK(ear.fine);
    CHECK(ear.heard == publishers * publishes);
  }
}

TEST_CASE("no handler of a client inside the program runs once it has been destroyed", "[threads]") {
  CAPTURE(seed());
  const Watchdog watchdog("no handler of a client inside the program runs");
  Bus bus;
  std::atomic<bool> stop{false};
  std::atomic<int> too_late{0};
  std::atomic<int> ids_wrong{0};
  Crowd publishing(seed());
  for (int i = 0; i < 2; ++i) {
    publishing.add([&](Crowd::Random&) {
      while (!stop) {
        bus.channel("/a/b").publish(1);
        std::this_thread::yield();
      }
    });
  }
  {
    Crowd crowd(seed() + 10);
    for (int i = 0; i < 3; ++i) {
      crowd.add([&](Crowd::Random& random) {
        for (int round = 0; round < 80; ++round) {
          auto alive = std::make_shared<std::atomic<bool>>(true);
          {
            Loopback client(bus);
            if (client.client_id().empty()) ++ids_wrong;
            client.subscribe("/a/*", [&too_late, alive](const Message&) { too_late += *alive ? 0 : 1; });
            for (int n = up_to(random, 5); n > 0; --n) client.publish("/a/c", n);
            if (up_to(random, 3) == 0) client.unsubscribe("/a/*");
            if (up_to(random, 3) == 0) bus.client(client.client_id()).disconnect();
          }
          *alive = false;
        }
      });
    }
  }
  stop = true;
  publishing.join();
  CHECK(too_late == 0);
  CHECK(ids_wrong == 0);
  CHECK(bus.stats().clients == 0);
  CHECK(bus.channel("/a/*").subscribers() == 0);
}

}  // namespace bayeux::test
