#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include <asio/io_context.hpp>

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

  /// Tells the connection that it was woken, soon.
  ///
  /// Errors: throws std::bad_alloc; the connection may be told all the same, with the next that is woken.
  void wake(std::shared_ptr<Connection> connection);

  /// Runs a task on a thread of the server; drops it when that has gone.
  void run(std::function<void()> task);

  /// Nothing crosses over any more, and nothing is on its way into the io_context, once this returns.
  void close();

 private:
  using Batch = std::vector<std::shared_ptr<Connection>>;

  void drain();
  void share_out(Batch& all);

  std::mutex mutex_;
  asio::io_context* io_;
  Batch waiting_;
  bool crossing_ = false;  ///< They are on their way into the io_context.
};

}  // namespace bayeux::http1
