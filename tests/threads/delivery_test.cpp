#include <atomic>
#include <map>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "threads/crowd.hpp"

namespace bayeux::test {
namespace {

constexpr int publishers = 4;
constexpr int publishes = 300;
constexpr int subscribers = 6;

std::string numbered(int publisher, int number) {
  return "{\"p\":" + std::to_string(publisher) + ",\"n\":" + std::to_string(number) + "}";
}

/// The application publishes.
void publish_directly(Bus& bus, int publisher, std::atomic<int>& acknowledged) {
  for (int n = 0; n < publishes; ++n) {
    if (!bus.channel("/load/a").publish_text(numbered(publisher, n))) ++acknowledged;
  }
}

/// A client publishes.
void publish_as_client(Bus& bus, int publisher, bool duplex, std::atomic<int>& acknowledged) {
  Customer client(bus, duplex);
  client.shake_hands();
  client.connect();
  for (int n = 0; n < publishes; ++n) {
    const Json reply = client.ask("/load/a", "\"data\":" + numbered(publisher, n));
    if (reply["successful"] == Json(true)) ++acknowledged;
  }
}

/// Listens until all has come; true when that was each message once, and those of each publisher in order. Hangs up now
/// and then on the way.
bool hear_everything(Customer& client, Crowd::Random& random) {
  std::map<std::int64_t, std::int64_t> next;
  bool fine = true;
  for (int heard = 0; heard < publishers * publishes;) {
    if (up_to(random, 9) == 0) client.hang_up_on_connect();
    client.listen();
    for (const auto& event : client.events()) {
      fine = fine && event["data"]["n"].as_integer() == next[event["data"]["p"].as_integer()]++;
      ++heard;
    }
  }
  return fine;
}

Config roomy(std::size_t shards) {
  Config config;
  config.shards = shards;
  config.max_queue_messages = 1'000'000;
  config.max_queue_bytes = 1'000'000'000;
  return config;
}

}  // namespace

TEST_CASE("every acknowledged publish reaches every subscriber once, in the order of its publisher", "[threads]") {
  const std::size_t shards = GENERATE(std::size_t{1}, std::size_t{16});
  CAPTURE(seed(), shards);
  const Watchdog watchdog("every acknowledged publish reaches every subscriber");
  Bus bus(roomy(shards));
  std::atomic<int> acknowledged{0};
  std::atomic<int> in_order{0};
  {
    Crowd crowd(seed());
    std::atomic<int> subscribed{0};
    for (int i = 0; i < subscribers; ++i) {
      crowd.add([&, i](Crowd::Random& random) {
        Customer client(bus, i % 2 == 1);
        client.shake_hands();
        client.ask("/meta/subscribe", R"("subscription":["/load/a","/load/*","/**"])");
        client.connect();
        ++subscribed;
        in_order += hear_everything(client, random) ? 1 : 0;
      });
    }
    while (subscribed < subscribers) std::this_thread::yield();
    for (int i = 0; i < publishers; ++i) {
      crowd.add([&, i](Crowd::Random&) {
        i < 2 ? publish_directly(bus, i, acknowledged) : publish_as_client(bus, i, i == 3, acknowledged);
      });
    }
  }
  CHECK(acknowledged == publishers * publishes);
  CHECK(in_order == subscribers);
  const Stats stats = bus.stats();
  CHECK(stats.published == publishers * publishes);
  CHECK(stats.delivered == publishers * publishes * subscribers);
  CHECK(stats.dropped == 0);
}

namespace {

/// One publisher's progress: what it has begun and what it has finished.
struct Progress {
  std::atomic<std::int64_t> begun{0};
  std::atomic<std::int64_t> done{0};
  std::atomic<bool> stop{false};
};

void publish_until_stopped(Bus& bus, const std::string& channel, Progress& progress) {
  while (!progress.stop) {
    const auto number = progress.begun.load() + 1;
    progress.begun = number;
    bus.channel(channel).publish(number);
    progress.done = number;
    std::this_thread::yield();
  }
}

/// Subscribes and unsubscribes once, and tells what was wrong with what came; empty when nothing.
std::string come_and_go(Customer& client, const std::string& channel, const Progress& progress, int listens) {
  const auto subscription = "\"subscription\":\"" + channel + "\"";
  const auto done_before = progress.done.load();
  if (client.ask("/meta/subscribe", subscription)["successful"] != Json(true)) return "the subscribe failed";
  const auto begun_at_subscribe = progress.begun.load();
  for (int i = 0; i < listens; ++i) client.listen();
  const auto done_before_unsubscribe = progress.done.load();
  if (client.ask("/meta/unsubscribe", subscription)["successful"] != Json(true)) return "the unsubscribe failed";
  const auto begun_at_unsubscribe = progress.begun.load();
  while (progress.done.load() < begun_at_unsubscribe + 3) std::this_thread::yield();
  client.drain();

  std::int64_t last = 0;
  for (const auto& event : client.events()) {
    const auto number = event["data"].as_integer();
    if (number <= done_before) return "something from before the subscribe came";
    if (number > begun_at_unsubscribe) return "something from after the unsubscribe came";
    if (last != 0 && number != last + 1) return "something is missing or out of order";
    if (last == 0 && number > begun_at_subscribe + 1) return "the first is missing";
    last = number;
  }
  if (done_before_unsubscribe > begun_at_subscribe && last < done_before_unsubscribe) return "the last is missing";
  return {};
}

}  // namespace

TEST_CASE("nothing comes before its subscribe or after its unsubscribe, and all in between", "[threads]") {
  const std::size_t shards = GENERATE(std::size_t{1}, std::size_t{16});
  CAPTURE(seed(), shards);
  const Watchdog watchdog("nothing comes before its subscribe or after its unsubscribe");
  Bus bus(roomy(shards));
  Progress progress;
  std::vector<std::string> faults(4);
  Crowd publishing(seed());
  publishing.add([&](Crowd::Random&) { publish_until_stopped(bus, "/tick", progress); });
  {
    Crowd crowd(seed() + 1);
    for (std::size_t i = 0; i < faults.size(); ++i) {
      crowd.add([&, i](Crowd::Random& random) {
        Customer client(bus, i % 2 == 1);
        client.shake_hands();
        client.connect();
        for (int round = 0; round < 40 && faults[i].empty(); ++round) {
          faults[i] = come_and_go(client, "/tick", progress, up_to(random, 3));
        }
      });
    }
  }
  progress.stop = true;
  publishing.join();
  for (const auto& fault : faults) CHECK(fault == "");
}

}  // namespace bayeux::test
