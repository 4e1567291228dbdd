#include "websocket_conversation.hpp"

#include <array>
#include <span>
#include <utility>

#include <asio/buffer.hpp>

#include "connection.hpp"

namespace bayeux::http1 {
namespace {

/// As many as Asio hands to the system in one call.
constexpr std::size_t max_parts = 64;

/// Bytes of messages that are worked on before what answers to them is written.
constexpr std::size_t max_looked_at = 64 * 1024;

bool ends_with_reply(const WebSocketOutput& output) {
  const auto last = output.empty() ? std::span<const Frame>() : output.frames(output.size() - 1);
  return !last.empty() && last.back().kind() == Frame::Kind::reply;
}

}  // namespace

WebSocketConversation::WebSocketConversation(Connection& connection, std::shared_ptr<WebSocketShare> share,
                                             std::unique_ptr<WebSocketSession> session,
                                             const std::optional<websocket::Compression>& compression,
                                             std::string bytes)
    : connection_(connection),
      share_(std::move(share)),
      session_(std::move(session)),
      frames_(share_->settings, share_->counters, compression),
      room_(connection.core().input),
      unread_(std::move(bytes)) {
  ++share_->open;
}

WebSocketConversation::~WebSocketConversation() {
  --share_->open;
}

void WebSocketConversation::pump() {
  // It may have gone before this began, while a response before it was written.
  if (connection_.peer_done()) return connection_.close();
  for (;;) {
    // Nothing can be sent any more: what is queued may as well leave over another connection.
    if (frames_.closing()) session_->abort();
    if (!write()) return;
    looked_at_ = 0;
    if (std::exchange(more_, false)) {
      more_ = send();
    } else if (!unread_.empty() && may_look()) {
      look_at(std::exchange(unread_, {}));
    } else if (keep_input()) {
      break;
    }
  }
  if (frames_.closed()) return linger();
  update_deadline();
}

/// Says what stays for another turn. False when there is no room for it: the WebSocket is to be closed.
bool WebSocketConversation::keep_input() {
  if (room_.resize(frames_.half_size() + unread_.size()) || frames_.closing()) return true;
  Counters::add(connection_.core().counters.over_total_input);
  frames_.close(1013, "The server has no room for now");
  return false;
}

/// Writes what is under way. False when that has to wait for the peer.
bool WebSocketConversation::write() {
  // Of the thread: making them anew would cost as much as framing a message.
  thread_local std::array<std::string_view, max_parts> parts;
  thread_local std::array<asio::const_buffer, max_parts> buffers;
  while (!blocked_ && frames_.pending() > 0) {
    const std::size_t count = frames_.gather(parts);
    for (std::size_t i = 0; i < count; ++i) buffers[i] = asio::buffer(parts[i]);
    std::error_code error;
    frames_.sent(connection_.stream().write_some(std::span(buffers.data(), count), error));
    if (would_block(error)) {
      blocked_ = true;
      connection_.wait_writable();
    } else if (error) {
      return connection_.close(), false;
    }
  }
  return !blocked_;
}

void WebSocketConversation::writable() {
  blocked_ = false;
}

/// Takes what the bus has. False when there is no need to look again before the next wake.
bool WebSocketConversation::send() {
  if (frames_.closing()) return false;
  bool more = false;
  connection_.rearm();
  // Asking first whether there is anything would be a second search for the session, with its lock, for every event.
  const auto output = session_->take();
  if (!output.empty()) {
    for (std::size_t i = 0; i < output.size(); ++i) frames_.send(output.frames(i));
    // A session that ends says so, mostly in a reply; asking after every event would cost too much.
    look_ = ends_with_reply(output);
    more = look_ || !output.complete();
  } else if (std::exchange(look_, false)) {
    leaving_ = session_->finished();
  }
  if (const auto& close = session_->closing()) {
    frames_.close(close->code, close->reason);
  } else if (connection_.core().stopping) {
    frames_.close(1001, "The server stops");
  }
  return more || frames_.closing();
}

bool WebSocketConversation::wants_input() const noexcept {
  if (connection_.peer_done()) return false;
  return lingering_ || (frames_.pending() == 0 && unread_.empty() && !session_->congested());
}

void WebSocketConversation::receive(std::string_view bytes) {
  heard_ = true;
  if (!lingering_) look_at(bytes);
}

/// Behind a message that waits for a verdict others wait with the peer; and what answers to those before leaves first,
/// once they are so many bytes: a small frame can be a large message.
bool WebSocketConversation::may_look() const noexcept {
  return looked_at_ < max_looked_at && !session_->congested();
}

void WebSocketConversation::look_at(std::string_view bytes) {
  while (!bytes.empty() && (may_look() || frames_.closing())) bytes = frames_.feed(bytes, *this);
  unread_ = bytes;
}

void WebSocketConversation::text(std::string_view message) {
  looked_at_ += message.size();
  advanced_ = true;
  leaving_ = false;
  more_ = true;
  // What was said may have ended the session: a client that says goodbye is answered, and nobody wakes it after that.
  look_ = true;
  session_->receive(message);
}

void WebSocketConversation::binary(std::string_view) {
  more_ = true;
  session_->receive_binary();
}

void WebSocketConversation::expired() {
  if (connection_.deadline() != Wait::websocket) {
    if (connection_.deadline() == Wait::leave) return say_goodbye();
    return connection_.cut_off();
  }
  // While nothing is read, no answer to a ping is either.
  heard_ = heard_ || session_->congested();
  // Nothing came in since the ping.
  if (pinged_ && !heard_) return connection_.cut_off();
  look_ = more_ = true;
  pinged_ = !heard_;
  if (pinged_) frames_.ping();
  heard_ = false;
  connection_.set_deadline(Wait::nothing);
}

void WebSocketConversation::say_goodbye() {
  frames_.close(1000, "The session has ended");
}

/// What the bus has for it goes first: whoever is let go may be one of so many that his wake is still on its way.
void WebSocketConversation::stop() {
  more_ = true;
}

/// As HTTP does: closing at once while bytes are under way would reset the connection, and the peer could lose what was
/// written last (RFC 6455 section 7.1.1).
void WebSocketConversation::linger() {
  if (std::exchange(lingering_, true)) return;
  std::error_code error;
  connection_.stream().shutdown_send(error);
  if (error) return connection_.close();
  connection_.set_deadline(Wait::linger);
}

void WebSocketConversation::update_deadline() {
  if (frames_.closing()) return connection_.set_deadline(Wait::linger);
  if (frames_.half_read()) {
    // Each message has its time, however closely they follow on one another.
    if (std::exchange(advanced_, false)) connection_.set_deadline(Wait::nothing);
    return connection_.set_deadline(Wait::body);
  }
  connection_.set_deadline(leaving_ ? Wait::leave : Wait::websocket);
}

void WebSocketConversation::closed() noexcept {
  session_->abort();
}

}  // namespace bayeux::http1
