#include "own_loop_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace own {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t max_connections = 1'000;

/// How long a peer that is owed nothing may say nothing, and how often that is looked at.
constexpr auto max_idle = 60s;
constexpr auto sweep_interval = 1s;

int open_listener(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket < 0) fail("socket");
  const int on = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto* const any = reinterpret_cast<const sockaddr*>(&address);
  if (::bind(socket, any, sizeof address) != 0 || ::listen(socket, SOMAXCONN) != 0) {
    const int error = errno;
    ::close(socket);
    throw std::system_error(error, std::generic_category(), "cannot listen there");
  }
  return socket;
}

std::uint16_t port_of(int socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) fail("getsockname");
  return ntohs(address.sin_port);
}

std::string text_of(const sockaddr_in& address) {
  std::array<char, INET_ADDRSTRLEN> text{};
  const auto* const found = ::inet_ntop(AF_INET, &address.sin_addr, text.data(), text.size());
  return found != nullptr ? found : "";
}

}  // namespace

Server::Server(std::uint16_t port, Limits limits, Handler handler)
    : limits_(limits), handler_(std::move(handler)), listener_(open_listener(port)), port_(port_of(listener_)) {
  poller_.add(listener_, listener_id, EPOLLIN);
  poller_.add(inbox_->bell(), inbox_id, EPOLLIN);
}

Server::~Server() {
  for (const auto& [id, connection] : connections_) connection->hang_up();
  ::close(listener_);
}

void Server::run() {
  while (!stopped_) turn();
}

void Server::stop() noexcept {
  stopped_ = true;
  inbox_->ring();
}

void Server::run_clock(std::function<std::optional<Time>()> next, std::function<void()> run) {
  next_due_ = std::move(next);
  run_due_ = std::move(run);
}

void Server::turn() {
  std::array<epoll_event, 64> room;
  for (const auto& event : poller_.wait(room, patience())) dispatch(event);
  const Time now = std::chrono::steady_clock::now();
  if (const auto due = next_due_(); due && *due <= now) run_due_();
  if (now >= next_sweep_) drop_idle();
}

/// Milliseconds until something is to be done without being asked; rounded up, or the loop would spin before it.
int Server::patience() const {
  const Time next = std::min(next_due_().value_or(next_sweep_), next_sweep_);
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - std::chrono::steady_clock::now());
  return static_cast<int>(std::max(left, 0ms).count());
}

void Server::dispatch(const epoll_event& event) {
  const auto id = event.data.u64;
  if (id == listener_id) return accept();
  if (id == inbox_id) {
    for (const auto& task : inbox_->take()) task();
    return;
  }
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  // Kept while it works: what it does may end others, and itself.
  const auto connection = found->second;
  connection->turn(event.events);
  if (!connection->is_finished()) return;
  connections_.erase(id);
  if (!listening_) listen(true);
}

void Server::accept() {
  while (listening_) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    const auto flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
    const int socket = ::accept4(listener_, reinterpret_cast<sockaddr*>(&address), &size, flags);
    if (socket < 0) {
      // Out of descriptors: what waits would be announced over and over.
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) listen(false);
      return;
    }
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const auto id = ++last_id_;
    connections_[id] = std::make_shared<Connection>(poller_, id, socket, text_of(address), limits_, handler_);
    if (connections_.size() >= max_connections) listen(false);
  }
}

void Server::listen(bool on) {
  listening_ = on;
  poller_.change(listener_, listener_id, on ? EPOLLIN : 0U);
}

void Server::drop_idle() {
  const Time now = std::chrono::steady_clock::now();
  next_sweep_ = now + sweep_interval;
  std::erase_if(connections_, [&](const auto& entry) { return entry.second->is_idle_since(now - max_idle); });
  if (!listening_ && connections_.size() < max_connections) listen(true);
}

}  // namespace own
