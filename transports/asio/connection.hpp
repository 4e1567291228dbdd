#pragma once

#include <memory>

#include <asio/ip/address.hpp>

#include "conversation.hpp"
#include "deadlines.hpp"
#include "server_core.hpp"
#include "stream.hpp"

namespace bayeux::http1 {

/// One connection of a peer: its bytes, its strand, its deadline, and the conversation that is held over it.
///
/// Everything happens on its strand. What is held while nothing is said is this object and its conversation: no buffer,
/// no timer.
class Connection final : public Deadlines::Entry, public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<ServerCore> core, Socket socket, const asio::ip::address& peer);
  ~Connection() override;

  /// Begins with HTTP.
  void start();

  /// Has it look at what the bus has for it. Threads: any.
  void woken();
  void deadline_passed() override;

  /// Ends it as soon as what is being answered is written; lets go of a parked poll. Threads: any.
  void stop();

  /// Ends it now. Threads: any.
  void kill();

  /// Ends it now. On its strand, or when no thread runs the io_context.
  void close();

  // For its conversation, on its strand.

  ServerCore& core() const noexcept { return *core_; }
  Stream& stream() noexcept { return stream_; }
  const asio::ip::address& peer() const noexcept { return peer_; }
  bool closed() const noexcept { return closed_; }

  /// The peer sends nothing more.
  bool peer_done() const noexcept { return peer_done_; }

  /// What the bus wakes to have this connection look again.
  const std::shared_ptr<WakeCarrier>& carrier();

  /// Reads what has come in and was not noticed yet: a peer may have hung up.
  void read();

  /// Waits until there is room for output.
  void wait_writable();

  /// Starts a wait. One of that kind which is under way goes on, except the one for room, which begins anew.
  void set_deadline(Wait wait);
  Wait deadline() const noexcept { return wait_; }

  /// Goes on with another conversation, as soon as the present one returns from `pump`.
  void converse(std::unique_ptr<Conversation> next) { next_ = std::move(next); }

 private:
  std::shared_ptr<Entry> keep() noexcept override { return weak_from_this().lock(); }

  template <class Function>
  void on_strand(Function function);

  /// Runs what a handler has to do, unless the connection is closed; closes it when memory runs out.
  template <class Function>
  void guarded(Function function) noexcept {
    try {
      if (!closed_) function();
    } catch (...) {
      close();
    }
  }

  void pump();
  void wait_readable();
  void read_soon();
  void refuse_plain_http();

  const std::shared_ptr<ServerCore> core_;
  Stream stream_;
  const asio::ip::address peer_;
  std::shared_ptr<WakeCarrier> carrier_;
  std::unique_ptr<Conversation> conversation_;
  std::unique_ptr<Conversation> next_;

  Wait wait_ = Wait::nothing;
  bool peer_done_ = false;
  bool reading_ = false;    ///< A wait for input is under way.
  bool rereading_ = false;  ///< A turn to read what TLS holds is under way.
  bool writing_ = false;    ///< A wait for room is under way.
  bool closed_ = false;
};

}  // namespace bayeux::http1
