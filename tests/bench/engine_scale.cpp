// What something costs beside one other, and beside a million.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine_client.hpp"
#include "engine_row.hpp"
#include "engine_time.hpp"

namespace bayeux::bench {
namespace {

/// Does `few` and `many` in turn, each a number of times in a row, and gives the medians: both meet the same moments of
/// the machine.
template <class Few, class Many>
std::pair<double, double> compare(std::size_t rounds, std::size_t times, Few&& few, Many&& many) {
  std::vector<double> of_few;
  std::vector<double> of_many;
  for (std::size_t round = 0; round < rounds; ++round) {
    // Who goes first changes, so that nobody always finds the caches of the other.
    for (int turn = 0; turn < 2; ++turn) {
      const bool first = (round % 2 == 0) == (turn == 0);
      for (std::size_t i = 0; i < times; ++i) {
        if (first) {
          of_few.push_back(nanoseconds_of(few));
        } else {
          of_many.push_back(nanoseconds_of(many));
        }
      }
    }
  }
  return {median(of_few), median(of_many)};
}

/// What a channel is that somebody uses.
enum class Kind : std::uint8_t { persistent, subscribed };

/// A bus with so many channels that nothing is published on, and one that is.
struct Channels {
  Channels(std::size_t others, Kind kind) : bus(roomy_config()), subscriber(bus, Carriage::exchange) {
    EngineClient* holder = nullptr;
    for (std::size_t i = 0; i < others; ++i) {
      const auto name = "/other/" + std::to_string(i);
      if (kind == Kind::persistent) {
        if (bus.channel(name).configure({.persistent = true})) give_up("a channel was refused");
        continue;
      }
      if (i % each == 0) holder = holders.emplace_back(std::make_unique<EngineClient>(bus, Carriage::exchange)).get();
      holder->subscribe(name);
    }
    subscriber.subscribe("/one/channel");
  }

  /// Channels to which each of those who hold the others is subscribed.
  static constexpr std::size_t each = 1'000;

  Bus bus;
  EngineClient subscriber;
  std::vector<std::unique_ptr<EngineClient>> holders;
};

struct Pair {
  double few = 0;
  double many = 0;
  std::size_t missed = 0;
};

Pair compare_publishes(const Scale& scale, Kind kind) {
  Channels few(1, kind);
  Channels many(scale.of(1'000'000), kind);
  Pair pair;
  const auto publish = [&](Channels& channels) { channels.bus.channel("/one/channel").publish({{"text", "hello"}}); };
  const std::size_t rounds = scale.quick ? 5 : 2'000;
  // In every round each publishes ten times, which the subscriber takes between the rounds.
  constexpr std::size_t times = 10;
  std::vector<double> of_few;
  std::vector<double> of_many;
  for (std::size_t round = 0; round < rounds; ++round) {
    const auto [a, b] = compare(
        1, times, [&] { publish(few); }, [&] { publish(many); });
    of_few.push_back(a);
    of_many.push_back(b);
    if (few.subscriber.poll() != times || many.subscriber.poll() != times) ++pair.missed;
  }
  pair.few = median(of_few);
  pair.many = median(of_many);
  return pair;
}

/// A handshake over a link that is used once. The session is ended again, which is not counted.
class HandshakeRounds final {
 public:
  HandshakeRounds(Bus& bus, std::size_t others) : bus_(bus) {
    for (std::size_t i = 0; i < others; ++i) shake_hands();
  }

  double shake_hands() {
    const auto link = bus_.open_link({"long-polling", false, false, std::string()}, carrier_);
    std::vector<Frame> frames;
    const double time = nanoseconds_of([&] {
      link->receive(handshake_text);
      frames = link->take(all_bytes);
    });
    last_ = client_id_of(frames);
    return time;
  }

  void end() {
    if (bus_.client(last_).disconnect()) give_up("a session was not there");
  }

 private:
  Bus& bus_;
  std::shared_ptr<CountingCarrier> carrier_ = std::make_shared<CountingCarrier>();
  std::string last_;
};

}  // namespace

/// The others are persistent, and beside that subscribed to by clients with a thousand of them each; the worse of the
/// two is the figure. The same channel is published on again and again, for one subscriber, who is away.
std::vector<Row> measure_channels(const Scale& scale) {
  const auto persistent = compare_publishes(scale, Kind::persistent);
  const auto subscribed = compare_publishes(scale, Kind::subscribed);
  const double ratio = std::max(persistent.many / persistent.few, subscribed.many / subscribed.few);
  Row row{"channels", "publish with 1,000,000 other channels against 1", ratio, "x", 1.1};
  row.beside = {{"persistent_1_ns", persistent.few},
                {"persistent_many_ns", persistent.many},
                {"subscribed_1_ns", subscribed.few},
                {"subscribed_many_ns", subscribed.many},
                {"others", static_cast<double>(scale.of(1'000'000))}};
  if (persistent.missed + subscribed.missed != 0) row.wrong = "the subscriber missed a message";
  return {std::move(row)};
}

std::vector<Row> measure_handshakes(const Scale& scale) {
  Bus bus_of_few(roomy_config());
  Bus bus_of_many(roomy_config());
  HandshakeRounds few(bus_of_few, 1);
  HandshakeRounds many(bus_of_many, scale.of(1'000'000));
  std::vector<double> of_few;
  std::vector<double> of_many;
  for (std::size_t round = 0; round < (scale.quick ? 20 : 20'000); ++round) {
    for (int turn = 0; turn < 2; ++turn) {
      const bool first = (round % 2 == 0) == (turn == 0);
      auto& rounds = first ? few : many;
      (first ? of_few : of_many).push_back(rounds.shake_hands());
      rounds.end();
    }
  }
  Row row{"handshakes", "handshake with 1,000,000 other sessions against 1", median(of_many) / median(of_few), "x",
          1.1};
  row.beside = {{"with_1_ns", median(of_few)},
                {"with_many_ns", median(of_many)},
                {"with_1_p99_ns", quantile(of_few, 0.99)},
                {"with_many_p99_ns", quantile(of_many, 0.99)},
                {"others", static_cast<double>(scale.of(1'000'000))}};
  return {std::move(row)};
}

}  // namespace bayeux::bench
