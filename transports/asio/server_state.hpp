#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>

#include <bayeux/transports/asio_server.hpp>

#include "accept_loop.hpp"
#include "bus_timer.hpp"
#include "periodic_task.hpp"
#include "server_core.hpp"

namespace bayeux {

/// What stands behind an AsioServer. Handlers that wait in the io_context know it weakly, so that none of them
/// does anything once the server has gone.
class AsioServer::State final : public std::enable_shared_from_this<State> {
 public:
  /// With an io_context of its own where `io` is null.
  State(Bus& bus, asio::io_context* io);
  ~State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  /// Call it once, before anything else.
  ///
  /// Errors: throws std::system_error.
  void listen(AsioServerConfig config);
  void run();
  void reload_certificate();
  void stop();
  void drain(Milliseconds deadline);
  void stop_on_signals();
  void post(std::function<void()> task);
  void every(Milliseconds period, std::function<void()> task);

  /// Closes everything at once, while no thread runs the io_context.
  void close() noexcept;

  AsioServerStats stats() const;
  std::uint16_t port() const noexcept { return accept_loop_->port(); }
  http1::ServerCore& core() noexcept { return *core_; }

 private:
  template <class Function>
  void on_strand(Function function);
  std::function<void()> guarded(std::function<void()> task) const;
  void take(http1::Socket socket, const asio::ip::address& peer);
  void connection_gone();
  void work();
  void offer_metrics();
  void begin_stop();
  void wait_for_signal();
  void finish_if_empty();

  Bus& bus_;
  // Goes last: what waits in it holds connections, and these hold the core.
  const std::unique_ptr<asio::io_context> own_io_;
  asio::io_context& io_;
  std::shared_ptr<http1::ServerCore> core_;
  std::shared_ptr<http1::AcceptLoop> accept_loop_;
  std::shared_ptr<http1::BusTimer> bus_timer_;
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work_;
  std::optional<asio::steady_timer> stop_timer_;
  std::optional<asio::signal_set> signals_;
  bool signalled_ = false;  ///< The first signal has come. On the strand.

  std::mutex tasks_mutex_;
  std::vector<std::shared_ptr<http1::PeriodicTask>> tasks_;
};

}  // namespace bayeux
