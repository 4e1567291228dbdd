#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "own_loop_poller.hpp"

namespace own {

/// What other threads want the loop to do. Shared with them, since they may still post when the loop has ended.
///
/// Threads: any, at once.
class Inbox final {
 public:
  Inbox() {
    if (bell_ < 0) fail("eventfd");
  }
  ~Inbox() { ::close(bell_); }
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  /// Has that called on the thread of the loop, soon.
  void post(std::function<void()> task) {
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    ring();
  }

  /// Wakes the loop. May be called by a signal handler.
  void ring() noexcept {
    const std::uint64_t one = 1;
    // It fails only while the bell is ringing as loud as it can.
    [[maybe_unused]] const auto size = ::write(bell_, &one, sizeof one);
  }

  int bell() const { return bell_; }

  /// What was posted, in order; stops the bell.
  std::vector<std::function<void()>> take() {
    std::uint64_t rings = 0;
    [[maybe_unused]] const auto size = ::read(bell_, &rings, sizeof rings);
    const std::lock_guard lock(mutex_);
    return std::exchange(tasks_, {});
  }

 private:
  const int bell_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  std::mutex mutex_;
  std::vector<std::function<void()>> tasks_;
};

}  // namespace own
