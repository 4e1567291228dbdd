#include "frame_stream.hpp"

#include <string>
#include <utility>

#include "websocket/frames/compression.hpp"
#include "websocket/frames/frame_header.hpp"
#include "websocket/frames/outgoing_message.hpp"
#include "websocket/frames/utf8.hpp"

namespace bayeux::websocket {
namespace {

constexpr std::uint16_t invalid_payload = 1007;
constexpr std::uint16_t too_large = 1009;
constexpr std::uint16_t internal_error = 1011;

}  // namespace

FrameStream::FrameStream(const Settings& settings, Counters& counters,
                         const std::optional<Compression>& compression) noexcept
    : settings_(settings),
      counters_(counters),
      window_bits_(compression ? static_cast<std::uint8_t>(compression->server_max_window_bits) : 0) {}

FrameStream::~FrameStream() = default;

std::string_view FrameStream::feed(std::string_view bytes, Receiver& receiver) {
  if (closed_ || bytes.empty()) return {};
  try {
    read(bytes, receiver);
    return closed_ ? std::string_view() : bytes;
  } catch (...) {
    closed_ = true;
    close(internal_error, {});
    throw;
  }
}

void FrameStream::read(std::string_view& bytes, Receiver& receiver) {
  if (reader_ == nullptr) {
    reader_ = FrameReader::acquire(settings_.max_message, window_bits_ != 0, settings_.keep_binary);
    if (closing_) reader_->discard();
  }
  bool handed_on = false;
  while (!bytes.empty() && !closed_ && !handed_on) {
    const auto event = reader_->read(bytes);
    handed_on = event == FrameReader::Event::text || event == FrameReader::Event::binary;
    handle(event, receiver);
  }
  if (closed_ || reader_->idle()) FrameReader::release(std::exchange(reader_, nullptr));
}

void FrameStream::handle(FrameReader::Event event, Receiver& receiver) {
  using Event = FrameReader::Event;
  switch (event) {
    case Event::none:
      return;
    case Event::text:
      return hand_on(receiver, false);
    case Event::binary:
      if (settings_.keep_binary) return hand_on(receiver, true);
      if (!closing_) receiver.binary({});
      return;
    case Event::ping:
      Counters::add(counters_.pings_in);
      if (!closing_) out_.append(reader_->reply());
      return;
    case Event::pong:
      return Counters::add(counters_.pongs_in);
    case Event::close:
      closed_ = true;
      if (std::exchange(closing_, true)) return;
      Counters::add(counters_.closed_by_peer);
      return out_.append(reader_->reply());
    case Event::error:
      return fail(reader_->error_code());
  }
}

void FrameStream::hand_on(Receiver& receiver, bool binary) {
  if (closing_) return;
  std::string inflated;
  std::string_view text = reader_->message();
  if (reader_->compressed()) {
    Counters::add(counters_.inflated);
    const auto result = inflate(text, settings_.max_message, inflated);
    if (result == Inflation::too_large) return fail(too_large);
    // RFC 7692 names no code for what cannot be inflated. Only now it can be seen whether it is UTF-8.
    if (result == Inflation::corrupt || (!binary && !is_utf8(inflated))) return fail(invalid_payload);
    text = inflated;
  }
  Counters::add(counters_.messages_in);
  binary ? receiver.binary(text) : receiver.text(text);
}

void FrameStream::fail(std::uint16_t code) {
  closed_ = true;
  if (!closing_) Counters::add(counters_.protocol_errors);
  close(code, {});
}

void FrameStream::send(std::span<const Frame> message) {
  if (closing_) return;
  OutgoingMessage(settings_.compress_above, window_bits_, counters_).write(message, out_);
  Counters::add(counters_.messages_out);
}

void FrameStream::ping() {
  if (closing_) return;
  std::string frame;
  append_frame_header(frame, FrameStart::ping, 0);
  out_.append(frame);
  Counters::add(counters_.pings_out);
}

void FrameStream::close(std::uint16_t code, std::string_view reason) {
  if (closing_) return;
  constexpr std::size_t code_size = 2;
  reason = utf8_prefix(reason, FrameHeader::max_control_payload - code_size);
  std::string frame;
  append_frame_header(frame, FrameStart::close, code_size + reason.size());
  frame.push_back(static_cast<char>(code >> 8));
  frame.push_back(static_cast<char>(code & 0xff));
  out_.append(frame.append(reason));
  closing_ = true;
  Counters::add(counters_.closed_by_us);
  if (reader_ != nullptr) reader_->discard();
}

}  // namespace bayeux::websocket
