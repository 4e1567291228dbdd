#pragma once

#include <atomic>
#include <memory>

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <asio/strand.hpp>

#include <bayeux/fwd.hpp>

#include "wake_queue.hpp"

namespace bayeux::http1 {

/// The clock of a bus: one timer that is set to what the bus is waiting for.
class BusTimer final : public std::enable_shared_from_this<BusTimer> {
 public:
  BusTimer(Bus& bus, asio::io_context& io, std::shared_ptr<WakeQueue> wakes);

  /// Begins to run the clock, and has the bus say when it is to go off earlier.
  void start();

  /// Ends it; the bus is not touched any more once this returns. On `strand()`, or when no thread runs it.
  void stop();

  /// Looks anew at what the bus is waiting for, soon. Threads: any.
  void alarm();

  const asio::strand<asio::io_context::executor_type>& strand() const noexcept { return strand_; }

 private:
  void set();
  void go_off();

  Bus* bus_;
  const std::shared_ptr<WakeQueue> wakes_;
  asio::strand<asio::io_context::executor_type> strand_;
  asio::steady_timer timer_;
  std::atomic<bool> alarmed_{false};
};

}  // namespace bayeux::http1
