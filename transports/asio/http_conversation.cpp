#include "http_conversation.hpp"

#include <array>
#include <utility>

#include <bayeux/log.hpp>

#include "connection.hpp"
#include "gzip.hpp"
#include "request_rules.hpp"

namespace bayeux::http1 {
namespace {

/// Asio leaves an address to inet_ntop, which goes through printf.
std::string text_of(const asio::ip::address& peer) {
  if (!peer.is_v4()) return peer.to_string();
  std::string text;
  for (const unsigned byte : peer.to_v4().to_bytes()) {
    if (!text.empty()) text += '.';
    text += std::to_string(byte);
  }
  return text;
}

}  // namespace

HttpConversation::HttpConversation(Connection& connection) : connection_(connection), room_(connection.core().input) {}

void HttpConversation::refuse(HttpResponse response) {
  keep_alive_ = false;
  refused_ = true;
  send(std::move(response));
}

void HttpConversation::stop() {
  keep_alive_ = false;
  if (has_request()) parser_ = {};
  behind_.reset();
  if (exchange_ && exchange_->ready()) pump();
  if (streaming_ && !connection_.closed()) stop_stream();
  if (!outgoing_ && !lingering_) connection_.close();
}

void HttpConversation::closed() noexcept {
  if (const auto exchange = std::move(exchange_)) exchange->abort();
  outgoing_.reset();
}

void HttpConversation::expired() {
  if (connection_.deadline() == Wait::stream) return ping_stream();
  if (connection_.deadline() != Wait::header && connection_.deadline() != Wait::body) return connection_.cut_off();
  // What was missing may have come in this very turn.
  if (!parser_ || parser_.stage() == RequestParser::Stage::complete) return;
  // Whoever began a request is told what was wrong (RFC 9110 section 15.5.9).
  connection_.core().counters.add(connection_.deadline());
  parser_.refuse(408);
  refused_ = true;
}

void HttpConversation::pump() {
  do {
    while (!connection_.closed() && !changed_ && step()) {
    }
  } while (!keep_input());
  if (!connection_.closed() && !changed_) update_deadline();
}

bool HttpConversation::step() {
  if (outgoing_ || lingering_) return false;
  if (exchange_) {
    connection_.rearm();
    if (!exchange_->ready()) {
      if (connection_.peer_done()) connection_.close();
      return false;
    }
    return take(), true;
  }
  if (!keep_alive_) return linger(), true;
  if (has_request()) return answer(next_request()), true;
  if (parser_ && parser_.stage() == RequestParser::Stage::expect) return send_continue(), true;
  if (behind_ && !refused_) {
    const std::string rest = take_rest();
    return feed(rest), true;
  }
  if (connection_.peer_done()) connection_.close();
  return false;
}

void HttpConversation::answer(RequestParser parser) {
  ParsedRequest& request = parser.request();
  connection_.set_deadline(Wait::nothing);
  keep_alive_ = request.keep_alive;
  head_only_ = request.is_head();
  http_1_0_ = request.http_1_0;
  // It is the last that was read.
  if (!has_request()) changing_ = false;
  if (request.refusal != 0) {
    connection_.core().counters.add(request);
    HttpResponse refusal = status_response(request.refusal);
    if (request.refusal == 503) refusal.headers.emplace_back("Retry-After", "1");
    return send(std::move(refusal));
  }

  const std::string address = text_of(connection_.peer());
  HttpRequest& given = request.http;
  // HTTP/1.0 knows no upgrade, and whoever passed that header on does not either (RFC 9110 section 7.8).
  if (http_1_0_)
    std::erase_if(given.headers, [](const Request::Header& header) { return same_word(header.first, "upgrade"); });
  accepts_gzip_ = accepts_gzip(given.headers);
  given.remote_address = address;
  given.tls = connection_.stream().encrypted();
  Answer answer = connection_.core().site->answer(given, connection_.shared_from_this());
  if (answer.change) return change(*answer.change);
  exchange_ = std::move(answer.later);
  if (exchange_) return;
  if (answer.now.file) return send(std::move(answer.now.response), std::move(answer.now.file));
  respond(std::move(answer.now.response));
}

void HttpConversation::take() {
  if (streaming_) {
    const auto part = exchange_->take_part();
    return send_part(part, !exchange_->streaming());
  }
  auto exchange = std::move(exchange_);
  auto response = exchange->take();
  if (!exchange->streaming()) return respond(std::move(response));
  exchange_ = std::move(exchange);
  begin_stream(std::move(response));
}

/// Sends what is no file, compressed where that is worth while.
void HttpConversation::respond(HttpResponse response) {
  if (!head_only_ && worth_gzip(response, connection_.core().config.gzip_above)) {
    vary_by_encoding(response);
    if (accepts_gzip_ && gzip(response)) Counters::add(connection_.core().counters.gzipped);
  }
  send(std::move(response));
}

/// What is answered in place of a response that cannot be sent. Nothing of it is shown: a peer may have made it.
HttpResponse HttpConversation::replace_unsendable() {
  ServerCore& core = connection_.core();
  Counters::add(core.counters.bad_responses);
  if (const auto& log = core.bus.config().log) {
    log->write(LogLevel::warning, "a response cannot be sent, for its status or a header: answered 500");
  }
  return status_response(500);
}

void HttpConversation::send(HttpResponse response, std::unique_ptr<FileBody> file) {
  if (!sendable(response)) {
    response = replace_unsendable();
    file.reset();
  }
  if (connection_.core().stopping || response.close) keep_alive_ = false;
  const auto persistence = !keep_alive_ ? Persistence::close
                           : http_1_0_  ? Persistence::keep_http_1_0
                                        : Persistence::keep;
  written(
      Outgoing::send(connection_.stream(), std::move(response), std::move(file), head_only_, persistence, outgoing_));
}

void HttpConversation::written(Outgoing::Progress progress) {
  switch (progress) {
    case Outgoing::Progress::done:
      return Outgoing::retire(std::move(outgoing_));
    case Outgoing::Progress::blocked:
      return connection_.wait_writable();
    case Outgoing::Progress::failed:
      return connection_.close();
  }
}

void HttpConversation::writable() {
  if (outgoing_) written(outgoing_->write(connection_.stream()));
}

void HttpConversation::change(ProtocolChange& change) {
  const std::string head = change.head();
  const std::array parts{asio::buffer(head)};
  std::error_code error;
  // So few bytes fit behind a response that was written completely; where they do not, the peer is not reading.
  if (connection_.stream().write_some(parts, error) != head.size()) return connection_.close();
  connection_.converse(change.begin(connection_, take_rest()));
  changed_ = true;
}

void HttpConversation::send_continue() {
  static constexpr std::string_view line = "HTTP/1.1 100 Continue\r\n\r\n";
  parser_.proceed();
  std::error_code error;
  // So few bytes fit behind a response that was written completely; where they do not, the peer is not reading.
  const std::array parts{asio::const_buffer(line.data(), line.size())};
  if (connection_.stream().write_some(parts, error) != line.size()) connection_.close();
}

/// Says that nothing follows, and reads on for a while: closing at once while bytes are under way would reset the
/// connection, and the peer could lose the response (RFC 9112 section 9.6).
void HttpConversation::linger() {
  if (connection_.peer_done() || (connection_.core().stopping && !refused_)) return connection_.close();
  std::error_code error;
  connection_.stream().shutdown_send(error);
  if (error) return connection_.close();
  lingering_ = true;
  refused_ = true;
  parser_ = {};
  behind_.reset();
}

void HttpConversation::update_deadline() {
  if (lingering_) return connection_.set_deadline(Wait::linger);
  if (outgoing_) return;
  if (exchange_) return connection_.set_deadline(streaming_ ? Wait::stream : Wait::nothing);
  if (!parser_ || !parser_.started()) return connection_.set_deadline(Wait::idle);
  connection_.set_deadline(parser_.stage() == RequestParser::Stage::headers ? Wait::header : Wait::body);
}

}  // namespace bayeux::http1
