#include "crowd.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "clients.hpp"

namespace bayeux::test {

using namespace std::chrono_literals;

namespace {

/// How soon whose connection failed opens another.
constexpr auto pause_after_failure = 100ms;

int make_epoll() {
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) throw std::system_error(errno, std::system_category(), "epoll_create1");
  return epoll;
}

/// Takes the body of a response off the front; false when it is not all there.
bool take_body(std::string& input, std::string& body) {
  const auto end = input.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  constexpr std::string_view length = "Content-Length: ";
  const auto at = input.find(length);
  const std::size_t size = at < end ? std::stoul(input.substr(at + length.size(), 10)) : 0;
  if (input.size() < end + 4 + size) return false;
  body = input.substr(end + 4, size);
  input.erase(0, end + 4 + size);
  return true;
}

}  // namespace

Crowd::Crowd(std::uint16_t port, std::size_t size) : port_(port), epoll_(make_epoll()), clients_(size) {}

Crowd::~Crowd() {
  drop();
  ::close(epoll_);
}

void Crowd::drop() {
  for (Client& client : clients_) {
    if (client.socket >= 0) close(client);
    client.id.clear();
  }
  due_.clear();
  here_ = 0;
}

void Crowd::come() {
  tries_ = broken_ = advised_nothing_ = 0;
  longest_ = 0;
  for (Client& client : clients_) open(client);
}

bool Crowd::run_until(const std::function<bool()>& so, std::chrono::milliseconds longest) {
  const auto end = Clock::now() + longest;
  std::array<epoll_event, 256> events;
  while (!so()) {
    if (Clock::now() >= end) return false;
    const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), due_.empty() ? 20 : 1);
    for (int i = 0; i < count; ++i) look(*static_cast<Client*>(events[static_cast<std::size_t>(i)].data.ptr),
                                         events[static_cast<std::size_t>(i)].events);
    run_due();
  }
  return true;
}

void Crowd::open(Client& client) {
  client.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (client.socket < 0) throw std::system_error(errno, std::system_category(), "socket");
  client.step = Step::connecting;
  client.input.clear();
  // With a RST, so that the system keeps no port for a connection that has gone.
  const linger at_once{1, 0};
  ::setsockopt(client.socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(client.socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
      errno != EINPROGRESS) {
    throw std::system_error(errno, std::system_category(), "connect");
  }
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &client;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, client.socket, &event);
}

void Crowd::close(Client& client) {
  if (client.step == Step::polling) --here_;
  ::close(std::exchange(client.socket, -1));
  client.step = Step::gone;
}

void Crowd::look(Client& client, std::uint32_t events) {
  if (client.socket < 0) return;
  if (client.step == Step::connecting && (events & EPOLLOUT) != 0 && (events & (EPOLLERR | EPOLLHUP)) == 0) {
    shake_hands(client);
  }
  if ((events & EPOLLIN) != 0) read(client);
  if (client.socket < 0 || (events & (EPOLLRDHUP | EPOLLERR | EPOLLHUP)) == 0) return;
  ++broken_;
  close(client);
  call_later(client, pause_after_failure);
}

void Crowd::read(Client& client) {
  std::array<char, 16'384> bytes;
  for (;;) {
    const auto size = ::recv(client.socket, bytes.data(), bytes.size(), 0);
    if (size <= 0) break;  // An end is told by epoll, too.
    client.input.append(bytes.data(), static_cast<std::size_t>(size));
  }
  std::string body;
  while (client.socket >= 0 && take_body(client.input, body)) answered(client, body);
}

void Crowd::answered(Client& client, std::string_view body) {
  if (client.step == Step::shaking) return shaken(client, body);
  if (client.step == Step::greeting) ++here_;
  poll(client, Step::polling);
}

void Crowd::shaken(Client& client, std::string_view body) {
  if (value_of(body, "successful") == "true") {
    client.id = value_of(body, "clientId");
    return poll(client, Step::greeting);
  }
  const std::string interval = value_of(body, "interval");
  if (interval.empty()) ++advised_nothing_;
  const std::int64_t wait = interval.empty() ? 1'000 : std::stoll(interval);
  longest_ = std::max(longest_, wait);
  client.step = Step::waiting;
  call_later(client, std::chrono::milliseconds(wait));
}

void Crowd::send(Client& client, const std::string& text) {
  const std::string bytes = post("/bayeux", text);
  // So few bytes always fit behind a request that was answered.
  ::send(client.socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

void Crowd::shake_hands(Client& client) {
  client.step = Step::shaking;
  ++tries_;
  send(client, handshake_text);
}

void Crowd::poll(Client& client, Step step) {
  client.step = step;
  send(client, message_text(client.id, "/meta/connect", R"("connectionType":"long-polling")"));
}

void Crowd::call_later(Client& client, std::chrono::milliseconds wait) {
  due_.emplace(Clock::now() + wait, &client);
}

void Crowd::run_due() {
  while (!due_.empty() && due_.begin()->first <= Clock::now()) {
    Client& client = *due_.begin()->second;
    due_.erase(due_.begin());
    if (client.step == Step::waiting) {
      shake_hands(client);
    } else if (client.step == Step::gone) {
      open(client);
    }
  }
}

}  // namespace bayeux::test
