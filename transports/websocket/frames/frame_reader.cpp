#include "frame_reader.hpp"

#include <wslay/wslay.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>
#include <new>
#include <utility>
#include <vector>

#include "websocket/frames/frame_header.hpp"

namespace bayeux::websocket {
namespace {

std::atomic<std::size_t> readers_alive{0};

std::vector<std::unique_ptr<FrameReader>>& pool_of_thread() {
  static thread_local std::vector<std::unique_ptr<FrameReader>> pool;
  return pool;
}

}  // namespace

/// What wslay calls. It is C: nothing may be thrown through it.
struct FrameReader::Callbacks {
  static ssize_t recv(wslay_event_context_ptr context, std::uint8_t* to, std::size_t size, int, void* self) {
    auto& slice = static_cast<FrameReader*>(self)->slice_;
    if (slice.empty()) {
      wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
      return -1;
    }
    const auto taken = std::min(size, slice.size());
    std::memcpy(to, slice.data(), taken);
    slice.remove_prefix(taken);
    return static_cast<ssize_t>(taken);
  }

  static ssize_t send(wslay_event_context_ptr, const std::uint8_t* from, std::size_t size, int, void* self) {
    auto& reader = *static_cast<FrameReader*>(self);
    const auto taken = std::min(size, reader.reply_.size() - reader.reply_size_);
    std::memcpy(reader.reply_.data() + reader.reply_size_, from, taken);
    reader.reply_size_ += taken;
    return static_cast<ssize_t>(taken);
  }

  static void begun(wslay_event_context_ptr, const wslay_event_on_frame_recv_start_arg* frame, void* self) {
    auto& reader = *static_cast<FrameReader*>(self);
    if (frame->opcode == WSLAY_BINARY_FRAME && !reader.keep_binary_) reader.event_ = Event::binary;
  }

  static void chunk(wslay_event_context_ptr, const wslay_event_on_frame_recv_chunk_arg* chunk, void* self) {
    auto& reader = *static_cast<FrameReader*>(self);
    // There is room for it, so this does not throw; but not for what control frames bring between two data frames.
    if (reader.left_ != 0 && reader.keeps()) {
      reader.message_.append(reinterpret_cast<const char*>(chunk->data), chunk->data_length);
    }
  }

  static void complete(wslay_event_context_ptr, const wslay_event_on_msg_recv_arg* message, void* self) {
    auto& reader = *static_cast<FrameReader*>(self);
    if (message->opcode == WSLAY_PING) reader.event_ = Event::ping;
    if (message->opcode == WSLAY_PONG) reader.event_ = Event::pong;
    if (message->opcode == WSLAY_CONNECTION_CLOSE) reader.event_ = Event::close;
    if (message->opcode == WSLAY_BINARY_FRAME && reader.keep_binary_) reader.event_ = Event::binary;
    if (message->opcode == WSLAY_TEXT_FRAME) reader.event_ = Event::text;
    reader.compressed_ = wslay_get_rsv1(message->rsv) != 0;
  }
};

FrameReader::FrameReader() {
  wslay_event_callbacks callbacks{};
  callbacks.recv_callback = Callbacks::recv;
  callbacks.send_callback = Callbacks::send;
  callbacks.on_frame_recv_start_callback = Callbacks::begun;
  callbacks.on_frame_recv_chunk_callback = Callbacks::chunk;
  callbacks.on_msg_recv_callback = Callbacks::complete;
  if (wslay_event_context_server_init(&context_, &callbacks, this) != 0) throw std::bad_alloc();
  wslay_event_config_set_no_buffering(context_, 1);
  // The limit of messages is seen to in `begin_frame`, before a byte is kept.
  wslay_event_config_set_max_recv_msg_length(context_, std::numeric_limits<std::int64_t>::max());
  readers_alive.fetch_add(1, std::memory_order_relaxed);
}

FrameReader::~FrameReader() {
  wslay_event_context_free(context_);
  readers_alive.fetch_sub(1, std::memory_order_relaxed);
}

std::size_t FrameReader::alive() noexcept {
  return readers_alive.load(std::memory_order_relaxed);
}

std::unique_ptr<FrameReader> FrameReader::acquire(std::size_t max_message, bool compression, bool keep_binary) {
  auto& pool = pool_of_thread();
  std::unique_ptr<FrameReader> reader;
  if (pool.empty()) {
    reader.reset(new FrameReader);
    pool.reserve(max_pooled);
  } else {
    reader = std::move(pool.back());
    pool.pop_back();
  }
  reader->max_message_ = max_message;
  reader->keep_ = true;
  reader->keep_binary_ = keep_binary;
  wslay_event_config_set_allowed_rsv_bits(reader->context_, compression ? WSLAY_RSV1_BIT : WSLAY_RSV_NONE);
  return reader;
}

void FrameReader::release(std::unique_ptr<FrameReader> reader) noexcept {
  auto& pool = pool_of_thread();
  if (!reader->reusable() || pool.size() >= std::min(max_pooled, pool.capacity())) return;
  if (reader->message_.capacity() > max_kept) reader->message_ = std::string();
  pool.push_back(std::move(reader));
}

bool FrameReader::reusable() const noexcept {
  return idle() && error_code_ == 0 && wslay_event_get_read_enabled(context_) != 0;
}

FrameReader::Event FrameReader::read(std::string_view& bytes) {
  event_ = Event::none;
  reply_size_ = 0;
  if (!keep_) message_ = std::string();
  if (left_ != 0) return read_payload(bytes);
  for (auto missing = wanted() - held_; missing != 0; missing = wanted() - held_) {
    if (bytes.empty()) return Event::none;
    const auto taken = std::min(missing, bytes.size());
    std::memcpy(held_bytes_.data() + held_, bytes.data(), taken);
    held_ += taken;
    bytes.remove_prefix(taken);
  }
  return begin_frame();
}

FrameReader::Event FrameReader::read_payload(std::string_view& bytes) {
  const auto slice = bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size())));
  const auto size = message_.size() + slice.size();
  // By what has come, not by what was announced; and doubling, because it may come in small pieces.
  if (keeps() && message_.capacity() < size) message_.reserve(std::max(size, 2 * message_.capacity()));
  bytes.remove_prefix(slice.size());
  const auto event = show(slice);
  left_ -= slice.size();
  return event;
}

