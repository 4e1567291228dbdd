#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

/// A thread that does one piece of work after the other.
///
/// Threads: any, at once.
class Worker final {
 public:
  static constexpr std::size_t max_waiting = 100;

  Worker() : thread_([this] { work(); }) {}

  /// Finishes what is being done; what waits is dropped.
  ~Worker() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Does it soon; drops it when too much waits already. The task must not throw.
  void run(std::function<void()> task) {
    {
      const std::lock_guard lock(mutex_);
      if (tasks_.size() < max_waiting) tasks_.push_back(std::move(task));
    }
    changed_.notify_all();
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    while (!ending_) {
      if (tasks_.empty()) {
        changed_.wait(lock);
        continue;
      }
      auto task = std::exchange(tasks_.front(), nullptr);
      tasks_.pop_front();
      lock.unlock();
      task();
      task = nullptr;
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool ending_ = false;
  std::thread thread_;
};
