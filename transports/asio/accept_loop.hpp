#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include <bayeux/transports/asio_server.hpp>

#include "counters.hpp"
#include "socket.hpp"

namespace bayeux::http1 {

/// Takes new connections in, as long as there is room. When the system has none to give (no more descriptors), it
/// waits a little and tries again.
///
/// Threads: the members, but the constructor, on `strand()`.
class AcceptLoop final : public std::enable_shared_from_this<AcceptLoop> {
 public:
  using Taker = std::function<void(Socket, const asio::ip::address&)>;
  using HasRoom = std::function<bool()>;

  /// Listens at once. `counters` must live until `close`.
  ///
  /// Errors: throws std::system_error.
  AcceptLoop(asio::io_context& io, const AsioServerConfig& config, HasRoom has_room, Taker taker, Counters& counters);

  const Strand& strand() const noexcept { return strand_; }
  std::uint16_t port() const noexcept { return port_; }

  /// True while it waits for room. Threads: any.
  bool wants_room() const noexcept { return wants_room_; }

  /// Begins, or goes on where it waits for room.
  void resume();

  void close();

 private:
  void wait();
  void take_in();
  bool take_one();
  void retry_later();

  Strand strand_;
  Acceptor acceptor_;
  asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Strand> pause_;
  const HasRoom has_room_;
  const Taker taker_;
  Counters& counters_;
  std::uint16_t port_ = 0;
  bool waiting_ = false;
  std::atomic<bool> wants_room_{false};
};

}  // namespace bayeux::http1