/// How many bytes of a frame there must be before wslay is shown it.
std::size_t FrameReader::wanted() const noexcept {
  const std::string_view held(held_bytes_.data(), held_);
  if (held_ < FrameHeader::min_size) return FrameHeader::min_size;
  const auto size = FrameHeader::size_of(held);
  if (held_ < size) return size;
  const auto header = FrameHeader::read(held);
  const bool whole = header.control() && header.length <= FrameHeader::max_control_payload;
  return whole ? size + static_cast<std::size_t>(header.length) : size;
}

FrameReader::Event FrameReader::begin_frame() {
  const std::string_view held(held_bytes_.data(), std::exchange(held_, 0));
  const auto header = FrameHeader::read(held);
  if (header.control()) {
    // A close has a code, which takes two bytes, or nothing at all (RFC 6455 section 5.5.1).
    if (header.opcode == WSLAY_CONNECTION_CLOSE && header.length == 1) return fail(WSLAY_CODE_PROTOCOL_ERROR);
    return show(held);
  }
  if (!in_message_) {
    seen_ = 0;
    message_.clear();
    binary_ = header.opcode == WSLAY_BINARY_FRAME;
  }
  if (header.length > max_message_ - seen_) return fail(WSLAY_CODE_MESSAGE_TOO_BIG);
  const auto event = show(held);
  seen_ += header.length;
  left_ = header.length;
  in_message_ = !header.final;
  return event;
}

FrameReader::Event FrameReader::show(std::string_view slice) {
  slice_ = slice;
  while (!slice_.empty() && wslay_event_get_read_enabled(context_) != 0) {
    if (wslay_event_recv(context_) == WSLAY_ERR_NOMEM) throw std::bad_alloc();
  }
  if (wslay_event_want_write(context_) != 0) wslay_event_send(context_);
  if (wslay_event_get_read_enabled(context_) != 0 || event_ == Event::close) return event_;
  // wslay's own close says why: behind two bytes of header, two of code. It has none where the header was broken.
  constexpr std::size_t with_code = 4;
  if (reply_size_ < with_code) return fail(WSLAY_CODE_PROTOCOL_ERROR);
  return fail(
      static_cast<std::uint16_t>(static_cast<std::uint8_t>(reply_[2]) << 8 | static_cast<std::uint8_t>(reply_[3])));
}

FrameReader::Event FrameReader::fail(std::uint16_t code) noexcept {
  error_code_ = code;
  return Event::error;
}

}  // namespace bayeux::websocket
