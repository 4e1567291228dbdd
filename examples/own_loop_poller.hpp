#pragma once

#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <span>
#include <system_error>

namespace own {

/// Says what went wrong with a call of the system.
[[noreturn]] inline void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// What the loop waits on: sockets by a number of their own, since the system gives the number of a socket that was
/// closed to the next one, for which an event of before may still lie there.
class Poller final {
 public:
  Poller() {
    if (epoll_ < 0) fail("epoll");
  }
  ~Poller() { ::close(epoll_); }
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  void add(int socket, std::uint64_t id, std::uint32_t events) { control(EPOLL_CTL_ADD, socket, id, events); }
  void change(int socket, std::uint64_t id, std::uint32_t events) { control(EPOLL_CTL_MOD, socket, id, events); }

  /// Those that have something, after at most so many milliseconds.
  std::span<epoll_event> wait(std::span<epoll_event> room, int milliseconds) {
    const int count = ::epoll_wait(epoll_, room.data(), static_cast<int>(room.size()), milliseconds);
    if (count < 0 && errno != EINTR) fail("epoll_wait");
    return room.first(count > 0 ? static_cast<std::size_t>(count) : 0);
  }

 private:
  void control(int operation, int socket, std::uint64_t id, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = id;
    if (::epoll_ctl(epoll_, operation, socket, &event) != 0) fail("epoll_ctl");
  }

  const int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
};

}  // namespace own
