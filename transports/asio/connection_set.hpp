#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace bayeux::http1 {

class Connection;

/// The open connections of a server, which it keeps alive: one that has no room for more input waits for nothing
/// but the bus.
///
/// Threads: any.
class ConnectionSet final {
 public:
  /// `on_removed` is called, without a lock, after one has gone.
  explicit ConnectionSet(std::function<void()> on_removed) : on_removed_(std::move(on_removed)) {}

  /// Gives it a place of its own, by which it is found.
  void add(std::shared_ptr<Connection> connection);
  void remove(Connection& connection);

  /// The one in that place; null when there is none.
  std::shared_ptr<Connection> at(std::size_t slot) const;

  std::size_t size() const noexcept { return size_; }

  /// All that are open now.
  std::vector<std::shared_ptr<Connection>> all() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Connection>> slots_;
  std::vector<std::size_t> free_;
  std::atomic<std::size_t> size_{0};
  const std::function<void()> on_removed_;
};

}  // namespace bayeux::http1
