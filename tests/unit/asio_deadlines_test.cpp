#include "asio/deadlines.hpp"

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/catch.hpp"

using namespace bayeux;
using http1::Deadlines;
using http1::Wait;

namespace {

/// Waits, and notes when it is told that its time is over.
class Waiter final : public Deadlines::Entry, public std::enable_shared_from_this<Waiter> {
 public:
  Waiter(std::string its_name, std::vector<std::string>& told) : name_(std::move(its_name)), told_(told) {}

  void deadline_passed() override {
    if (Deadlines::passed(*this)) told_.push_back(name_);
  }

 private:
  std::shared_ptr<Entry> keep() noexcept override { return weak_from_this().lock(); }

  const std::string name_;
  std::vector<std::string>& told_;
};

/// Deadlines on an io_context of their own, with one length for each kind.
class Bench final {
 public:
  static constexpr Milliseconds shortest{60};

  Bench() {
    lengths.fill(Milliseconds{3'600'000});
    lengths[static_cast<std::size_t>(Wait::header)] = shortest;
    lengths[static_cast<std::size_t>(Wait::body)] = 4 * shortest;
    // More than once around the wheel, which takes 51 seconds.
    lengths[static_cast<std::size_t>(Wait::idle)] = Milliseconds{120'000};
    deadlines = std::make_shared<Deadlines>(io, lengths);
  }

  std::shared_ptr<Waiter> waiter(const std::string& name) { return std::make_shared<Waiter>(name, told); }

  /// Runs until so many were told, or nobody ever will be.
  void run_until(std::size_t count) {
    io.restart();
    while (told.size() < count && io.run_one() > 0) {
    }
  }

  asio::io_context io;
  Deadlines::Lengths lengths{};
  std::vector<std::string> told;
  std::shared_ptr<Deadlines> deadlines;
};

using Told = std::vector<std::string>;

}  // namespace

TEST_CASE("whoever waits too long is told, and not before", "[deadlines]") {
  Bench bench;
  const auto late = bench.waiter("late");
  const auto start = std::chrono::steady_clock::now();
  bench.deadlines->set(*late, Wait::header);
  bench.run_until(1);
  CHECK(bench.told == Told{"late"});
  CHECK(std::chrono::steady_clock::now() - start >= Bench::shortest);
}

TEST_CASE("a short wait that begins after a long one is over first", "[deadlines]") {
  Bench bench;
  const auto slow = bench.waiter("slow");
  const auto fast = bench.waiter("fast");
  const auto idle = bench.waiter("idle");
  bench.deadlines->set(*idle, Wait::idle);
  bench.deadlines->set(*slow, Wait::body);
  bench.deadlines->set(*fast, Wait::header);
  bench.run_until(2);
  CHECK(bench.told == Told{"fast", "slow"});
  bench.deadlines->remove(*idle);
}

TEST_CASE("a long wait in place of a short one is not cut short", "[deadlines]") {
  Bench bench;
  const auto prolonged = bench.waiter("prolonged");
  const auto start = std::chrono::steady_clock::now();
  bench.deadlines->set(*prolonged, Wait::header);
  bench.deadlines->set(*prolonged, Wait::body);
  bench.run_until(1);
  CHECK(bench.told == Told{"prolonged"});
  CHECK(std::chrono::steady_clock::now() - start >= 4 * Bench::shortest);
}

TEST_CASE("a short wait in place of a long one is over in its own time", "[deadlines]") {
  Bench bench;
  const auto hurried = bench.waiter("hurried");
  const auto slow = bench.waiter("slow");
  bench.deadlines->set(*slow, Wait::body);
  bench.deadlines->set(*hurried, Wait::idle);
  bench.io.poll();
  bench.deadlines->set(*hurried, Wait::header);
  bench.run_until(1);
  CHECK(bench.told == Told{"hurried"});
  bench.deadlines->remove(*slow);
}

TEST_CASE("a wait that ended tells nobody, and one that begins after it does", "[deadlines]") {
  Bench bench;
  const auto calm = bench.waiter("calm");
  const auto other = bench.waiter("other");
  bench.deadlines->set(*calm, Wait::header);
  bench.deadlines->set(*calm, Wait::nothing);
  bench.deadlines->set(*other, Wait::body);
  bench.run_until(1);
  CHECK(bench.told == Told{"other"});
  bench.deadlines->set(*calm, Wait::header);
  bench.run_until(2);
  CHECK(bench.told == Told{"other", "calm"});
}

TEST_CASE("with nobody who waits there is nothing to run", "[deadlines]") {
  Bench bench;
  {
    const auto gone = bench.waiter("gone");
    const auto removed = bench.waiter("removed");
    bench.deadlines->set(*gone, Wait::header);
    bench.deadlines->set(*removed, Wait::header);
    bench.deadlines->remove(*removed);
    bench.deadlines->remove(*gone);
  }
  bench.run_until(1);
  CHECK(bench.told.empty());
}

TEST_CASE("those who share a slot come and go without disturbing one another", "[deadlines]") {
  Bench bench;
  std::vector<std::shared_ptr<Waiter>> all;
  for (int i = 0; i < 100; ++i) {
    all.push_back(bench.waiter(std::to_string(i)));
    bench.deadlines->set(*all.back(), Wait::header);
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i % 3 == 0) bench.deadlines->remove(*all[i]);
    if (i % 3 == 1) bench.deadlines->set(*all[i], Wait::nothing);
  }
  bench.run_until(33);
  CHECK(bench.told.size() == 33);
  for (const auto& name : bench.told) CHECK(std::stoi(name) % 3 == 2);
}

TEST_CASE("waits begin and end on many threads, and none that lasts is missed", "[deadlines]") {
  Bench bench;
  std::vector<std::shared_ptr<Waiter>> all;
  for (int i = 0; i < 4; ++i) all.push_back(bench.waiter(std::to_string(i)));
  std::vector<std::thread> threads;
  const auto guard = asio::make_work_guard(bench.io);
  for (const auto& waiter : all) {
    threads.emplace_back([&bench, waiter] {
      const auto end = std::chrono::steady_clock::now() + 4 * Bench::shortest;
      // As a connection does, in the middle of whose waits the wheel turns.
      while (std::chrono::steady_clock::now() < end) {
        bench.deadlines->set(*waiter, Wait::header);
        bench.deadlines->set(*waiter, Wait::nothing);
        bench.deadlines->set(*waiter, Wait::body);
      }
      bench.deadlines->set(*waiter, Wait::header);
    });
  }
  bench.run_until(4);
  for (auto& thread : threads) thread.join();
  std::sort(bench.told.begin(), bench.told.end());
  CHECK(bench.told == Told{"0", "1", "2", "3"});
}
