// The reading half of HttpConversation.
#include <algorithm>
#include <utility>

#include "connection.hpp"
#include "http_conversation.hpp"
#include "request_rules.hpp"

namespace bayeux::http1 {
namespace {

/// What follows such a request belongs to the next protocol, if that is agreed on.
bool asks_for_change(const ParsedRequest& request) {
  return std::any_of(request.headers.begin(), request.headers.end(),
                     [](const HttpHeader& header) { return same_word(header.first, "upgrade"); });
}

}  // namespace

bool HttpConversation::full() const noexcept {
  const auto& config = connection_.core().config;
  std::size_t bytes = 0;
  for (const ParsedRequest& request : queue_) bytes += request.body.size();
  return queue_.size() + (busy() ? 1 : 0) > config.max_pipeline || bytes > config.gateway.max_body;
}

/// Beyond the bound the peer has to wait: what it sends stays in its own buffers. Behind a parked poll there is
/// some more room, because only reading tells that the peer has gone.
bool HttpConversation::wants_input() const noexcept {
  if (connection_.peer_done() || !rest_.empty()) return false;
  return lingering_ || exchange_ || (!refused_ && !full());
}

void HttpConversation::receive(std::string_view bytes) {
  if (!refused_) feed(bytes);
}

/// A peer that has gone while its poll is parked gets nothing; what it asked for otherwise is still answered,
/// because it may have closed its own direction only.
void HttpConversation::hung_up() {
  if (exchange_ || lingering_) connection_.close();
}

/// Splits what came in into requests, as far as there is room for them.
void HttpConversation::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (refused_) return;
    if (full() || changing_) break;
    if (!parser_) {
      const auto& config = connection_.core().config;
      parser_ = std::make_unique<RequestParser>(config.max_header, config.gateway.max_body);
    }
    bytes.remove_prefix(parser_->feed(bytes));
    if (parser_->stage() == RequestParser::Stage::expect) break;
    if (parser_->stage() != RequestParser::Stage::complete) continue;
    queue_.push_back(parser_->take());
    parser_.reset();
    refused_ = queue_.back().refusal != 0;
    changing_ = asks_for_change(queue_.back());
  }
  rest_.append(bytes);
}

}  // namespace bayeux::http1
