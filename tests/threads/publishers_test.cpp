#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <bayeux/transports/loopback.hpp>

#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "threads/crowd.hpp"
#include "threads/witness.hpp"

namespace bayeux::test {
namespace {

using namespace std::chrono_literals;

constexpr int messages = 60;
constexpr std::size_t rooms = 4;

/// Every name that is published on or subscribed to.
constexpr std::size_t names = topics + rooms + 1;

/// A bus that 64 threads publish on, while its clients come and go and its channels are swept.
class Market final {
 public:
  explicit Market(std::size_t shards) : bus_(std::make_unique<Bus>(config(shards))) {
    made_listener_ = bus_->on_channel_created([this](const Channel&) { ++made_; });
    swept_listener_ = bus_->on_channel_swept([this](const Channel&) { ++swept_; });
  }

  void publish(std::size_t publisher, Crowd::Random& random);
  void come_and_go(Crowd::Random& random, bool duplex);
  void visit(Crowd::Random& random, std::size_t number);
  void listen_inside(Crowd::Random& random);
  void run_clock();

  void begin() { begun_ = true; }
  void publisher_ends() { finished_ = ++ended_ == publishers; }
  void stop_clock() { stop_ = true; }
  /// Lets the time of all who did not say goodbye run out, and then that of their channels.
  void settle();

  Bus& bus() { return *bus_; }
  void destroy_bus() { bus_.reset(); }
  std::string fault() const {
    const std::lock_guard lock(mutex_);
    return fault_;
  }
  std::size_t made() const { return made_; }
  std::size_t swept() const { return swept_; }
  int stays() const { return stays_; }

  /// Whether anything still keeps what the bus was made of.
  bool bus_kept() const { return clock_.use_count() > 1; }

 private:
  Config config(std::size_t shards) const;
  void publish_one(std::size_t publisher, std::int64_t number, std::int64_t& sent);
  void deliver_one(std::size_t publisher, std::int64_t& sent, Crowd::Random& random);
  std::string stay(Customer& client, Order& order, Crowd::Random& random);
  void complain(std::string fault);
  Client somebody(Crowd::Random& random) const;

