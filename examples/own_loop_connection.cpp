#include "own_loop_connection.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>
#include <utility>

namespace own {
namespace {

std::string_view reason(int status) {
  switch (status) {
    case 200: return "OK";
    case 204: return "No Content";
    case 400: return "Bad Request";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 411: return "Length Required";
    case 413: return "Content Too Large";
    case 417: return "Expectation Failed";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 505: return "HTTP Version Not Supported";
    default: return "";
  }
}

/// RFC 9110, section 5.6.7.
std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

}  // namespace

void Reply::send(const Response& response) {
  const auto connection = connection_.lock();
  if (connection != nullptr && connection->reply_.get() == this) connection->answer(response);
}

Connection::Connection(Poller& poller, std::uint64_t id, int socket, std::string peer, Limits limits,
                       const Handler& handler)
    : poller_(poller), id_(id), socket_(socket), peer_(std::move(peer)), handler_(handler), reader_(limits) {
  listens_to_ = EPOLLIN | EPOLLRDHUP;
  poller_.add(socket_, id_, listens_to_);
}

Connection::~Connection() {
  ::close(socket_);
}

void Connection::turn(std::uint32_t events) {
  // While an answer is awaited nobody reads, and yet it shows here that the peer has gone.
  const bool gone = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  if (gone && reply_ != nullptr) return hang_up();
  work(events);
  // What stood in front of the end is answered as far as that is possible now.
  if (peer_is_done_ && (reply_ != nullptr || out_.empty())) hang_up();
  listen();
}

void Connection::work(std::uint32_t events) {
  const bool broken = (events & (EPOLLHUP | EPOLLERR)) != 0;
  if (!leaving_) last_ = std::chrono::steady_clock::now();
  if (broken || (events & EPOLLOUT) != 0) write();
  if (!peer_is_done_ && (broken || (events & EPOLLIN) != 0)) read();
  serve();
}

void Connection::listen() {
  std::uint32_t events = EPOLLIN | EPOLLRDHUP;
  if (reply_ != nullptr) events = EPOLLRDHUP;
  if (!out_.empty()) events = EPOLLOUT;
  if (!finished_ && std::exchange(listens_to_, events) != events) poller_.change(socket_, id_, events);
}

void Connection::hang_up() {
  if (std::exchange(finished_, true)) return;
  ::shutdown(socket_, SHUT_RDWR);
  if (const auto reply = std::exchange(reply_, nullptr)) {
    if (const auto hung_up = std::exchange(reply->hung_up_, nullptr)) hung_up();
  }
}

void Connection::read() {
  std::array<char, 16 * 1024> bytes;
  const auto size = ::recv(socket_, bytes.data(), bytes.size(), 0);
  if (size > 0 && !leaving_) {
    reader_.feed({bytes.data(), static_cast<std::size_t>(size)});
  } else if (size == 0) {
    peer_is_done_ = true;
  } else if (size < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
    hang_up();
  }
}

/// Goes on with the requests that are there, one at a time and in order.
void Connection::serve() {
  if (std::exchange(serving_, true)) return;
  while (!finished_ && keep_alive_ && reply_ == nullptr && out_.empty()) {
    const auto outcome = reader_.next();
    if (outcome == RequestReader::Outcome::incomplete) break;
    keep_alive_ = outcome == RequestReader::Outcome::complete && reader_.request().keep_alive;
    reply_ = std::make_shared<Reply>(weak_from_this());
    body_wanted_ = true;
    if (outcome == RequestReader::Outcome::refused) {
      answer({reader_.refusal(), {}, {}});
    } else {
      hand_over();
    }
  }
  serving_ = false;
}

void Connection::hand_over() {
  Request request = reader_.request();
  request.peer = peer_;
  body_wanted_ = request.method != "HEAD";
  const auto reply = reply_;
  try {
    handler_(request, reply);
  } catch (...) {
    reply->send({500, {}, {}});
  }
  reader_.drop();
}

void Connection::answer(const Response& response) {
  const auto reply = std::exchange(reply_, nullptr);
  reply->hung_up_ = nullptr;
  if (response.close) keep_alive_ = false;
  out_.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ").append(reason(response.status));
  out_.append("\r\nDate: ").append(http_date()).append("\r\n").append(response.fields);
  if (response.status != 204) out_ += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
  if (!keep_alive_) out_ += "Connection: close\r\n";
  out_ += "\r\n";
  if (body_wanted_) out_ += response.body;
  write();
  serve();
  listen();
}

void Connection::write() {
  while (!out_.empty()) {
    const auto size = ::send(socket_, out_.data(), out_.size(), MSG_NOSIGNAL);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (size < 0) return hang_up();
    out_.erase(0, static_cast<std::size_t>(size));
  }
  if (!keep_alive_ && reply_ == nullptr && !leaving_) say_goodbye();
}

/// Whoever closes while the peer still sends takes the answer away from it: its system forgets what it has not read.
void Connection::say_goodbye() {
  leaving_ = true;
  ::shutdown(socket_, SHUT_WR);
}

}  // namespace own
