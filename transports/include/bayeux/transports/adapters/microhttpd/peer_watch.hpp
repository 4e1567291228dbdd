#pragma once

#include <functional>
#include <utility>

#ifdef __linux__
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <system_error>
#include <thread>
#endif

namespace bayeux::microhttpd_adapter {

#ifdef __linux__

/// Notices when the peer of a suspended connection hangs up, which libmicrohttpd does not, and has a pulse. It has a
/// thread for that, which sleeps.
///
/// Threads: `add` and `remove` any, at once. The functions are called on its thread.
class PeerWatch final {
 public:
  /// `gone` is called with what was added, perhaps still after it was removed.
  PeerWatch(std::function<void(void*)> gone, std::function<void()> pulse)
      : gone_(std::move(gone)), pulse_(std::move(pulse)) {
    if (epoll_ < 0 || stop_ < 0 || !control(EPOLL_CTL_ADD, stop_, EPOLLIN, nullptr)) {
      const int error = errno;
      close_all();
      throw std::system_error(error, std::generic_category(), "no watch for peers that hang up");
    }
    thread_ = std::thread([this] { run(); });
  }
  ~PeerWatch() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto size = ::write(stop_, &one, sizeof one);
    thread_.join();
    close_all();
  }
  PeerWatch(const PeerWatch&) = delete;
  PeerWatch& operator=(const PeerWatch&) = delete;

  /// Of what cannot be watched nothing is heard.
  void add(int socket, void* what) noexcept { control(EPOLL_CTL_ADD, socket, EPOLLRDHUP | EPOLLONESHOT, what); }
  void remove(int socket) noexcept { control(EPOLL_CTL_DEL, socket, 0, nullptr); }

  static bool has_gone(int socket) noexcept {
    pollfd one{socket, POLLRDHUP, 0};
    return ::poll(&one, 1, 0) > 0;
  }

 private:
  static constexpr std::chrono::milliseconds pulse_interval{15'000};

  bool control(int operation, int socket, std::uint32_t events, void* what) noexcept {
    epoll_event event{};
    event.events = events;
    event.data.ptr = what;
    return ::epoll_ctl(epoll_, operation, socket, &event) == 0;
  }

  void close_all() noexcept {
    if (epoll_ >= 0) ::close(epoll_);
    if (stop_ >= 0) ::close(stop_);
  }

  void run() {
    auto next_pulse = std::chrono::steady_clock::now() + pulse_interval;
    for (bool go_on = true; go_on;) {
      const auto left = next_pulse - std::chrono::steady_clock::now();
      if (left.count() <= 0) {
        pulse_();
        next_pulse += pulse_interval;
        continue;
      }
      go_on = wait(static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left).count()));
    }
  }

  /// False when it is to end.
  bool wait(int milliseconds) {
    std::array<epoll_event, 64> events;
    const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), milliseconds);
    for (int i = 0; i < count; ++i) {
      void* const what = events[static_cast<std::size_t>(i)].data.ptr;
      if (what == nullptr) return false;
      gone_(what);
    }
    return true;
  }

  const std::function<void(void*)> gone_;
  const std::function<void()> pulse_;
  const int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  const int stop_ = ::eventfd(0, EFD_CLOEXEC);
  std::thread thread_;
};

#else

/// Elsewhere nobody looks: a peer that hung up is noticed when there is something to be said to it.
class PeerWatch final {
 public:
  PeerWatch(std::function<void(void*)>, std::function<void()>) {}
  void add(int, void*) noexcept {}
  void remove(int) noexcept {}
  static bool has_gone(int) noexcept { return false; }
};

#endif

}  // namespace bayeux::microhttpd_adapter