  const std::shared_ptr<ManualClock> clock_ = std::make_shared<ManualClock>();
  Progress progress_;
  std::atomic<bool> begun_{false};
  std::atomic<bool> finished_{false};
  std::atomic<bool> stop_{false};
  std::atomic<std::size_t> ended_{0};
  std::atomic<std::size_t> made_{0};
  std::atomic<std::size_t> swept_{0};
  std::atomic<int> stays_{0};
  mutable std::mutex mutex_;
  std::vector<Client> known_;
  std::string fault_;
  std::unique_ptr<Bus> bus_;
  Registration made_listener_;
  Registration swept_listener_;
};

/// Only what is left behind on purpose expires: however late the machine lets a client speak, it still has its session.
Config Market::config(std::size_t shards) const {
  Config config;
  config.shards = shards;
  config.clock = clock_;
  config.timeout = 20ms;
  config.max_interval = 10h;
  config.channel_timeout = 2ms;
  config.max_queue_messages = 1'000'000;
  config.max_queue_bytes = 1'000'000'000;
  return config;
}

void Market::complain(std::string fault) {
  const std::lock_guard lock(mutex_);
  if (fault_.empty()) fault_ = std::move(fault);
}

Client Market::somebody(Crowd::Random& random) const {
  const std::lock_guard lock(mutex_);
  if (known_.empty()) return {};
  return known_[static_cast<std::size_t>(up_to(random, static_cast<int>(known_.size()) - 1))];
}

void Market::publish_one(std::size_t publisher, std::int64_t number, std::int64_t& sent) {
  progress_.begin(publisher, number);
  const Json data{{"p", publisher}, {"n", number}, {"sent", ++sent}};
  if (bus_->channel(topic(publisher)).publish(data)) complain("a publish failed");
  progress_.end(publisher, number);
}

void Market::deliver_one(std::size_t publisher, std::int64_t& sent, Crowd::Random& random) {
  const Client client = somebody(random);
  const auto batch = client.batch();
  client.deliver("/personal", {{"p", publisher}, {"sent", ++sent}});
}

void Market::publish(std::size_t publisher, Crowd::Random& random) {
  while (!begun_) std::this_thread::yield();
  std::int64_t sent = 0;
  for (std::int64_t number = 1; number <= messages; ++number) {
    {
      const auto batch = up_to(random, 9) == 0 ? bus_->batch() : Batch();
      publish_one(publisher, number, sent);
      if (up_to(random, 1) == 0) deliver_one(publisher, sent, random);
    }
    if (up_to(random, 9) == 0) bus_->channel("/room/" + std::to_string(up_to(random, rooms - 1))).publish(0);
    std::this_thread::yield();
  }
}

/// Subscribes and unsubscribes once, and tells what was wrong with what came.
std::string Market::stay(Customer& client, Order& order, Crowd::Random& random) {
  const auto end = std::to_string(up_to(random, topics - 1));
  const bool all = up_to(random, 1) == 0;
  const auto subscription = R"("subscription":[)" + (all ? R"("/news/*",)" : std::string()) + "\"/news/" + end + "\"]";
  Stay stay(progress_);
  if (client.ask("/meta/subscribe", subscription)["successful"] != Json(true)) return "the subscribe failed";
  stay.subscribed();
  for (int i = up_to(random, 3); i > 0; --i) up_to(random, 3) == 0 ? client.hang_up_on_connect() : client.listen();
  stay.leaving();
  if (const auto reply = client.ask("/meta/unsubscribe", subscription); reply["successful"] != Json(true)) return "the unsubscribe failed: " + reply.text();
  stay.left();
  // A batch of somebody may hold back what was published long ago.
  do {
    std::this_thread::yield();
    client.drain();
  } while (bus_->client(client.id()).waiting().messages > 0);
  for (const auto& event : client.events()) {
    const auto& data = event["data"];
    if (!order.hear(data)) return "the order of a publisher is broken";
    if (event["channel"] != Json("/personal")) stay.hear(data);
  }
  ++stays_;
  return stay.fault(all ? "01234567" : end);
}

/// A client that stays, and subscribes now to this and now to that.
void Market::come_and_go(Crowd::Random& random, bool duplex) {
  Customer client(*bus_, duplex);
  client.shake_hands();
  client.connect();
  {
    const std::lock_guard lock(mutex_);
    known_.push_back(bus_->client(client.id()));
  }
  Order order;
  while (!finished_) {
    if (auto fault = stay(client, order, random); !fault.empty()) return complain(std::move(fault));
  }
  client.ask("/meta/disconnect");
}

/// Clients that come, meet in a room and leave: with a goodbye, because they are turned out, or for good.
void Market::visit(Crowd::Random& random, std::size_t number) {
  const auto room = "/room/" + std::to_string(number % rooms);
  while (!finished_) {
    Customer client(*bus_, up_to(random, 1) == 0);
    if (!client.shake_hands()) return complain("a handshake failed");
    client.ask("/meta/subscribe", R"("subscription":[")" + room + R"("])");
    client.connect();
    for (int i = up_to(random, 2); i > 0; --i) client.listen();
    const int farewell = up_to(random, 3);
    if (farewell == 0) client.hang_up_on_connect();
    if (farewell == 1) bus_->client(client.id()).disconnect();
    if (farewell > 1) client.ask("/meta/disconnect");
    while (bus_->channel(room).exists() && bus_->channel(room).subscribers() == 0 && !finished_) {
      std::this_thread::yield();
    }
  }
}

/// Clients inside the program, whose handlers run on the threads that publish.
void Market::listen_inside(Crowd::Random& random) {
  while (!finished_) {
    Order order;
    std::atomic<int> heard{0};
    Loopback client(*bus_);
    client.subscribe("/news/*", [&](const Message& message) {
      if (!order.hear(message.data.json())) complain("the order of a publisher is broken inside the program");
      ++heard;
    });
    const int enough = up_to(random, 50);
    while (heard < enough && !finished_) std::this_thread::yield();
    if (up_to(random, 1) == 0) client.unsubscribe("/news/*");
  }
}

void Market::run_clock() {
  while (!stop_) {
    clock_->advance(1ms);
    bus_->run_due();
    std::this_thread::yield();
  }
}

void Market::settle() {
  clock_->advance(11h);
  for (int i = 0; i < 10; ++i) {
    bus_->run_due();
    clock_->advance(1ms);
  }
}

void run_to_the_end(Market& market) {
  Crowd clock(0);
  clock.add([&](Crowd::Random&) { market.run_clock(); });
  {
    Crowd crowd(seed());
    for (std::size_t p = 0; p < publishers; ++p) {
      crowd.add([&, p](Crowd::Random& random) {
        market.publish(p, random);
        market.publisher_ends();
      });
    }
    for (std::size_t i = 0; i < rooms; ++i) {
      crowd.add([&, i](Crowd::Random& random) { market.come_and_go(random, i % 2 == 1); });
      crowd.add([&, i](Crowd::Random& random) { market.visit(random, i); });
    }
    for (int i = 0; i < 2; ++i) crowd.add([&](Crowd::Random& random) { market.listen_inside(random); });
    market.begin();
  }
  market.stop_clock();
}

/// What a thread of the application may hold while the bus goes.
struct Handles {
  explicit Handles(Bus& bus, const std::string& id) : channel(bus.channel("/a")), client(bus.client(id)) {
    listener = channel.on_message([](const Client&, const Message&) {});
  }

  /// Uses them as long as the bus answers.
  void use() {
    while (channel.publish(1) != Errc::bus_closed) {
      const auto batch = client.batch();
      client.deliver("/b", 1);
      channel.set_attribute("last", 1);
      try {
        const auto other = channel.on_message([](const Client&, const Message&) {});
      } catch (const std::system_error& error) {
        wrong = wrong || error.code() != Errc::bus_closed;
      }
    }
  }

  /// True when all of them say that the bus has gone.
  bool closed() const {
    return !wrong && client.deliver("/b", 1) == Errc::bus_closed && client.disconnect() == Errc::bus_closed &&
           client.set_user("a") == Errc::bus_closed && channel.set_attribute("last", 2) == Errc::bus_closed &&
           channel.subscribers() == 0 && !channel.exists() && !client.connected();
  }

  Channel channel;
  Client client;
  Registration listener;
  bool wrong = false;
};

int use_handles_while_bus_goes(Market& market) {
  std::atomic<std::size_t> running{0};
  std::atomic<int> closed{0};
  Crowd crowd(seed());
  for (std::size_t p = 0; p < publishers; ++p) {
    Customer customer(market.bus());
    customer.shake_hands();
    customer.ask("/meta/subscribe", R"("subscription":"/a")");
    crowd.add([&, handles = std::make_shared<Handles>(market.bus(), customer.id())](Crowd::Random&) {
      ++running;
      handles->use();
      closed += handles->closed() ? 1 : 0;
    });
  }
  while (running < publishers) std::this_thread::yield();
  market.destroy_bus();
  crowd.join();
  return closed;
}

}  // namespace

TEST_CASE("64 threads publish while clients come and go, channels are swept and the bus ends", "[threads]") {
  const std::size_t shards = GENERATE(std::size_t{1}, std::size_t{4}, std::size_t{16});
  CAPTURE(seed(), shards);
  const Watchdog watchdog("64 threads publish");
  Market market(shards);
  run_to_the_end(market);
  CHECK(market.fault() == "");
  CHECK(market.stays() >= 4);

  market.settle();
  const Stats stats = market.bus().stats();
  CHECK(stats.published >= publishers * messages);
  CHECK(stats.dropped == 0);
  CHECK(stats.clients == 0);
  CHECK(stats.queued_messages == 0);
  CHECK(stats.queued_bytes == 0);
  CHECK(stats.channels == 0);
  CHECK(market.made() == market.swept());
  CHECK(market.made() > names);
  CHECK(market.bus().next_deadline() == std::nullopt);

  CHECK(use_handles_while_bus_goes(market) == publishers);
  CHECK_FALSE(market.bus_kept());
}

}  // namespace bayeux::test
