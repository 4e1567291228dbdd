#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <bayeux/bayeux.hpp>

namespace bayeux::test {

/// The seed of this run: BAYEUX_SEED, or a new one. It is printed, so that a failure can be tried again.
std::uint32_t seed();

/// Ends the program, with the name of the test, when that takes minutes: whatever hung must not hang the machine.
class Watchdog final {
 public:
  explicit Watchdog(std::string what);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable done_;
  bool over_ = false;
  std::thread thread_;
};

/// Threads that are joined at the end of a scope, each with random numbers of its own.
class Crowd final {
 public:
  using Random = std::mt19937;

  explicit Crowd(std::uint32_t first_seed) : next_seed_(first_seed) {}
  ~Crowd() { join(); }

  template <class Work>
  void add(Work work) {
    threads_.emplace_back([work = std::move(work), random = Random(next_seed_++)]() mutable { work(random); });
  }

  void join() {
    for (auto& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  std::uint32_t next_seed_;
  std::vector<std::thread> threads_;
};

/// A number from 0 to `most`.
inline int up_to(Crowd::Random& random, int most) {
  return std::uniform_int_distribution<int>(0, most)(random);
}

/// Lets a thread sleep until it is woken.
class WaitingCarrier final : public Carrier {
 public:
  void wake() noexcept override {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return woken_; });
    woken_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;
};

/// A client that one thread uses: requests over links of their own, or all of them over a lasting one.
class Customer final {
 public:
  explicit Customer(Bus& bus, bool duplex = false) : bus_(bus), duplex_(duplex) {}

  const std::string& id() const noexcept { return id_; }

  /// Shakes hands; false when there is no session afterwards. One that acknowledges does so by its connects.
  bool shake_hands(bool acknowledges = false);

  /// Sends one message and gives its reply; events that come along are kept for `events`.
  Json ask(std::string_view channel, std::string_view more = {});

  /// The first connect, which is answered at once.
  Json connect();

  /// Waits until something comes: an event, or the end of a held connect, which is held for `timeout` (0: as long as
  /// the bus likes). Over an exchange this is one connect.
  void listen(Milliseconds timeout = Milliseconds(0));

  /// Begins a connect and hangs up on it, before or after there was something to take.
  void hang_up_on_connect();

  /// The lasting connection breaks.
  void hang_up() {
    link_.reset();
    connect_id_ = 0;
  }

  /// Takes all that waits, however many responses that needs.
  void drain();

  /// What has come so far, in order.
  std::vector<Json> events() { return std::exchange(events_, {}); }

 private:
  std::unique_ptr<Link> send(std::string_view text);
  void take(Link& link);
  std::string message(std::string_view channel, std::string_view more);

  Bus& bus_;
  const bool duplex_;
  std::shared_ptr<WaitingCarrier> carrier_;
  std::unique_ptr<Link> link_;
  std::string id_;
  std::uint64_t last_id_ = 0;
  std::uint64_t connect_id_ = 0;
  bool acknowledges_ = false;
  std::int64_t acknowledged_ = 0;
  Json reply_;
  std::vector<Json> events_;
};

}  // namespace bayeux::test
