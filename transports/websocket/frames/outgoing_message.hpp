#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <bayeux/frame.hpp>

#include "websocket/frames/counters.hpp"
#include "websocket/frames/outbox.hpp"

namespace bayeux::websocket {

/// Writes one WebSocket message, the JSON array of some Bayeux messages, for a peer with whom `window_bits` were
/// agreed; 0 for no compression.
///
/// A lone message leaves as a Frame::rendering of it, the whole WebSocket frame. In a group each socket has a header of
/// its own before texts that are shared: those of some size as they are, without copying, small ones copied together,
/// because a kilobyte is copied in less time than a further part takes in a gathering write, of which one write can
/// have no more than some dozens.
class OutgoingMessage final {
 public:
  OutgoingMessage(std::size_t compress_above, int window_bits, Counters& counters) noexcept
      : compress_above_(compress_above), window_bits_(window_bits), counters_(counters) {}

  /// Errors: throws std::bad_alloc; nothing was added to `out` then.
  void write(std::span<const Frame> message, Outbox& out) const;

 private:
  bool worth_compressing(const Frame& frame) const noexcept;
  void write_lone(const Frame& frame, Outbox& out) const;
  std::string plain(const Frame& frame) const;
  std::string compressed(const Frame& frame) const;
  void write_plain(std::span<const Frame> group, Outbox& out) const;
  void write_compressed(std::span<const Frame> group, Outbox& out) const;
  std::string_view segment(const Frame& frame) const;

  std::size_t compress_above_;
  int window_bits_;
  Counters& counters_;
};

}  // namespace bayeux::websocket
