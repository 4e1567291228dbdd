#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "threads/crowd.hpp"

namespace bayeux::test {
namespace {

using namespace std::chrono_literals;

constexpr int rounds = 60;

class PassingFilter final : public DataFilter {
 public:
  std::optional<Json> filter(const Client&, const ChannelId&, Json data) override { return data; }
};

class PassingExtension final : public Extension {
 public:
  Flow incoming(const Client&, Message&, Message&) override { return Flow::pass; }
};

/// Everything that can be done to a bus at once, and what came of it.
struct Turmoil {
  explicit Turmoil(std::size_t shards) : bus(config(shards)) {
    registrations.push_back(bus.on_client_added([this](const Client&) { ++added; }));
    registrations.push_back(bus.on_client_removed([this](const Client& client, Removal) {
      ++removed;
      // Code of the host may call anything from here.
      bus.channel("/left").publish("somebody");
      if (client.connected()) ++zombies;
    }));
  }

  Config config(std::size_t shards) {
    Config config;
    config.shards = shards;
    config.clock = clock;
    config.timeout = 40ms;
    config.max_interval = 60ms;
    config.max_queue_messages = 50;
    return config;
  }

  void visit(Crowd::Random& random, bool duplex);
  void meddle(Crowd::Random& random);
  void register_and_cancel(Crowd::Random& random);
  void run_clock();
  std::string victim(Crowd::Random& random);

