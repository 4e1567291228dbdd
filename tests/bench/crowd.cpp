#include "crowd.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>

namespace bayeux::bench {

void fail(const char* what) {
  std::perror(what);
  std::exit(2);
}

bool is_complete(const std::string& response) {
  const auto end = response.find("\r\n\r\n");
  const auto length = response.find("Content-Length: ");
  if (end == std::string::npos || length == std::string::npos) return false;
  return response.size() >= end + 4 + std::strtoul(response.c_str() + length + 16, nullptr, 10);
}

Crowd::Crowd(std::uint16_t port, std::size_t size) : responses_(size), epoll_(::epoll_create1(0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (std::size_t i = 0; i < size; ++i) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    if (socket < 0) fail("socket");
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("connect");
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event) != 0) fail("epoll_ctl");
    sockets_.push_back(socket);
  }
}

Crowd::~Crowd() {
  for (const int socket : sockets_) ::close(socket);
  ::close(epoll_);
}

void Crowd::send(std::size_t index, const std::string& bytes) {
  responses_[index].clear();
  const auto sent = ::send(sockets_[index], bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(bytes.size())) fail("send");
}

std::string Crowd::exchange(std::size_t index, const std::string& bytes) {
  send(index, bytes);
  while (!is_complete(responses_[index])) {
    if (!read(index)) fail("recv");
  }
  return responses_[index];
}

const std::vector<std::string>& Crowd::collect() {
  std::array<epoll_event, 512> events;
  std::size_t missing = 0;
  for (const auto& response : responses_) missing += !is_complete(response);
  while (missing > 0) {
    const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 10'000);
    if (count <= 0) break;
    for (int i = 0; i < count; ++i) {
      const auto index = static_cast<std::size_t>(events[static_cast<std::size_t>(i)].data.u64);
      if (!read(index)) return responses_;
      missing -= is_complete(responses_[index]);
    }
  }
  return responses_;
}

bool Crowd::read(std::size_t index) {
  char bytes[4096];
  const auto size = ::recv(sockets_[index], bytes, sizeof bytes, 0);
  if (size > 0) responses_[index].append(bytes, static_cast<std::size_t>(size));
  return size > 0;
}

}  // namespace bayeux::bench
