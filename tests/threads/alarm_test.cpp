#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>

#include "support/catch.hpp"
#include "threads/crowd.hpp"

namespace bayeux::test {
namespace {

using namespace std::chrono_literals;

/// A loop as transports have one: it sleeps until the next deadline, and an alarm is all that can wake it earlier.
class Loop final {
 public:
  explicit Loop(Bus& bus) : bus_(bus) {
    bus_.set_alarm([this] { ring(); });
    thread_ = std::thread([this] { run(); });
  }
  ~Loop() {
    bus_.set_alarm({});
    stop_ = true;
    ring();
    thread_.join();
  }

 private:
  void ring() {
    const std::lock_guard lock(mutex_);
    rung_ = true;
    changed_.notify_all();
  }

  void run() {
    while (!stop_) {
      const auto deadline = bus_.next_deadline();
      {
        std::unique_lock lock(mutex_);
        const auto rung = [this] { return rung_; };
        if (deadline) {
          changed_.wait_until(lock, *deadline, rung);
        } else {
          changed_.wait(lock, rung);
        }
        rung_ = false;
      }
      bus_.run_due();
    }
  }

  Bus& bus_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool rung_ = false;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace

TEST_CASE("a loop that is woken by nothing but the alarm misses no deadline", "[threads]") {
  const std::size_t shards = GENERATE(std::size_t{1}, std::size_t{16});
  CAPTURE(seed(), shards);
  const Watchdog watchdog("a loop that is woken by nothing but the alarm");
  // Everything but the connects themselves lies so far ahead that a missed deadline is waited for in vain.
  Config config;
  config.shards = shards;
  config.timeout = std::chrono::hours(10);
  config.max_interval = std::chrono::hours(10);
  Bus bus(config);
  const Loop loop(bus);
  std::atomic<int> answered{0};
  {
    Crowd crowd(seed());
    for (int i = 0; i < 3; ++i) {
      crowd.add([&, i](Crowd::Random& random) {
        Customer client(bus, i == 2);
        client.shake_hands();
        client.connect();
        for (int round = 0; round < 150; ++round) {
          client.listen(std::chrono::milliseconds(1 + up_to(random, 3)));
          ++answered;
        }
      });
    }
  }
  CHECK(answered == 3 * 150);
}

}  // namespace bayeux::test
