// Whether a second thread helps.
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine_client.hpp"
#include "engine_row.hpp"
#include "engine_time.hpp"

namespace bayeux::bench {
namespace {

constexpr std::size_t rooms = 20;
constexpr std::size_t rooms_of_a_client = 5;

/// Whose the clients in a room are.
enum class Rooms { own, shared };

/// Publishes into its rooms, and takes for its own clients. Where rooms are shared, their neighbours there are another
/// thread's.
class Worker final {
 public:
  Worker(Bus& bus, std::size_t clients, std::size_t first_room, std::size_t its_rooms)
      : bus_(bus), first_room_(first_room), rooms_(its_rooms) {
    for (std::size_t i = 0; i < clients; ++i) {
      clients_.push_back(std::make_unique<EngineClient>(bus, Carriage::lasting));
      for (std::size_t j = 0; j < rooms_of_a_client; ++j) clients_.back()->subscribe(room(i + j));
    }
  }

  /// Goes on taking until nobody publishes any more; `publishers` is how many there are yet.
  void run(std::size_t publishes, std::atomic<std::size_t>& publishers) {
    for (std::size_t i = 0; i < publishes; ++i) {
      bus_.channel(room(i)).publish({{"number", i}});
      take();
    }
    publishers.fetch_sub(1);
    while (publishers.load() != 0) take();
    take();
  }

  std::uint64_t taken() const noexcept { return taken_; }

 private:
  std::string room(std::size_t number) const {
    return "/room/" + std::to_string((first_room_ + number % rooms_) % rooms);
  }

  /// Takes for those who were woken.
  void take() {
    for (const auto& client : clients_) {
      if (client->take_wakes() != 0) taken_ += client->take();
    }
  }

  Bus& bus_;
  const std::size_t first_room_;
  const std::size_t rooms_;
  std::vector<std::unique_ptr<EngineClient>> clients_;
  std::uint64_t taken_ = 0;
};

/// Runs `work(i)` on so many threads, which begin together, and gives nanoseconds.
template <class Work>
double time_of(std::size_t threads, Work work) {
  std::atomic<std::size_t> ready{0};
  std::vector<std::thread> running;
  const auto wait = [&] {
    ready.fetch_add(1);
    while (ready.load() <= threads) std::this_thread::yield();
  };
  for (std::size_t i = 0; i < threads; ++i) {
    running.emplace_back([&, i] {
      wait();
      work(i);
    });
  }
  while (ready.load() < threads) std::this_thread::yield();
  return nanoseconds_of([&] {
    ready.fetch_add(1);
    for (auto& thread : running) thread.join();
  });
}

struct Deliveries {
  double per_second = 0;
  bool complete = false;
};

/// The clients and the publishes are the same, however many threads share them.
Deliveries deliver(std::size_t threads, Rooms whose, std::size_t clients, std::size_t publishes) {
  Bus bus(roomy_config());
  std::vector<std::unique_ptr<Worker>> workers;
  const std::size_t share = rooms / threads;
  for (std::size_t i = 0; i < threads; ++i) {
    workers.push_back(std::make_unique<Worker>(bus, clients / threads, i * share, whose == Rooms::own ? share : rooms));
  }
  std::atomic<std::size_t> publishers{threads};
  const double time = time_of(threads, [&](std::size_t i) { workers[i]->run(publishes / threads, publishers); });
  std::uint64_t taken = 0;
  for (const auto& worker : workers) taken += worker->taken();
  const auto expected = publishes * clients * rooms_of_a_client / rooms;
  return {static_cast<double>(taken) / time * 1e9, taken == expected};
}

/// Arithmetic that touches no memory.
std::uint64_t calculate(std::size_t steps) {
  std::uint64_t value = steps;
  for (std::size_t i = 0; i < steps; ++i) value = value * 6364136223846793005U + (value >> 29U);
  return value;
}

/// Allocates, writes and frees, as a server does that makes messages.
std::uint64_t allocate(std::size_t steps) {
  std::vector<std::unique_ptr<std::string>> kept(4'096);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < steps; ++i) {
    auto& place = kept[i * 2'654'435'761U % kept.size()];
    if (place != nullptr) sum += static_cast<unsigned char>(place->back());
    place = std::make_unique<std::string>(40 + i % 160, static_cast<char>(i));
  }
  return sum;
}

/// How much more two threads do of what needs nothing of each other.
template <class Work>
double speed_up(std::size_t steps, Work work) {
  std::atomic<std::uint64_t> used{0};
  const auto run = [&](std::size_t) { used.fetch_add(work(steps)); };
  const double one = time_of(1, run);
  return 2 * one / time_of(2, run);
}

}  // namespace

/// Of several rounds, in each of which one thread, two, and what the machine gives take turns, the medians.
std::vector<Row> measure_threads(const Scale& scale) {
  const std::size_t clients = 400;
  const auto publishes = scale.of(60'000);
  const std::size_t rounds = scale.quick ? 1 : 9;
  std::vector<double> one;
  std::vector<double> two;
  std::vector<double> ratios;
  std::vector<double> shared;
  std::vector<double> arithmetic;
  std::vector<double> memory;
  bool complete = true;
  for (std::size_t round = 0; round < rounds; ++round) {
    const auto alone = deliver(1, Rooms::own, clients, publishes);
    const auto both = deliver(2, Rooms::own, clients, publishes);
    const auto mixed = deliver(2, Rooms::shared, clients, publishes);
    complete = complete && alone.complete && both.complete && mixed.complete;
    shared.push_back(mixed.per_second / alone.per_second);
    one.push_back(alone.per_second);
    two.push_back(both.per_second);
    ratios.push_back(both.per_second / alone.per_second);
    arithmetic.push_back(speed_up(scale.of(100'000'000), calculate));
    memory.push_back(speed_up(scale.of(4'000'000), allocate));
  }
  Row row{"threads", "two threads that publish and take against one, deliveries", median(ratios), "x", 1.7, true};
  row.beside = {{"one_per_second", median(one)},
                {"two_per_second", median(two)},
                {"in_shared_rooms", median(shared)},
                {"machine_arithmetic", median(arithmetic)},
                {"machine_allocation", median(memory)}};
  if (!complete) row.wrong = "a message was missed or came twice";
  return {std::move(row)};
}

}  // namespace bayeux::bench
