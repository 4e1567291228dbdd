#include "outgoing_message.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "websocket/frames/compression.hpp"
#include "websocket/frames/deflate_join.hpp"
#include "websocket/frames/frame_header.hpp"

namespace bayeux::websocket {
namespace {

using Forms = std::array<Frame::Form, 16>;

constexpr Frame::Form plain_form;
constexpr Forms compressed_forms;  ///< A whole frame, by window bits.
constexpr Forms segment_forms;     ///< What `segment` returns, by window bits.

constexpr std::size_t share_above = 1024;
constexpr std::size_t max_header = 10;

}  // namespace

void OutgoingMessage::write(std::span<const Frame> message, Outbox& out) const {
  if (message.empty()) return out.share({}, std::string_view("\x81\x02[]"));
  if (message.size() == 1) return write_lone(message.front(), out);
  Outbox parts;
  const bool compress =
      std::any_of(message.begin(), message.end(), [&](const Frame& f) { return worth_compressing(f); });
  compress ? write_compressed(message, parts) : write_plain(message, parts);
  out.splice(parts);
}

bool OutgoingMessage::worth_compressing(const Frame& frame) const noexcept {
  return window_bits_ != 0 && frame.size() > compress_above_;
}

void OutgoingMessage::write_lone(const Frame& frame, Outbox& out) const {
  const auto bytes = worth_compressing(frame)
                         ? frame.rendering(compressed_forms.at(static_cast<std::size_t>(window_bits_)),
                                           [&] { return compressed(frame); })
                         : frame.rendering(plain_form, [&] { return plain(frame); });
  out.share(frame, bytes);
}

std::string OutgoingMessage::plain(const Frame& frame) const {
  Counters::add(counters_.framed);
  const auto text = frame.text();
  std::string bytes;
  bytes.reserve(max_header + text.size() + 2);
  append_frame_header(bytes, FrameStart::text, text.size() + 2);
  return bytes.append("[").append(text).append("]");
}

std::string OutgoingMessage::compressed(const Frame& frame) const {
  Counters::add(counters_.deflated);
  const auto payload = deflated({"[", frame.text(), "]"}, window_bits_);
  // Random bytes in base64 and the like: nothing was won.
  if (payload.size() > frame.size()) return plain(frame);
  Counters::add(counters_.framed);
  std::string bytes;
  bytes.reserve(max_header + payload.size());
  append_frame_header(bytes, FrameStart::compressed_text, payload.size());
  return bytes.append(payload);
}

void OutgoingMessage::write_plain(std::span<const Frame> group, Outbox& out) const {
  Counters::add(counters_.framed);
  std::size_t size = group.size() + 1;
  std::size_t copied = max_header + size;
  for (const auto& frame : group) {
    size += frame.size();
    if (frame.size() <= share_above) copied += frame.size();
  }
  std::string own;
  own.reserve(copied);
  append_frame_header(own, FrameStart::text, size);
  char separator = '[';
  for (const auto& frame : group) {
    own.push_back(std::exchange(separator, ','));
    if (frame.size() <= share_above) {
      own.append(frame.text());
      continue;
    }
    out.own(std::exchange(own, {}));
    out.share(frame, frame.text());
  }
  out.own(std::move(own.append("]")));
}

void OutgoingMessage::write_compressed(std::span<const Frame> group, Outbox& out) const {
  Counters::add(counters_.framed);
  Outbox payload;
  DeflateJoin join(payload);
  std::string_view separator = "[";
  for (const auto& frame : group) {
    join.store(std::exchange(separator, ","));
    worth_compressing(frame) ? join.share(frame, segment(frame)) : join.store(frame.text());
  }
  join.store("]");
  join.finish();
  std::string header;
  append_frame_header(header, FrameStart::compressed_text, payload.size());
  out.own(std::move(header));
  out.splice(payload);
}

/// The text deflated on its own, to be joined to others.
std::string_view OutgoingMessage::segment(const Frame& frame) const {
  return frame.rendering(segment_forms.at(static_cast<std::size_t>(window_bits_)), [&] {
    Counters::add(counters_.deflated);
    return deflated({frame.text()}, window_bits_);
  });
}

}  // namespace bayeux::websocket
