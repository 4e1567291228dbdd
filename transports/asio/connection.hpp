#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

#include <asio/ip/address.hpp>

#include <bayeux/transport.hpp>

#include "conversation.hpp"
#include "deadlines.hpp"
#include "peer_addresses.hpp"
#include "server_core.hpp"
#include "stream.hpp"

namespace bayeux::http1 {

/// One connection of a peer: its bytes, its deadline, and the conversation that is held over it.
///
/// Everything happens in its turns, one at a time: whoever has a reason for one gives it, and the first of them takes
/// the turn on his thread for all who come meanwhile. What is held while nothing is said is this object and its
/// conversation: no buffer, no timer, no strand.
class Connection final : public Carrier, public Deadlines::Entry, public std::enable_shared_from_this<Connection> {
 public:
  /// Why there is a turn: one or more of these.
  using Reasons = unsigned;
  static constexpr Reasons readable = 1;    ///< There is input.
  static constexpr Reasons ending = 2;      ///< The last of it is coming in, or an error.
  static constexpr Reasons writable = 4;    ///< There is room for output.
  static constexpr Reasons woken = 8;       ///< The bus may have something for it.
  static constexpr Reasons expired = 16;    ///< A deadline has passed.
  static constexpr Reasons rereading = 32;  ///< There may be more input, of which nobody else tells.
  static constexpr Reasons stopping = 64;   ///< It is to end as soon as what is being answered is written.
  static constexpr Reasons corked = 128;    ///< What it writes in this turn is held back.
  static constexpr Reasons uncorked = 256;  ///< What was held back may leave.
  static constexpr Reasons killed = 512;    ///< It is to end now.

  Connection(std::shared_ptr<ServerCore> core, Socket socket, const asio::ip::address& peer,
             PeerAddresses::Place place);
  ~Connection() override;

  /// Begins with HTTP.
  ///
  /// Errors: throws std::system_error when the system cannot watch the socket.
  void start();

  /// Threads: those of the server.
  void tell(Reasons reasons) noexcept;

  /// What the bus does when it has something: `woken` follows on a thread of the server. Threads: any.
  void wake() noexcept override;
  void deadline_passed() override { tell(expired); }

  /// Ends it now. In its turn, or when no thread runs the io_context.
  void close() noexcept;

  /// Ends it now because its wait is over, and counts that. In its turn.
  void cut_off() noexcept;

  /// Its place in the set of its server.
  std::size_t slot() const noexcept { return slot_; }
  void set_slot(std::size_t slot) noexcept { slot_ = slot; }

  // For its conversation, in its turn.

  ServerCore& core() const noexcept { return *core_; }
  Stream& stream() noexcept { return stream_; }
  const asio::ip::address& peer() const noexcept { return peer_; }
  bool closed() const noexcept { return closed_; }

  /// The peer sends nothing more.
  bool peer_done() const noexcept { return peer_done_; }

  /// Lets the next wake through. Call it before looking at what there is, so that none is lost.
  void rearm() noexcept { woken_ = false; }

  /// Waits until there is room for output.
  void wait_writable();

  /// Starts a wait. One of that kind which is under way goes on, except the one for room, which begins anew.
  void set_deadline(Wait wait);
  Wait deadline() const noexcept { return wait_; }

  /// Goes on with another conversation, as soon as the present one returns from `pump`.
  void converse(std::unique_ptr<Conversation> next) { next_ = std::move(next); }

 private:
  /// Set while somebody takes a turn.
  static constexpr Reasons busy = 1u << 31;

  std::shared_ptr<Entry> keep() noexcept override { return weak_from_this().lock(); }

  void take_turn(Reasons reasons) noexcept;
  void consider(Reasons reasons);
  bool wants_input() const noexcept;
  void read();
  void pump();
  void read_on();
  void fail_handshake(const std::error_code& error);

  const std::shared_ptr<ServerCore> core_;
  Stream stream_;
  const asio::ip::address peer_;
  PeerAddresses::Place place_;
  std::unique_ptr<Conversation> conversation_;
  std::unique_ptr<Conversation> next_;
  std::size_t slot_ = 0;

  std::atomic<Reasons> reasons_{0};
  std::atomic<bool> woken_{false};  ///< A wake is on its way.

  Wait wait_ = Wait::nothing;
  bool readable_ = false;  ///< Reading may give something.
  bool ending_ = false;    ///< Reading gives an end, behind what there is.
  bool peer_done_ = false;
  bool reading_ = false;    ///< A wait for input is under way.
  bool rereading_ = false;  ///< A turn to read on is under way.
  bool writing_ = false;    ///< A wait for room is under way.
  bool held_back_ = false;  ///< Something is to be written as soon as it may be.
  bool closed_ = false;
};

}  // namespace bayeux::http1
