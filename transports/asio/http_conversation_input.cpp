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
  return std::any_of(request.http.headers.begin(), request.http.headers.end(),
                     [](const Request::Header& header) { return same_word(header.first, "upgrade"); });
}

bool is_complete(const RequestParser& parser) noexcept {
  return parser && parser.stage() == RequestParser::Stage::complete;
}

}  // namespace

bool HttpConversation::full() const noexcept {
  const auto& config = connection_.core().config;
  std::size_t bytes = 0;
  std::size_t requests = busy() ? 1 : 0;
  const auto count = [&](const RequestParser& parser) {
    ++requests;
    bytes += parser.request().http.body.size();
  };
  if (behind_) std::for_each(behind_->queue.begin(), behind_->queue.end(), count);
  if (is_complete(parser_)) count(parser_);
  return requests > config.max_pipeline || bytes > config.gateway.max_body;
}

HttpConversation::Behind& HttpConversation::behind() {
  if (!behind_) behind_ = std::make_unique<Behind>();
  return *behind_;
}

/// True when there is a complete request.
bool HttpConversation::has_request() const noexcept {
  return (behind_ && !behind_->queue.empty()) || is_complete(parser_);
}

RequestParser HttpConversation::next_request() {
  if (!behind_ || behind_->queue.empty()) return std::move(parser_);
  auto& queue = behind_->queue;
  RequestParser next = std::move(queue.front());
  queue.erase(queue.begin());
  if (queue.empty() && behind_->rest.empty()) behind_.reset();
  return next;
}

std::string HttpConversation::take_rest() {
  std::string rest;
  if (!behind_) return rest;
  rest.swap(behind_->rest);
  if (behind_->queue.empty()) behind_.reset();
  return rest;
}

/// Beyond the bound the peer has to wait: what it sends stays in its own buffers. Behind a parked poll there is
/// some more room, because only reading tells that the peer has gone.
bool HttpConversation::wants_input() const noexcept {
  if (connection_.peer_done() || (behind_ && !behind_->rest.empty())) return false;
  return lingering_ || exchange_ || (!refused_ && !full());
}

void HttpConversation::receive(std::string_view bytes) {
  if (refused_) return;
  feed(bytes);
  if (behind_ && !behind_->rest.empty() && full()) Counters::add(connection_.core().counters.held_back);
}

/// A peer that has gone while its poll is parked gets nothing; what it asked for otherwise is still answered,
/// because it may have closed its own direction only.
void HttpConversation::hung_up() {
  if (exchange_ || lingering_) connection_.close();
}

RequestParser HttpConversation::new_parser() const {
  const auto& config = connection_.core().config;
  return RequestParser({config.max_header, config.max_header_fields, config.gateway.max_body});
}

std::size_t HttpConversation::input_size() const noexcept {
  std::size_t size = parser_ ? parser_.size() : 0;
  if (!behind_) return size;
  for (const RequestParser& parser : behind_->queue) size += parser.size();
  return size + behind_->rest.size();
}

/// Says what stays for another turn. False when there is no room for it: the last request is to be answered with that,
/// and what came in of it has gone.
bool HttpConversation::keep_input() {
  if (connection_.closed() || changed_ || room_.resize(input_size()) || !parser_) return true;
  parser_ = new_parser();
  parser_.refuse(503);
  refused_ = true;
  if (behind_) behind_->rest.clear();
  return false;
}

/// Splits what came in into requests, as far as there is room for them.
void HttpConversation::feed(std::string_view bytes) {
  while (!bytes.empty() && !refused_) {
    if (full() || changing_) break;
    if (is_complete(parser_)) behind().queue.push_back(std::move(parser_));
    if (!parser_) parser_ = new_parser();
    bytes.remove_prefix(parser_.feed(bytes));
    if (parser_.stage() == RequestParser::Stage::expect) break;
    if (parser_.stage() != RequestParser::Stage::complete) continue;
    refused_ = parser_.request().refusal != 0;
    changing_ = asks_for_change(parser_.request());
  }
  if (!bytes.empty() && !refused_) behind().rest.append(bytes);
}

}  // namespace bayeux::http1
