#include "connection.hpp"

#include <array>
#include <string_view>
#include <utility>

#include <asio/dispatch.hpp>
#include <asio/post.hpp>

#include "http_conversation.hpp"
#include "response_head.hpp"

namespace bayeux::http1 {
namespace {

/// A socket for both kinds of addresses says `::ffff:192.0.2.1`, which no list of a policy would hold.
asio::ip::address plain(const asio::ip::address& peer) {
  if (!peer.is_v6() || !peer.to_v6().is_v4_mapped()) return peer;
  return asio::ip::make_address_v4(asio::ip::v4_mapped, peer.to_v6());
}

/// Shared by all connections of a thread: what was read is looked at before anything else happens.
std::array<char, 64 * 1024>& scratch() {
  thread_local std::array<char, 64 * 1024> bytes;
  return bytes;
}

}  // namespace

Connection::Connection(std::shared_ptr<ServerCore> core, Socket socket, const asio::ip::address& peer)
    : core_(std::move(core)),
      stream_(std::move(socket), core_->tls ? core_->tls->begin() : nullptr),
      peer_(plain(peer)) {}

Connection::~Connection() {
  core_->deadlines->clear(*this);
}

template <class Function>
void Connection::on_strand(Function function) {
  asio::dispatch(stream_.socket().get_executor(),
                 [self = shared_from_this(), function] { self->guarded([&] { function(*self); }); });
}

void Connection::start() {
  core_->connections.add(shared_from_this());
  on_strand([](Connection& self) {
    std::error_code error;
    self.stream_.socket().non_blocking(true, error);
    self.stream_.socket().set_option(asio::ip::tcp::no_delay(true), error);
    self.conversation_ = std::make_unique<HttpConversation>(self);
    self.pump();
  });
}

void Connection::woken() {
  on_strand([](Connection& self) {
    self.conversation_->woken();
    self.pump();
  });
}

void Connection::deadline_passed() {
  on_strand([](Connection& self) {
    if (!self.core_->deadlines->passed(self)) return;
    self.conversation_->expired();
    self.pump();
  });
}

void Connection::stop() {
  on_strand([](Connection& self) {
    self.conversation_->stop();
    self.pump();
  });
}

void Connection::kill() {
  on_strand([](Connection& self) { self.close(); });
}

void Connection::close() {
  if (std::exchange(closed_, true)) return;
  core_->deadlines->clear(*this);
  if (conversation_) conversation_->closed();
  stream_.close();
  core_->connections.remove(*this);
}

const std::shared_ptr<WakeCarrier>& Connection::carrier() {
  if (!carrier_) carrier_ = std::make_shared<WakeCarrier>(core_->wakes, weak_from_this());
  return carrier_;
}

/// Does all that can be done now, and waits for what is missing.
void Connection::pump() {
  if (closed_) return;
  if (!stream_.established()) {
    set_deadline(Wait::handshake);
    return wait_readable();
  }
  while (!closed_) {
    conversation_->pump();
    if (!next_) break;
    conversation_ = std::move(next_);
  }
  if (!closed_ && conversation_->wants_input()) wait_readable();
}

void Connection::wait_readable() {
  if (stream_.has_input()) return read_soon();
  if (std::exchange(reading_, true)) return;
  stream_.wait_readable([self = shared_from_this()](std::error_code error) {
    self->reading_ = false;
    self->guarded([&] {
      if (error) return self->close();
      self->read();
      self->pump();
    });
  });
}

/// Not at once: others have their turn first.
void Connection::read_soon() {
  if (std::exchange(rereading_, true)) return;
  asio::post(stream_.socket().get_executor(), [self = shared_from_this()] {
    self->rereading_ = false;
    self->guarded([&] {
      self->read();
      self->pump();
    });
  });
}

void Connection::read() {
  if (closed_ || peer_done_) return;
  auto& bytes = scratch();
  std::error_code error;
  const std::size_t size = stream_.read_some(asio::buffer(bytes), error);
  if (would_block(error)) return;
  if (error == asio::error::eof) {
    peer_done_ = true;
    return conversation_->hung_up();
  }
  if (error == std::errc::wrong_protocol_type && stream_.encrypted()) return refuse_plain_http();
  if (error) return close();
  conversation_->receive(std::string_view(bytes.data(), size));
}

/// Browsers that leave out the `s` of `https` are told what is wrong.
void Connection::refuse_plain_http() {
  stream_.give_up_tls();
  HttpResponse refusal = status_response(400);
  refusal.body = "This port speaks TLS: use https or wss.\n";
  auto conversation = std::make_unique<HttpConversation>(*this);
  conversation->refuse(std::move(refusal));
  conversation_ = std::move(conversation);
}

void Connection::wait_writable() {
  // Every time the peer took something it has its time anew: a large file may be slow, but not stand still.
  set_deadline(Wait::write);
  if (std::exchange(writing_, true)) return;
  stream_.wait_writable([self = shared_from_this()](std::error_code error) {
    self->writing_ = false;
    self->guarded([&] {
      if (error) return self->close();
      self->conversation_->writable();
      self->pump();
    });
  });
}

void Connection::set_deadline(Wait wait) {
  if (wait == wait_ && wait != Wait::write) return;
  wait_ = wait;
  core_->deadlines->set(*this, wait);
}

}  // namespace bayeux::http1
