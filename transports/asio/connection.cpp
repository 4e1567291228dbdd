#include "connection.hpp"

#include <utility>

#include <asio/dispatch.hpp>

namespace bayeux::http1 {
namespace {

/// A socket for both kinds of addresses says `::ffff:192.0.2.1`, which no list of a policy would hold.
asio::ip::address plain(const asio::ip::address& peer) {
  if (!peer.is_v6() || !peer.to_v6().is_v4_mapped()) return peer;
  return asio::ip::make_address_v4(asio::ip::v4_mapped, peer.to_v6());
}

}  // namespace

Connection::Connection(std::shared_ptr<ServerCore> core, Socket socket, asio::ip::address peer)
    : core_(std::move(core)), socket_(std::move(socket)), peer_(plain(peer)) {}

Connection::~Connection() {
  core_->deadlines->clear(*this);
}

template <class Function>
void Connection::on_strand(Function function) {
  asio::dispatch(socket_.get_executor(),
                 [self = shared_from_this(), function] { self->guarded([&] { function(*self); }); });
}

void Connection::start() {
  core_->connections.add(shared_from_this());
  on_strand([](Connection& self) {
    std::error_code error;
    self.socket_.non_blocking(true, error);
    self.socket_.set_option(asio::ip::tcp::no_delay(true), error);
    self.pump();
  });
}

void Connection::woken() {
  on_strand([](Connection& self) {
    // A peer may have hung up since the socket was last looked at: what is meant for it stays queued then.
    if (self.exchange_ && self.wants_input()) self.read();
    self.pump();
  });
}

void Connection::deadline_passed() {
  on_strand([](Connection& self) { self.expire(); });
}

void Connection::stop() {
  on_strand([](Connection& self) {
    self.keep_alive_ = false;
    self.queue_.clear();
    if (self.exchange_ && self.exchange_->ready()) self.pump();
    if (!self.outgoing_ && !self.lingering_) self.close();
  });
}

void Connection::kill() {
  on_strand([](Connection& self) { self.close(); });
}

void Connection::close() {
  if (closed_) return;
  closed_ = true;
  core_->deadlines->clear(*this);
  if (auto exchange = std::move(exchange_)) exchange->abort();
  outgoing_.reset();
  std::error_code error;
  socket_.close(error);
  core_->connections.remove(*this);
}

void Connection::expire() {
  if (!core_->deadlines->passed(*this)) return;
  if (wait_ != Wait::header && wait_ != Wait::body) return close();
  // Whoever began a request is told what was wrong (RFC 9110 section 15.5.9).
  ParsedRequest late;
  late.refusal = 408;
  parser_.reset();
  refused_ = true;
  queue_.push_back(std::move(late));
  pump();
}

/// Does all that can be done now, and waits for what is missing.
void Connection::pump() {
  while (!closed_ && step()) {
  }
  if (closed_) return;
  if (wants_input()) wait_readable();
  update_deadline();
}

bool Connection::step() {
  if (outgoing_ || lingering_) return false;
  if (exchange_) {
    carrier_->rearm();
    if (!exchange_->ready()) {
      if (peer_done_) close();
      return false;
    }
    const auto exchange = std::move(exchange_);
    return send(exchange->take()), true;
  }
  if (!keep_alive_) return linger(), true;
  if (!queue_.empty()) {
    ParsedRequest next = std::move(queue_.front());
    queue_.erase(queue_.begin());
    if (queue_.empty()) queue_ = {};
    return answer(std::move(next)), true;
  }
  if (parser_ && parser_->stage() == RequestParser::Stage::expect) return send_continue(), true;
  if (!rest_.empty() && !refused_) {
    const std::string rest = std::exchange(rest_, {});
    return feed(rest), true;
  }
  if (peer_done_) close();
  return false;
}

void Connection::answer(ParsedRequest request) {
  set_deadline(Wait::nothing);
  keep_alive_ = request.keep_alive;
  head_only_ = request.is_head();
  http_1_0_ = request.http_1_0;
  if (request.refusal != 0) return send(status_response(request.refusal));

  const std::string address = peer_.to_string();
  HttpRequest given;
  given.method = request.method;
  given.target = request.target;
  given.headers = std::move(request.headers);
  given.body = request.body;
  given.remote_address = address;
  if (!carrier_) carrier_ = std::make_shared<WakeCarrier>(core_->wakes, weak_from_this());
  Answer answer = core_->site->answer(given, carrier_);
  exchange_ = std::move(answer.later);
  if (!exchange_) send(std::move(answer.now.response), std::move(answer.now.file));
}

void Connection::send(HttpResponse response, std::unique_ptr<FileBody> file) {
  if (core_->stopping) keep_alive_ = false;
  const auto persistence = !keep_alive_ ? Persistence::close
                           : http_1_0_  ? Persistence::keep_http_1_0
                                        : Persistence::keep;
  outgoing_ = std::make_unique<Outgoing>(std::move(response), std::move(file), head_only_, persistence);
  flush();
}

void Connection::flush() {
  switch (outgoing_->write(socket_)) {
    case Outgoing::Progress::done:
      return outgoing_.reset();
    case Outgoing::Progress::blocked:
      return wait_writable();
    case Outgoing::Progress::failed:
      return close();
  }
}

void Connection::wait_writable() {
  // Every time the peer took something it has its time anew: a large file may be slow, but not stand still.
  set_deadline(Wait::write);
  if (std::exchange(writing_, true)) return;
  socket_.async_wait(Socket::wait_write, [self = shared_from_this()](std::error_code error) {
    self->writing_ = false;
    self->guarded([&] {
      if (error) return self->close();
      if (self->outgoing_) self->flush();
      self->pump();
    });
  });
}

void Connection::send_continue() {
  static constexpr std::string_view line = "HTTP/1.1 100 Continue\r\n\r\n";
  parser_->proceed();
  std::error_code error;
  // So few bytes fit behind a response that was written completely; where they do not, the peer is not reading.
  if (socket_.write_some(asio::buffer(line.data(), line.size()), error) != line.size()) close();
}

/// Says that nothing follows, and reads on for a while: closing at once while bytes are under way would reset the
/// connection, and the peer could lose the response (RFC 9112 section 9.6).
void Connection::linger() {
  if (peer_done_ || (core_->stopping && !refused_)) return close();
  std::error_code error;
  socket_.shutdown(Socket::shutdown_send, error);
  if (error) return close();
  lingering_ = true;
  refused_ = true;
  parser_.reset();
  queue_ = {};
  rest_ = {};
}

void Connection::update_deadline() {
  if (lingering_) return set_deadline(Wait::linger);
  if (outgoing_) return;
  if (exchange_) return set_deadline(Wait::nothing);
  if (!parser_ || !parser_->started()) return set_deadline(Wait::idle);
  set_deadline(parser_->stage() == RequestParser::Stage::headers ? Wait::header : Wait::body);
}

/// A wait that is under way goes on, except the one for room, which begins anew.
void Connection::set_deadline(Wait wait) {
  if (wait == wait_ && wait != Wait::write) return;
  wait_ = wait;
  core_->deadlines->set(*this, wait);
}

}  // namespace bayeux::http1
