// The reading half of Connection.
#include <array>
#include <utility>

#include "connection.hpp"

namespace bayeux::http1 {

namespace {

/// Shared by all connections of a thread: what was read is looked at before anything else happens.
std::array<char, 64 * 1024>& scratch() {
  thread_local std::array<char, 64 * 1024> bytes;
  return bytes;
}

}  // namespace

bool Connection::full() const noexcept {
  std::size_t bytes = 0;
  for (const ParsedRequest& request : queue_) bytes += request.body.size();
  return queue_.size() + (busy() ? 1 : 0) > core_->config.max_pipeline || bytes > core_->config.gateway.max_body;
}

/// Beyond the bound the peer has to wait: what it sends stays in its own buffers. Behind a parked poll there is
/// some more room, because only reading tells that the peer has gone.
bool Connection::wants_input() const noexcept {
  if (peer_done_ || !rest_.empty()) return false;
  return lingering_ || exchange_ || (!refused_ && !full());
}

void Connection::wait_readable() {
  if (std::exchange(reading_, true)) return;
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](std::error_code error) {
    self->reading_ = false;
    self->guarded([&] {
      if (error) return self->close();
      self->read();
      self->pump();
    });
  });
}

void Connection::read() {
  auto& bytes = scratch();
  std::error_code error;
  const std::size_t size = socket_.read_some(asio::buffer(bytes), error);
  if (error == asio::error::would_block || error == asio::error::try_again) return;
  if (error == asio::error::eof) return hung_up();
  if (error) return close();
  if (!refused_) feed(std::string_view(bytes.data(), size));
}

/// A peer that has gone while its poll is parked gets nothing; what it asked for otherwise is still answered,
/// because it may have closed its own direction only.
void Connection::hung_up() {
  peer_done_ = true;
  if (exchange_ || lingering_) close();
}

/// Splits what came in into requests, as far as there is room for them.
void Connection::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (refused_) return;
    if (full()) break;
    if (!parser_) {
      parser_ = std::make_unique<RequestParser>(core_->config.max_header, core_->config.gateway.max_body);
    }
    bytes.remove_prefix(parser_->feed(bytes));
    if (parser_->stage() == RequestParser::Stage::expect) break;
    if (parser_->stage() != RequestParser::Stage::complete) continue;
    queue_.push_back(parser_->take());
    parser_.reset();
    refused_ = queue_.back().refusal != 0;
  }
  rest_.append(bytes);
}

}  // namespace bayeux::http1
