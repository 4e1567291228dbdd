// One publish to very many, and what it does to those who want something else meanwhile.
#include <atomic>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "engine_client.hpp"
#include "engine_row.hpp"
#include "engine_time.hpp"

namespace bayeux::bench {
namespace {

constexpr std::string_view payload = "0123456789012345678901234567890123456789012345678901234567890123";

/// What the subscribers are doing when the publish comes.
enum class State : std::uint8_t {
  lasting,  ///< Each has a lasting link, which is woken.
  parked,   ///< Each holds a connect in an exchange of its own, which is let go and woken.
  away,     ///< Each is between two polls: the message waits in its queue.
};

class Subscribers final {
 public:
  Subscribers(Bus& bus, std::size_t count, State state) : state_(state) {
    const auto carriage = state == State::lasting ? Carriage::lasting : Carriage::exchange;
    for (std::size_t i = 0; i < count; ++i) {
      clients_.push_back(std::make_unique<EngineClient>(bus, carriage));
      clients_.back()->subscribe("/many");
    }
  }

  /// Brings all of them to where they wait for the next message.
  void settle() {
    for (const auto& client : clients_) {
      if (state_ == State::parked && !client->park()) ++missed_;
      client->take_wakes();
    }
  }

  /// Has all of them take the message that was published, and counts those who do not find it.
  void collect() {
    for (const auto& client : clients_) {
      const bool woken = client->take_wakes() == 1;
      const auto got = state_ == State::away ? client->poll() : client->take();
      if (got != 1 || woken == (state_ == State::away)) ++missed_;
    }
  }

  std::size_t missed() const noexcept { return missed_; }

 private:
  const State state_;
  std::vector<std::unique_ptr<EngineClient>> clients_;
  std::size_t missed_ = 0;
};

/// Another thread, whose clients poll all the time. Only what overlaps with a publish is kept.
class Pollers final {
 public:
  /// Enough for every shard to have some.
  static constexpr std::size_t count = 64;

  explicit Pollers(Bus& bus) {
    for (std::size_t i = 0; i < count; ++i) {
      clients_.push_back(std::make_unique<EngineClient>(bus, Carriage::exchange));
    }
    thread_ = std::thread([this] { run(); });
  }
  ~Pollers() { stop(); }
  Pollers(const Pollers&) = delete;
  Pollers& operator=(const Pollers&) = delete;

  void set_publishing(bool on) noexcept { publishing_.store(on); }

  void stop() {
    ended_.store(true);
    if (thread_.joinable()) thread_.join();
  }

  /// Milliseconds of those during a publish, and of those without. After `stop`.
  const std::vector<double>& during() const noexcept { return during_; }
  const std::vector<double>& quiet() const noexcept { return quiet_; }

 private:
  void run() {
    for (std::size_t i = 0; !ended_.load(); i = (i + 1) % count) {
      const bool before = publishing_.load();
      const double time = nanoseconds_of([&] { clients_[i]->poll(); }) / 1e6;
      (before || publishing_.load() ? during_ : quiet_).push_back(time);
    }
  }

  std::vector<std::unique_ptr<EngineClient>> clients_;
  std::atomic<bool> publishing_{false};
  std::atomic<bool> ended_{false};
  std::vector<double> during_;
  std::vector<double> quiet_;
  std::thread thread_;
};

struct Result {
  double nanoseconds = 0;  ///< For each subscriber.
  double wait = 0;         ///< Of polls during a publish, at p99, in milliseconds.
  double wait_most = 0;
  double quiet_wait = 0;
  double polls = 0;
  std::size_t missed = 0;
};

Result measure(std::size_t count, State state, std::size_t rounds, bool with_pollers) {
  Bus bus(roomy_config());
  Subscribers subscribers(bus, count, state);
  const auto channel = bus.channel("/many");
  std::unique_ptr<Pollers> pollers = with_pollers ? std::make_unique<Pollers>(bus) : nullptr;
  std::vector<double> times;
  for (std::size_t round = 0; round < rounds; ++round) {
    subscribers.settle();
    if (pollers != nullptr) pollers->set_publishing(true);
    times.push_back(nanoseconds_of([&] { channel.publish({{"text", payload}}); }));
    if (pollers != nullptr) pollers->set_publishing(false);
    subscribers.collect();
  }
  Result result;
  result.nanoseconds = median(times) / static_cast<double>(count);
  result.missed = subscribers.missed();
  if (pollers != nullptr) {
    pollers->stop();
    result.wait = quantile(pollers->during(), 0.99);
    result.wait_most = quantile(pollers->during(), 1);
    result.quiet_wait = quantile(pollers->quiet(), 0.99);
    result.polls = static_cast<double>(pollers->during().size());
  }
  return result;
}

}  // namespace

/// The figure is for subscribers that are between two polls: what the bus does itself. Beside it stands what it costs
/// when each of them is woken too, which also touches its link and calls its carrier. Every message is taken before the
/// next is published.
std::vector<Row> measure_publish(const Scale& scale) {
  const auto count = scale.of(100'000);
  const std::size_t rounds = scale.quick ? 2 : 15;
  const auto away = measure(count, State::away, rounds, false);
  const auto lasting = measure(count, State::lasting, rounds, false);
  const auto parked = measure(count, State::parked, rounds, false);
  const auto busy = measure(count, State::away, 4 * rounds, true);
  const auto waking = measure(count, State::lasting, 4 * rounds, true);

  Row publish{"publish", "in-process publish to 100,000 subscribers, each", away.nanoseconds, "ns", 40};
  publish.beside = {{"subscribers", static_cast<double>(count)},
                    {"woken_lasting_ns", lasting.nanoseconds},
                    {"woken_parked_ns", parked.nanoseconds},
                    {"with_pollers_ns", busy.nanoseconds},
                    {"woken_lasting_with_pollers_ns", waking.nanoseconds}};
  Row wait{"poll_wait", "a poll of another thread meanwhile, p99", busy.wait, "ms", 0.3};
  wait.beside = {{"polls", busy.polls},
                 {"most_ms", busy.wait_most},
                 {"quiet_p99_ms", busy.quiet_wait},
                 {"woken_lasting_p99_ms", waking.wait},
                 {"woken_lasting_polls", waking.polls}};
  const auto missed = away.missed + lasting.missed + parked.missed + busy.missed + waking.missed;
  if (missed != 0) publish.wrong = "somebody missed a message, had it twice or was not woken";
  return {std::move(publish), std::move(wait)};
}

}  // namespace bayeux::bench
