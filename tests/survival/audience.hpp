#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "clients.hpp"

namespace bayeux::test {

/// Clients over WebSocket that stay, and one that publishes to them all the time, in a thread of their own. When it
/// publishes does not depend on what the server does, and latencies count from the time at which it was to publish: a
/// server that is late with one message is late with all that were to come meanwhile.
class Audience final {
 public:
  using Clock = std::chrono::steady_clock;

  Audience(std::uint16_t port, std::size_t size, std::chrono::milliseconds period);
  ~Audience();
  Audience(const Audience&) = delete;
  Audience& operator=(const Audience&) = delete;

  /// Ends it, when all that was published has arrived or some seconds have passed.
  void stop();

  /// Milliseconds from publishing until a client had it, for what was published in that time; growing.
  std::vector<double> latencies(Clock::time_point from, Clock::time_point to) const;

  /// What was published, and how often one of the clients got something else than what was next for it. After `stop`.
  std::uint64_t published() const noexcept { return published_; }
  std::uint64_t out_of_order() const noexcept { return out_of_order_; }

  /// True when each client has got everything. After `stop`.
  bool complete() const noexcept;

 private:
  struct Listener {
    std::unique_ptr<SocketClient> client;
    std::uint64_t heard = 0;
  };
  struct Sample {
    Clock::time_point published;
    double milliseconds;
  };

  void work();
  void publish();
  void listen(Listener& listener);

  const std::chrono::milliseconds period_;
  std::unique_ptr<SocketClient> publisher_;
  std::vector<Listener> listeners_;
  Clock::time_point next_;
  std::uint64_t published_ = 0;
  std::uint64_t out_of_order_ = 0;
  mutable std::mutex mutex_;
  std::vector<Sample> samples_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

/// The value below which that part of all is.
double percentile(const std::vector<double>& growing, double part);

}  // namespace bayeux::test
