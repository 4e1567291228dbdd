#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <asio/io_context.hpp>

#include <bayeux/transport.hpp>

namespace bayeux::http1 {

class Connection;

/// The way from any thread of the program into the threads of a server. Connections that are woken together, as
/// one publish does with thousands, cross over together.
///
/// May outlive the server and its io_context: `close` is the end of the way.
///
/// Threads: any.
class WakeQueue final : public std::enable_shared_from_this<WakeQueue> {
 public:
  explicit WakeQueue(asio::io_context& io) : io_(&io) {}

  /// Has the connection look at its exchange, soon.
  void wake(std::weak_ptr<Connection> connection);

  /// Runs a task on a thread of the server; drops it when that has gone.
  void run(std::function<void()> task);

  /// Nothing crosses over any more, and nothing is on its way into the io_context, once this returns.
  void close();

 private:
  using Batch = std::vector<std::weak_ptr<Connection>>;

  void drain();
  void share_out(Batch& all);

  std::mutex mutex_;
  asio::io_context* io_;
  Batch waiting_;
};

/// What the bus holds of a connection that it answers later.
class WakeCarrier final : public Carrier {
 public:
  WakeCarrier(std::shared_ptr<WakeQueue> queue, std::weak_ptr<Connection> connection)
      : queue_(std::move(queue)), connection_(std::move(connection)) {}

  void wake() noexcept override;

  /// Lets the next wake through. Call it before looking at what there is, so that none is lost.
  void rearm() noexcept { woken_ = false; }

 private:
  const std::shared_ptr<WakeQueue> queue_;
  const std::weak_ptr<Connection> connection_;
  std::atomic<bool> woken_{false};
};

}  // namespace bayeux::http1
