#include "connection.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "http_conversation.hpp"
#include "response_head.hpp"

namespace bayeux::http1 {
namespace {

/// Shared by all connections of a thread: what was read is looked at before anything else happens.
std::array<char, 64 * 1024>& scratch() {
  thread_local std::array<char, 64 * 1024> bytes;
  return bytes;
}

}  // namespace

Connection::Connection(std::shared_ptr<ServerCore> core, Socket socket, const asio::ip::address& peer,
                       PeerAddresses::Place place)
    : core_(std::move(core)),
      stream_(std::move(socket), core_->tls ? core_->tls->begin() : nullptr),
      peer_(peer),
      place_(std::move(place)) {}

Connection::~Connection() {
  core_->deadlines->remove(*this);
}

void Connection::start() {
  const auto self = shared_from_this();
  conversation_ = std::make_unique<HttpConversation>(*this);
  core_->connections.add(self);
  try {
    core_->readiness->add(*this);
  } catch (...) {
    core_->connections.remove(*this);
    throw;
  }
  tell(0);
}

void Connection::tell(Reasons reasons) noexcept {
  if (reasons_.fetch_or(reasons | busy) & busy) return;
  Reasons none = busy;
  do {
    take_turn(reasons_.exchange(busy) & ~busy);
    none = busy;
  } while (!reasons_.compare_exchange_strong(none, 0));
}

void Connection::wake() noexcept {
  if (woken_.exchange(true)) return;
  try {
    if (auto self = weak_from_this().lock()) core_->wakes->wake(std::move(self));
  } catch (...) {
    woken_ = false;  // Out of memory: the next wake may get through.
  }
}

void Connection::take_turn(Reasons reasons) noexcept {
  if (reasons == uncorked && !held_back_) return;
  try {
    if (!closed_) consider(reasons);
    if (!closed_) pump();
    if (!closed_) read_on();
  } catch (...) {
    close();
  }
  stream_.cork(false);
  if (!closed_) return;
  // What it has of the bus holds this connection in turn.
  conversation_.reset();
  next_.reset();
}

void Connection::consider(Reasons reasons) {
  if (reasons & killed) return close();
  if (reasons & readable) reading_ = false;
  if (reasons & rereading) rereading_ = false;
  if (reasons & ending) ending_ = true;
  if (reasons & (readable | rereading)) readable_ = true;
  // What a request asks for is not held back, because there may be a change of protocol in it.
  stream_.cork((reasons & (corked | uncorked)) == corked && !readable_);
  if (reasons & writable) {
    if (stream_.read_wants_room()) readable_ = true;
    if (std::exchange(writing_, false)) conversation_->writable();
  }
  if (reasons & uncorked && std::exchange(held_back_, false)) conversation_->writable();
  if (!closed_ && readable_ && wants_input()) read();
  if (!closed_ && reasons & woken) conversation_->woken();
  if (!closed_ && reasons & expired && Deadlines::passed(*this)) conversation_->expired();
  if (!closed_ && reasons & stopping) conversation_->stop();
}

void Connection::close() noexcept {
  if (std::exchange(closed_, true)) return;
  core_->deadlines->remove(*this);
  if (conversation_) conversation_->closed();
  stream_.close();
  place_.leave();
  core_->connections.remove(*this);
}

void Connection::cut_off() noexcept {
  core_->counters.add(wait_);
  close();
}

/// Does all that can be done now.
void Connection::pump() {
  if (!stream_.established()) return set_deadline(Wait::handshake);
  while (!closed_) {
    conversation_->pump();
    if (!next_) break;
    conversation_ = std::move(next_);
  }
}

bool Connection::wants_input() const noexcept {
  return !peer_done_ && (!stream_.established() || conversation_->wants_input());
}

/// Waits for more input; where that is there already, others have their turn first.
void Connection::read_on() {
  if (!wants_input()) return;
  if (readable_) {
    if (std::exchange(rereading_, true)) return;
    core_->wakes->run([self = shared_from_this()] { self->tell(rereading); });
  } else if (!std::exchange(reading_, true)) {
    core_->readiness->wait_readable(*this);
  }
}

void Connection::read() {
  auto& bytes = scratch();
  std::error_code error;
  const std::size_t size = stream_.read_some(asio::buffer(bytes), error);
  // A buffer that was not filled was all there is: whatever comes in now is told anew.
  readable_ = !error && (size == bytes.size() || ending_ || stream_.has_input());
  if (would_block(error)) return;
  if (!stream_.established()) return fail_handshake(error);
  if (error == asio::error::eof) {
    peer_done_ = true;
    return conversation_->hung_up();
  }
  // The system has waited for an acknowledgement: see `notice_silence`.
  if (error == asio::error::timed_out) core_->counters.add(Wait::write);
  if (error) return close();
  conversation_->receive(std::string_view(bytes.data(), size));
}

/// Browsers that leave out the `s` of `https` are told what is wrong.
void Connection::fail_handshake(const std::error_code& error) {
  Counters::add(core_->counters.tls_failures);
  if (error != std::errc::wrong_protocol_type) return close();
  stream_.give_up_tls();
  HttpResponse refusal = status_response(400);
  refusal.body = "This port speaks TLS: use https or wss.\n";
  auto conversation = std::make_unique<HttpConversation>(*this);
  conversation->refuse(std::move(refusal));
  conversation_ = std::move(conversation);
}

void Connection::wait_writable() {
  if (stream_.corked()) {
    held_back_ = true;
    return;
  }
  // Every time the peer took something it has its time anew: a large file may be slow, but not stand still.
  set_deadline(Wait::write);
  if (!std::exchange(writing_, true)) core_->readiness->wait_writable(*this);
}

void Connection::set_deadline(Wait wait) {
  if (wait == wait_ && wait != Wait::write) return;
  wait_ = wait;
  core_->deadlines->set(*this, wait);
}

}  // namespace bayeux::http1
