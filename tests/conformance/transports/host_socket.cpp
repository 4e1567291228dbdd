#include "conformance/transports/host_socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace bayeux::test {

void HostSocket::connect(std::uint16_t port) {
  close();
  descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(descriptor_ >= 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  const int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void HostSocket::close() noexcept {
  if (is_open()) ::close(std::exchange(descriptor_, -1));
}

void HostSocket::write(std::string_view bytes) {
  while (is_open() && !bytes.empty()) {
    const auto size = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size < 0 && errno != EINTR) return;
    if (size > 0) bytes.remove_prefix(static_cast<std::size_t>(size));
  }
}

bool HostSocket::read(std::string& bytes) {
  std::array<char, 64 * 1024> part;
  while (is_open()) {
    const auto size = ::recv(descriptor_, part.data(), part.size(), MSG_DONTWAIT);
    if (size > 0) {
      bytes.append(part.data(), static_cast<std::size_t>(size));
    } else if (size == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
      return false;
    } else if (errno != EINTR) {
      return true;
    }
  }
  return false;
}

}  // namespace bayeux::test
