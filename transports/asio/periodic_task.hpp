#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>

#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/strand.hpp>

#include <bayeux/clock.hpp>

namespace bayeux::http1 {

/// A task that runs again and again. It never runs twice at once.
class PeriodicTask final : public std::enable_shared_from_this<PeriodicTask> {
 public:
  /// The task must not throw.
  PeriodicTask(asio::io_context& io, Milliseconds period, std::function<void()> task)
      : period_(period), task_(std::move(task)), strand_(asio::make_strand(io)), timer_(strand_) {}

  /// Threads: any.
  void start() {
    asio::post(strand_, [self = shared_from_this()] {
      self->timer_.expires_after(self->period_);
      self->wait();
    });
  }

  /// Threads: any.
  void stop() {
    asio::post(strand_, [self = shared_from_this()] { self->end(); });
  }

  /// The same at once: on its strand, or when no thread runs it.
  void end() {
    stopped_ = true;
    timer_.cancel();
  }

 private:
  void wait() {
    if (stopped_) return;
    timer_.async_wait([self = shared_from_this()](std::error_code error) {
      if (error || self->stopped_) return;
      self->task_();
      // From the last expiry and not from now, so that a slow task does not make the period longer.
      const auto now = std::chrono::steady_clock::now();
      self->timer_.expires_at(std::max(self->timer_.expiry() + self->period_, now));
      self->wait();
    });
  }

  const Milliseconds period_;
  const std::function<void()> task_;
  asio::strand<asio::io_context::executor_type> strand_;
  asio::steady_timer timer_;
  bool stopped_ = false;
};

}  // namespace bayeux::http1
