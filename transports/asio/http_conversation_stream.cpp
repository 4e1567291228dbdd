// How HttpConversation sends a response that goes on.
#include <utility>

#include <fmt/format.h>

#include "connection.hpp"
#include "http_conversation.hpp"

namespace bayeux::http1 {
namespace {

constexpr std::string_view last_chunk = "0\r\n\r\n";

/// RFC 9112 section 7.1. A chunk without bytes would end the body.
std::string chunk(std::string_view part) {
  return part.empty() ? std::string() : fmt::format("{:x}\r\n{}\r\n", part.size(), part);
}

}  // namespace

void HttpConversation::begin_stream(HttpResponse response) {
  streaming_ = true;
  // HTTP/1.0 knows no chunks: there the body ends with the connection.
  if (http_1_0_ || connection_.core().stopping) keep_alive_ = false;
  std::string bytes;
  append_stream_head(bytes, response, !http_1_0_, keep_alive_ ? Persistence::keep : Persistence::close);
  bytes += http_1_0_ ? response.body : chunk(response.body);
  written(Outgoing::send(connection_.stream(), bytes, outgoing_));
}

/// Sends what follows. Nothing more is taken before it is written: what waits, waits in the queue of its client.
void HttpConversation::send_part(std::string_view part, bool last) {
  if (last) {
    exchange_.reset();
    streaming_ = false;
  }
  auto bytes = http_1_0_ ? std::string(part) : chunk(part);
  if (last && !http_1_0_) bytes += last_chunk;
  if (bytes.empty()) return;
  spoke_ = true;
  written(Outgoing::send(connection_.stream(), bytes, outgoing_));
}

void HttpConversation::ping_stream() {
  // That the wait is over is not looked at anew with every part, which would cost more than the part.
  connection_.set_deadline(Wait::nothing);
  if (!std::exchange(spoke_, false)) send_part(exchange_->keep_alive(), false);
  spoke_ = false;
}

/// What was not taken stays queued for the client, which opens the stream again elsewhere.
void HttpConversation::stop_stream() {
  if (!outgoing_) return send_part({}, true);
  exchange_.reset();
  streaming_ = false;
}

}  // namespace bayeux::http1
