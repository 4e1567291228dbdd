#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <bayeux/extensions/acknowledge.hpp>

#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "threads/crowd.hpp"

namespace bayeux::test {
namespace {

using namespace std::chrono_literals;

constexpr int publishers = 4;
constexpr std::size_t most_bytes = 12'000;
constexpr std::size_t padding = 200;

/// A bus with little room: short queues, little for all of them, short times; some clients acknowledge, some never take
/// anything, and in the end it drains, while all go on.
class Narrow final {
 public:
  Narrow(std::size_t shards, Overflow overflow) : bus_(config(shards, overflow)) {}

  void publish(int publisher);
  void visit(Crowd::Random& random, bool duplex, bool acknowledges);
  void hoard();
  void watch();
  void run_clock();

  void drain() {
    bus_.drain(300ms, [this] { drained_ = true; });
  }
  void stop() { stop_ = true; }
  bool drained() const { return drained_; }
  int heard() const { return heard_; }
  std::size_t most_queued() const { return most_queued_; }
  std::string fault() const {
    const std::lock_guard lock(mutex_);
    return fault_;
  }
  Bus& bus() { return bus_; }

 private:
  using Numbers = std::array<std::int64_t, publishers>;

  Config config(std::size_t shards, Overflow overflow) const;
  void hear(Customer& client, Numbers& last, bool acknowledges);
  void complain(std::string fault);

  const std::shared_ptr<ManualClock> clock_ = std::make_shared<ManualClock>();
  std::atomic<bool> stop_{false};
  std::atomic<bool> drained_{false};
  std::atomic<int> heard_{0};
  std::atomic<std::size_t> most_queued_{0};
  mutable std::mutex mutex_;
  std::string fault_;
  Bus bus_;
  Registration acknowledge_ = bus_.add_extension(std::make_shared<Acknowledge>());
};

Config Narrow::config(std::size_t shards, Overflow overflow) const {
  Config config;
  config.shards = shards;
  config.clock = clock_;
  config.timeout = 20ms;
  config.max_interval = 100ms;
  config.lazy_timeout = 5ms;
  config.handshake_rate = 0;
  config.max_queue_messages = 80;
  config.max_total_bytes = most_bytes;
  config.max_total_messages = 300;
  config.overflow = overflow;
  return config;
}

void Narrow::complain(std::string fault) {
  const std::lock_guard lock(mutex_);
  if (fault_.empty()) fault_ = std::move(fault);
}

void Narrow::publish(int publisher) {
  const std::string pad(padding, 'x');
  for (std::int64_t number = 1; !stop_; ++number) {
    bus_.channel("/a").publish({{"p", publisher}, {"n", number}, {"pad", pad}}, {.lazy = number % 3 == 0});
    if (number % 20 == 0) std::this_thread::yield();
  }
}

void Narrow::hear(Customer& client, Numbers& last, bool acknowledges) {
  for (const auto& event : client.events()) {
    const auto& data = event["data"];
    auto& before = last[static_cast<std::size_t>(data["p"].as_integer())];
    const auto number = data["n"].as_integer();
    if (number <= before) complain("something came too late, or twice");
    if (acknowledges && before != 0 && number != before + 1) complain("a client that acknowledges misses something");
    before = number;
    ++heard_;
  }
}

void Narrow::visit(Crowd::Random& random, bool duplex, bool acknowledges) {
  for (;;) {
    Customer client(bus_, duplex);
    if (!client.shake_hands(acknowledges)) return;
    client.ask("/meta/subscribe", R"("subscription":"/a")");
    client.connect();
    Numbers last{};
    for (int i = up_to(random, 6); i > 0; --i) {
      if (!acknowledges && up_to(random, 3) == 0) client.hang_up_on_connect();
      client.listen();
      hear(client, last, acknowledges);
    }
    if (up_to(random, 1) == 0) client.ask("/meta/disconnect");
  }
}

/// Somebody who takes nothing, and whose connection stands.
void Narrow::hoard() {
  for (;;) {
    Customer client(bus_, true);
    if (!client.shake_hands()) return;
    client.ask("/meta/subscribe", R"("subscription":"/a")");
    client.connect();
    for (int i = 0; i < 200 && bus_.client(client.id()).connected(); ++i) std::this_thread::sleep_for(100us);
  }
}

void Narrow::watch() {
  while (!stop_) {
    const auto bytes = bus_.stats().queued_bytes;
    if (bytes > most_queued_) most_queued_ = bytes;
    std::this_thread::yield();
  }
}

void Narrow::run_clock() {
  while (!stop_) {
    clock_->advance(1ms);
    bus_.run_due();
    std::this_thread::sleep_for(100us);
  }
}

}  // namespace

TEST_CASE("with little room threads share it, and a bus that drains meanwhile is empty in the end", "[threads]") {
  const std::size_t shards = GENERATE(std::size_t{1}, std::size_t{4}, std::size_t{16});
  const auto overflow = GENERATE(Overflow::drop_oldest, Overflow::drop_newest, Overflow::disconnect);
  CAPTURE(seed(), shards, static_cast<int>(overflow));
  const Watchdog watchdog("with little room threads share it");
  Narrow narrow(shards, overflow);
  {
    Crowd host(seed());
    host.add([&](Crowd::Random&) { narrow.run_clock(); });
    host.add([&](Crowd::Random&) { narrow.watch(); });
    for (int i = 0; i < publishers; ++i) {
      host.add([&, i](Crowd::Random&) { narrow.publish(i); });
    }
    {
      Crowd clients(seed() + 100);
      for (int i = 0; i < 6; ++i) {
        clients.add([&, i](Crowd::Random& random) { narrow.visit(random, i % 2 == 1, i % 3 == 0); });
      }
      clients.add([&](Crowd::Random&) { narrow.hoard(); });
      while (narrow.heard() < 5'000 && narrow.fault().empty()) std::this_thread::sleep_for(1ms);
      narrow.drain();
    }
    while (!narrow.drained()) std::this_thread::sleep_for(1ms);
    narrow.stop();
  }
  CHECK(narrow.fault().empty());
  INFO(narrow.fault());
  // Besides what waits each publisher has a message in hand.
  CHECK(narrow.most_queued() <= most_bytes + publishers * 2 * padding);
  const auto stats = narrow.bus().stats();
  CHECK(stats.dropped + stats.expelled > 0);
  CHECK(stats.over_total > 0);
  CHECK(stats.clients == 0);
  CHECK(stats.queued_messages == 0);
  CHECK(stats.queued_bytes == 0);
  CHECK(stats.subscriptions == 0);
}

}  // namespace bayeux::test
