#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "own_loop_poller.hpp"
#include "own_loop_request.hpp"

namespace own {

/// What is sent back. `fields` are lines with their line ends; the connection adds its own.
struct Response {
  int status = 200;
  std::string fields;
  std::string body;
  bool close = false;  ///< The connection ends behind it.
};

class Connection;

/// The answer that a request waits for, now or later. The handler keeps it for as long as it needs it.
///
/// Threads: that of the loop.
class Reply final {
 public:
  explicit Reply(std::weak_ptr<Connection> connection) : connection_(std::move(connection)) {}

  /// Once; nothing happens when the peer has gone.
  void send(const Response& response);

  /// What to do when the peer goes before it was answered. Let go of once it was answered.
  void on_hang_up(std::function<void()> function) { hung_up_ = std::move(function); }

 private:
  friend class Connection;

  std::weak_ptr<Connection> connection_;
  std::function<void()> hung_up_;
};

/// Answers a request by its Reply, at once or later.
using Handler = std::function<void(const Request& request, std::shared_ptr<Reply> reply)>;

/// One connection, which carries one request after the other: the next is looked at when the one before it has been
/// answered, and its answer written.
///
/// Threads: that of the loop.
class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  /// Takes the socket over.
  Connection(Poller& poller, std::uint64_t id, int socket, std::string peer, Limits limits, const Handler& handler);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// The system has something for it, or room.
  void turn(std::uint32_t events);

  /// Ends it; who waits for an answer hears that there is nobody to be answered.
  void hang_up();

  /// Nothing more can come of it. The loop is told of that by an event.
  bool is_finished() const { return finished_; }

  /// Whether the peer is owed nothing, and has said nothing since that time.
  bool is_idle_since(std::chrono::steady_clock::time_point time) const { return reply_ == nullptr && last_ < time; }

 private:
  friend class Reply;

  void listen();
  void work(std::uint32_t events);
  void read();
  void serve();
  void hand_over();
  void answer(const Response& response);
  void write();
  void say_goodbye();

  Poller& poller_;
  const std::uint64_t id_;
  const int socket_;
  const std::string peer_;
  const Handler& handler_;
  RequestReader reader_;
  std::string out_;
  std::shared_ptr<Reply> reply_;  ///< While a request waits for its answer.
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
  std::uint32_t listens_to_ = 0;
  bool keep_alive_ = true;
  bool body_wanted_ = true;  ///< Not with HEAD.
  bool serving_ = false;
  bool peer_is_done_ = false;
  bool leaving_ = false;  ///< All is said, and the peer has not hung up yet.
  bool finished_ = false;
};

}  // namespace own
