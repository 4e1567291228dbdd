#pragma once

#include <atomic>
#include <cstdint>

namespace bayeux::websocket {

/// What the WebSockets of a server have done since it began. Threads: any.
struct Counters {
  using Count = std::atomic<std::uint64_t>;

  Count messages_in{0};   ///< Text messages that were handed on.
  Count messages_out{0};  ///< Messages that were given to be sent, one for each socket.

  /// How often a WebSocket frame was made of a message, and how often a message, or part of one, was deflated: once for
  /// a Bayeux message that goes alone to many sockets, however many they are.
  Count framed{0};
  Count deflated{0};

  Count inflated{0};         ///< Messages that came in compressed.
  Count pings_in{0};         ///< Each answered by a pong.
  Count pings_out{0};        ///< Sent by us.
  Count pongs_in{0};         ///< Answers to ours, and unasked ones.
  Count closed_by_us{0};     ///< We sent the first close, for whatever reason.
  Count closed_by_peer{0};   ///< The peer did.
  Count protocol_errors{0};  ///< Those of `closed_by_us` in which the peer broke a rule or a limit.

  static void add(Count& count) noexcept { count.fetch_add(1, std::memory_order_relaxed); }
};

}  // namespace bayeux::websocket
