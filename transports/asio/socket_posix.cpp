#include "socket_posix.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace bayeux::http1 {

namespace {

/// As many as one call takes here; more are for the next.
constexpr std::size_t max_parts = 64;

/// What a call of the system gave: bytes, or why not.
template <class Call>
ssize_t ask(Call call, std::error_code& error) {
  ssize_t result = 0;
  do {
    result = call();
  } while (result < 0 && errno == EINTR);
  error = result < 0 ? std::error_code(errno, asio::error::get_system_category()) : std::error_code();
  return result;
}

std::size_t bytes(ssize_t result) {
  return result > 0 ? static_cast<std::size_t>(result) : 0;
}

}  // namespace

Socket Socket::accept(Acceptor& acceptor, asio::ip::tcp::endpoint& peer, std::error_code& error) {
  auto size = static_cast<socklen_t>(peer.capacity());
  Socket socket(static_cast<int>(ask(
      [&] {
        size = static_cast<socklen_t>(peer.capacity());
        return ::accept4(acceptor.native_handle(), peer.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
      },
      error)));
  if (error) return socket;
  peer.resize(size);
  const int on = 1;
  ::setsockopt(socket.descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return socket;
}

std::size_t Socket::read_some(asio::mutable_buffer into, std::error_code& error) noexcept {
  const ssize_t result = ask([&] { return ::recv(descriptor_, into.data(), into.size(), 0); }, error);
  if (result == 0 && into.size() > 0) error = asio::error::eof;
  return bytes(result);
}

std::size_t Socket::write_some(asio::const_buffer from, std::error_code& error) noexcept {
  return bytes(ask([&] { return ::send(descriptor_, from.data(), from.size(), MSG_NOSIGNAL); }, error));
}

std::size_t Socket::write_some(std::span<const asio::const_buffer> parts, std::error_code& error) noexcept {
  if (parts.size() == 1) return write_some(parts.front(), error);
  std::array<iovec, max_parts> vectors;
  const std::size_t count = std::min(parts.size(), vectors.size());
  for (std::size_t i = 0; i < count; ++i) vectors[i] = {const_cast<void*>(parts[i].data()), parts[i].size()};
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = count;
  return bytes(ask([&] { return ::sendmsg(descriptor_, &message, MSG_NOSIGNAL); }, error));
}

void Socket::shutdown_send(std::error_code& error) noexcept {
  ask([&] { return ::shutdown(descriptor_, SHUT_WR); }, error);
}

void Socket::close() noexcept {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

}  // namespace bayeux::http1
