#include <utility>
#include <vector>

#include <bayeux/error.hpp>
#include <bayeux/json.hpp>

#include "state.hpp"

// How a client uses its link: one thread at a time, without a lock.

namespace bayeux {
namespace {

/// Messages that wait for their handlers; the others stay in the client's queue on the bus, which has its limits.
constexpr std::size_t max_inbox = 256;
constexpr std::size_t max_take = 8 * 1024;

/// The replies to whatever went in may nest deeper than a peer's messages.
constexpr std::size_t max_depth = 1024;

std::string_view error_text(const std::error_code& error) {
  if (error == Errc::bus_closed) return "503::bus_closed";
  return error == Errc::messages_too_many ? loopback::too_many : "400::bad_request";
}

}  // namespace

void Loopback::State::pump() {
  Lock lock(mutex_);
  if (pumping_ || link_ == nullptr) return;
  pumping_ = true;
  while (use_link(lock)) {
  }
  pumping_ = false;
  idle_.notify_all();
  schedule(lock);
}

bool Loopback::State::use_link(Lock& lock) {
  if (woken_ && inbox_.size() < max_inbox) {
    take(lock);
    return true;
  }
  if (outbox_.empty() || shaking_hands_) return false;
  receive(lock);
  return true;
}

void Loopback::State::receive(Lock& lock) {
  auto message = std::move(outbox_.front());
  outbox_.pop_front();
  message.client_id = client_id_;
  shaking_hands_ = message.channel == "/meta/handshake";
  lock.unlock();
  const auto error = link_->receive(message.text());
  lock.lock();
  woken_ = true;
  fresh_connect_ = message.channel == "/meta/connect";
  if (!error) return;
  Message reply;
  reply.channel = message.channel;
  reply.id = message.id;
  reply.successful = false;
  reply.error = error_text(error);
  std::vector<Pending> settled;
  arrive(std::move(reply), settled);
  let_go(lock, std::move(settled));
}

/// What the program's handlers own may use this client while it goes: not under the lock.
void Loopback::State::let_go(Lock& lock, std::vector<Pending> settled) {
  if (settled.empty()) return;
  lock.unlock();
  settled.clear();
  lock.lock();
}

void Loopback::State::take(Lock& lock) {
  woken_ = false;
  lock.unlock();
  const auto frames = link_->take(max_take);
  std::vector<Message> messages;
  messages.reserve(frames.size());
  for (const auto& frame : frames) {
    if (const auto json = Json::parse(frame.text(), max_depth)) messages.push_back(Message::from(*json));
  }
  const bool more = link_->ready();
  const bool finished = !more && link_->finished();
  lock.lock();
  if (more) woken_ = true;
  std::vector<Pending> settled;
  for (auto& message : messages) arrive(std::move(message), settled);
  fresh_connect_ = false;
  if (finished) session_ended();
  let_go(lock, std::move(settled));
}

void Loopback::State::arrive(Message message, std::vector<Pending>& settled) {
  if (!message.successful) {
    inbox_.push_back({std::move(message), {}, false});
    return;
  }
  if (!*message.successful) error_ = message.error;
  const auto found = pending_.find(message.id.as_string());
  if (found == pending_.end()) {
    if (message.channel == "/meta/disconnect") session_ended();
    return;
  }
  auto pending = std::move(found->second);
  pending_.erase(found);
  arrive_reply(std::move(message), pending);
  if (pending.done || pending.added) settled.push_back(std::move(pending));
}

void Loopback::State::arrive_reply(Message message, Pending& pending) {
  if (message.channel == "/meta/handshake") {
    shaking_hands_ = false;
    connected_ = *message.successful;
    client_id_ = message.client_id;
    if (connected_ && !leaving_) queue_connect();
  } else if (message.channel == "/meta/connect") {
    connect_answered(message);
  } else if (message.channel == "/meta/disconnect") {
    connected_ = false;
  } else if (pending.done || (pending.added && !*message.successful)) {
    inbox_.push_back({std::move(message), std::exchange(pending, {}), true});
  }
}

void Loopback::State::connect_answered(const Message& message) {
  connecting_ = false;
  if (!connected_ || leaving_) return;
  const auto& reconnect = message.advice["reconnect"].as_string();
  if (reconnect == "handshake" || reconnect == "none") return session_ended();
  // The first connect is answered at once; were all of them, there would be no end to it here. The next request
  // tries again.
  answered_at_once_ = fresh_connect_ ? answered_at_once_ + 1 : 0;
  if (*message.successful && answered_at_once_ < 2) queue_connect();
}

void Loopback::State::session_ended() {
  connected_ = false;
  if (leaving_ || std::exchange(ended_, true)) return;
  inbox_.push_back({});
}

}  // namespace bayeux
