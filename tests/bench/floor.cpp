#include "floor.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <vector>

#include "crowd.hpp"
#include "process.hpp"

namespace bayeux::bench {

namespace {

int listen_anywhere(std::uint16_t& port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  socklen_t size = sizeof address;
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), size) != 0) fail("bind");
  if (::listen(listener, 4096) != 0) fail("listen");
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  port = ntohs(address.sin_port);
  return listener;
}

std::vector<int> accept_all(int listener, std::size_t count, int epoll) {
  std::vector<int> sockets;
  while (sockets.size() < count) {
    const int socket = ::accept(listener, nullptr, nullptr);
    if (socket < 0) fail("accept");
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = socket;
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
    sockets.push_back(socket);
  }
  return sockets;
}

void answer_all(const std::vector<int>& sockets, const std::string& response) {
  const int control = sockets.back();
  const double before = Usage::now().cpu_seconds;
  for (const int socket : sockets) {
    if (socket != control && ::write(socket, response.data(), response.size()) < 0) fail("write");
  }
  const auto cost = std::to_string(Usage::now().cpu_seconds - before);
  const auto report = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(cost.size()) + "\r\n\r\n" + cost;
  if (::write(control, report.data(), report.size()) < 0) fail("write");
}

}  // namespace

void run_floor(std::size_t parked, const std::string& response, const std::function<void(std::uint16_t)>& listening) {
  std::uint16_t port = 0;
  const int listener = listen_anywhere(port);
  listening(port);
  const int epoll = ::epoll_create1(0);
  const auto sockets = accept_all(listener, parked + 1, epoll);
  std::array<epoll_event, 512> events;
  std::array<char, 4096> bytes;
  for (;;) {
    const int count = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    bool go = false;
    for (int i = 0; i < count; ++i) {
      const int socket = events[static_cast<std::size_t>(i)].data.fd;
      if (::read(socket, bytes.data(), bytes.size()) <= 0) return;
      go = go || socket == sockets.back();
    }
    if (go) answer_all(sockets, response);
  }
}

}  // namespace bayeux::bench
