#pragma once

#include <string>
#include <string_view>

#include <bayeux/frame.hpp>

#include "websocket/frames/outbox.hpp"

namespace bayeux::websocket {

/// Puts a deflate stream (RFC 1951) together from parts, so that what many sockets receive in different company is
/// deflated once: texts that were deflated on their own, and stored blocks of what is too small for that. A part that
/// was deflated from a fresh state refers back to nothing before itself.
class DeflateJoin final {
 public:
  explicit DeflateJoin(Outbox& out) noexcept : out_(out) {}

  /// Adds bytes as they are.
  void store(std::string_view bytes) { stored_.append(bytes); }

  /// Adds what `deflated` made, which lives as long as `frame`. Between two of these something must be stored.
  void share(const Frame& frame, std::string_view deflated);

  /// Ends as `deflated` ends: 00 00 FF FF completes it.
  void finish();

 private:
  void flush_stored();

  Outbox& out_;
  std::string stored_;

  /// True where the header of a stored block has been written, and its length has not: so ends what `deflated` makes.
  bool open_ = false;
};

}  // namespace bayeux::websocket
