#include <algorithm>
#include <utility>

#include <bayeux/bus.hpp>
#include <bayeux/error.hpp>
#include <bayeux/transport.hpp>
#include <bayeux/transports/websocket.hpp>

#include "events.hpp"
#include "http/text.hpp"
#include "kept_request.hpp"

namespace bayeux {
namespace {

/// Clients send `[]` to see whether anybody is there, and close the socket when nothing comes back.
bool is_empty_array(std::string_view text) {
  text = http::trim_json(text);
  return text.size() >= 2 && text.front() == '[' && text.back() == ']' &&
         http::trim_json(text.substr(1, text.size() - 2)).empty();
}

/// Where there is no message to answer, the socket is closed: its client would wait for ever.
WebSocketClose close_for(const std::error_code& error) {
  if (error == Errc::json_invalid) return {1007, "The message is not JSON"};
  if (error == Errc::messages_invalid) return {1007, "The message is not an array of messages"};
  if (error == Errc::messages_empty) return {1007, "The message is empty"};
  if (error == Errc::handshake_not_first) return {1007, "A handshake must come first"};
  if (error == Errc::messages_too_many) return {1009, "There are too many messages in one request"};
  if (error == Errc::bus_closed) return {1001, "The bus is closed"};
  return {1011, "The message failed"};
}

websocket::Event event_of(const WebSocketClose& close) {
  if (close.code == 1007) return websocket::Event::unreadable;
  return close.code == 1009 ? websocket::Event::too_many : websocket::Event::failure;
}

}  // namespace

WebSocketSession::WebSocketSession(std::unique_ptr<Link> link, std::unique_ptr<const websocket::KeptRequest> request,
                                   const Bus& bus, const WebSocketConfig& config, websocket::Events& events)
    : bus_(bus), config_(config), events_(events), request_(std::move(request)), link_(std::move(link)) {}

WebSocketSession::~WebSocketSession() = default;

void WebSocketSession::receive(std::string_view text) {
  if (closing_ || link_ == nullptr) return;
  if (is_empty_array(text)) {
    ++empty_answers_;
    return;
  }
  const auto error = link_->receive(text, request_ != nullptr ? request_->view() : Request{});
  if (!error) return;
  closing_ = close_for(error);
  events_.add(event_of(*closing_));
}

void WebSocketSession::receive_binary() {
  if (closing_) return;
  closing_ = {1003, "Only text is understood"};
  events_.add(websocket::Event::binary);
}

bool WebSocketSession::congested() const {
  return link_ != nullptr && link_->congested();
}

/// A peer that answers pings and never says who it is would stay for ever.
void WebSocketSession::look_at_clock() {
  if (closing_ || !link_->late()) return;
  closing_ = {1008, "No handshake came in time"};
  events_.add(websocket::Event::handshake_timeout);
}

bool WebSocketSession::ready() {
  if (link_ == nullptr) return false;
  const bool has_output = empty_answers_ > 0 || link_->ready();
  look_at_clock();
  return has_output;
}

WebSocketOutput WebSocketSession::take() {
  WebSocketOutput output;
  if (link_ == nullptr) return output;
  output.ends_.assign(std::exchange(empty_answers_, 0), 0);
  output.frames_ = link_->take(config_.max_take);
  look_at_clock();
  const auto& frames = output.frames_;
  const auto is_reply = [&](std::size_t i) { return frames[i].kind() == Frame::Kind::reply; };
  output.complete_ = !link_->more();
  const bool all_together = config_.grouped || link_->indivisible();
  for (std::size_t i = 1; i <= frames.size(); ++i) {
    // The replies to a request share a message in any case.
    const bool together = i < frames.size() && (all_together || (is_reply(i - 1) && is_reply(i)));
    if (!together) output.ends_.push_back(i);
  }
  if (!closing_ && leads_back()) closing_ = {1001, "The client is to go elsewhere"};
  return output;
}

/// True when its client is to go elsewhere, and would only come back here over a socket that stays.
bool WebSocketSession::leads_back() {
  return bus_.draining() && (link_->parts() || link_->finished());
}

bool WebSocketSession::finished() {
  return link_ == nullptr || link_->finished();
}

void WebSocketSession::abort() {
  link_.reset();
}

}  // namespace bayeux
