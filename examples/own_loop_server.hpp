#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>

#include "own_loop_connection.hpp"
#include "own_loop_inbox.hpp"
#include "own_loop_poller.hpp"

namespace own {

using Time = std::chrono::steady_clock::time_point;

/// An HTTP server with an event loop of its own, on one thread. It knows nothing of a message bus.
class Server final {
 public:
  /// Listens on 127.0.0.1; port 0 is any that is free.
  Server(std::uint16_t port, Limits limits, Handler handler);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const { return port_; }

  /// Until `stop`, which any thread may call, and a signal handler.
  void run();
  void stop() noexcept;

  /// How other threads reach the loop.
  const std::shared_ptr<Inbox>& inbox() const { return inbox_; }

  /// A clock that the loop runs besides: `next` says when something is due, `run` does what is.
  void run_clock(std::function<std::optional<Time>()> next, std::function<void()> run);

 private:
  static constexpr std::uint64_t listener_id = 0;
  static constexpr std::uint64_t inbox_id = 1;

  void turn();
  int patience() const;
  void dispatch(const epoll_event& event);
  void accept();
  void listen(bool on);
  void drop_idle();

  const Limits limits_;
  const Handler handler_;
  const std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
  Poller poller_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  bool listening_ = true;
  std::atomic<bool> stopped_{false};
  std::function<std::optional<Time>()> next_due_ = [] { return std::nullopt; };
  std::function<void()> run_due_ = [] {};
  std::uint64_t last_id_ = inbox_id;
  std::unordered_map<std::uint64_t, std::shared_ptr<Connection>> connections_;
  Time next_sweep_ = std::chrono::steady_clock::now();
};

}  // namespace own