  std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
  std::atomic<int> added{0};
  std::atomic<int> removed{0};
  std::atomic<int> zombies{0};
  std::atomic<int> shaken{0};
  std::atomic<int> calls{0};
  std::atomic<bool> stop{false};
  std::mutex ids_mutex;
  std::vector<std::string> ids;
  Bus bus;
  std::vector<Registration> registrations;
};

std::string Turmoil::victim(Crowd::Random& random) {
  const std::lock_guard lock(ids_mutex);
  if (ids.empty()) return "nobody";
  return ids[static_cast<std::size_t>(up_to(random, static_cast<int>(ids.size()) - 1))];
}

/// A client that comes, does what clients do, and leaves in one way or another.
void Turmoil::visit(Crowd::Random& random, bool duplex) {
  for (int round = 0; round < rounds; ++round) {
    Customer client(bus, duplex);
    if (!client.shake_hands()) continue;
    ++shaken;
    {
      const std::lock_guard lock(ids_mutex);
      ids.push_back(client.id());
    }
    client.ask("/meta/subscribe", R"("subscription":["/a/*","/left","/**"])");
    client.connect();
    for (int i = up_to(random, 3); i > 0; --i) {
      if (up_to(random, 1) == 0) client.ask("/a/b", "\"data\":1");
      if (up_to(random, 3) == 0) client.ask("/meta/unsubscribe", R"("subscription":"/a/*")");
      up_to(random, 2) == 0 ? client.hang_up_on_connect() : client.listen();
    }
    if (up_to(random, 1) == 0) client.ask("/meta/disconnect");
  }
}

/// The application publishes, delivers and turns clients out.
void Turmoil::meddle(Crowd::Random& random) {
  while (!stop) {
    bus.channel("/a/" + std::to_string(up_to(random, 3))).publish(1);
    const Client client = bus.client(victim(random));
    client.deliver("/private", "psst");
    if (up_to(random, 7) == 0) client.disconnect();
    bus.stats();
    bus.channel("/a/*").subscribers();
    std::this_thread::yield();
  }
}

void Turmoil::register_and_cancel(Crowd::Random& random) {
  while (!stop) {
    auto listener = bus.channel("/a/**").on_message([&](const Client&, const Message&) {
      if (++calls % 50 == 0) throw std::runtime_error("a listener that fails now and then");
    });
    auto filter = bus.channel("/a/*").add_filter(std::make_shared<PassingFilter>());
    auto extension = bus.add_extension(std::make_shared<PassingExtension>());
    auto added_too = bus.on_client_added([&](const Client& client) { client.deliver("/welcome", "hello"); });
    for (int i = up_to(random, 20); i > 0; --i) std::this_thread::yield();
    if (up_to(random, 1) == 0) filter.cancel();
    bus.add_connection_type("type" + std::to_string(up_to(random, 3)));
    bus.set_alarm(up_to(random, 1) == 0 ? std::function<void()>([&] { ++calls; }) : nullptr);
  }
}

void Turmoil::run_clock() {
  while (!stop) {
    clock->advance(1ms);
    bus.run_due();
    bus.next_deadline();
    std::this_thread::yield();
  }
}

}  // namespace

TEST_CASE("whatever threads do to a bus at once, it settles and its books balance", "[threads]") {
  const std::size_t shards = GENERATE(std::size_t{1}, std::size_t{16});
  CAPTURE(seed(), shards);
  const Watchdog watchdog("whatever threads do to a bus at once");
  Turmoil turmoil(shards);
  {
    Crowd host(seed());
    host.add([&](Crowd::Random&) { turmoil.run_clock(); });
    host.add([&](Crowd::Random& random) { turmoil.meddle(random); });
    host.add([&](Crowd::Random& random) { turmoil.register_and_cancel(random); });
    Crowd visitors(seed() + 100);
    for (int i = 0; i < 4; ++i) {
      visitors.add([&, i](Crowd::Random& random) { turmoil.visit(random, i % 2 == 1); });
    }
    visitors.join();
    turmoil.stop = true;
  }
  // Whoever has not said goodbye runs out of time now.
  for (int i = 0; i < 300; ++i) {
    turmoil.clock->advance(1ms);
    turmoil.bus.run_due();
  }
  CHECK(turmoil.shaken > 0);
  CHECK(turmoil.zombies == 0);
  CHECK(turmoil.added == turmoil.shaken);
  CHECK(turmoil.removed == turmoil.shaken);
  CHECK(turmoil.bus.stats().clients == 0);
  CHECK(turmoil.bus.channel("/**").subscribers() == 0);
  CHECK(turmoil.bus.channel("/left").subscribers() == 0);
  // And then the channels that nobody uses any more.
  turmoil.clock->advance(turmoil.bus.config().channel_timeout);
  turmoil.bus.run_due();
  turmoil.clock->advance(turmoil.bus.config().channel_timeout);
  turmoil.bus.run_due();
  CHECK(turmoil.bus.stats().channels == 0);
  CHECK(turmoil.bus.stats().queued_messages == 0);
  CHECK(turmoil.bus.stats().queued_bytes == 0);
  CHECK(turmoil.bus.next_deadline() == std::nullopt);
}

TEST_CASE("handles of the application may be used while the bus goes, and after", "[threads]") {
  CAPTURE(seed());
  const Watchdog watchdog("handles of the application may be used while the bus goes");
  for (int round = 0; round < 50; ++round) {
    auto bus = std::make_unique<Bus>();
    Customer customer(*bus);
    customer.shake_hands();
    customer.ask("/meta/subscribe", R"("subscription":"/a")");
    const Channel channel = bus->channel("/a");
    const Client client = bus->client(customer.id());
    auto listener = channel.on_message([](const Client&, const Message&) {});
    auto extension = bus->add_extension(std::make_shared<PassingExtension>());
    std::atomic<int> closed{0};
    std::atomic<int> running{0};
    Crowd crowd(seed() + static_cast<std::uint32_t>(round));
    for (int i = 0; i < 3; ++i) {
      crowd.add([&](Crowd::Random&) {
        ++running;
        while (channel.publish(1) != Errc::bus_closed) client.deliver("/b", 1);
        if (client.deliver("/b", 1) == Errc::bus_closed && client.disconnect() == Errc::bus_closed) ++closed;
      });
    }
    while (running < 3) std::this_thread::yield();
    bus.reset();
    listener.cancel();
    crowd.join();
    CHECK(closed == 3);
    CHECK_FALSE(client.connected());
    CHECK(channel.subscribers() == 0);
  }
}

}  // namespace bayeux::test
