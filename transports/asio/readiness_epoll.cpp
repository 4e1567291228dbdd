#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <mutex>
#include <system_error>

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/post.hpp>

#include "connection.hpp"
#include "connection_set.hpp"
#include "readiness.hpp"

namespace bayeux::http1 {
namespace {

/// So many are told in one go; others have their turn in between, and other threads take a share.
constexpr std::size_t share = 128;

constexpr std::uint32_t ends = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

Connection::Reasons reasons(std::uint32_t events) noexcept {
  Connection::Reasons all = 0;
  if (events & (EPOLLIN | ends)) all |= Connection::readable;
  if (events & ends) all |= Connection::ending;
  if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) all |= Connection::writable;
  return all;
}

int make_epoll() {
  const int descriptor = ::epoll_create1(EPOLL_CLOEXEC);
  if (descriptor < 0) throw std::system_error(errno, std::system_category(), "epoll_create1");
  return descriptor;
}

/// An epoll of its own within Asio's: sockets are added once, edge-triggered, and never again; and one look at it finds
/// everybody who has hung up.
class EpollReadiness final : public Readiness, public std::enable_shared_from_this<EpollReadiness> {
 public:
  EpollReadiness(asio::io_context& io, ConnectionSet& connections)
      : io_(io), connections_(connections), epoll_(io, make_epoll()) {}

  void add(Connection& connection) override {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.u64 = connection.slot();
    if (::epoll_ctl(epoll_.native_handle(), EPOLL_CTL_ADD, connection.stream().socket().descriptor(), &event) != 0) {
      throw std::system_error(errno, std::system_category(), "epoll_ctl");
    }
  }

  void wait_readable(Connection&) override {}
  void wait_writable(Connection&) override {}

  void wake(const std::vector<std::shared_ptr<Connection>>& connections) override {
    // No more rounds than it takes to tell everybody once: they may go on sending.
    for (std::size_t told = 0; told <= connections_.size() && tell() == share; told += share) {
    }
    // First all of it is made ready, then all is written: a reader on this machine is woken once for many.
    for (const auto& connection : connections) connection->tell(Connection::woken | Connection::corked);
    for (const auto& connection : connections) connection->tell(Connection::uncorked);
  }

  void stop() noexcept override {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    std::error_code error;
    epoll_.cancel(error);
  }

  void wait() {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    epoll_.async_wait(asio::posix::stream_descriptor::wait_read, [weak = weak_from_this()](std::error_code error) {
      const auto self = weak.lock();
      if (!error && self) self->go_on();
    });
  }

 private:
  void go_on() {
    // Where there may be more, asking to be told would be one call of the system too many.
    if (tell() < share) return wait();
    asio::post(io_, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->go_on();
    });
  }

  /// Tells those who are ready, but no more than `share`. Returns how many these were.
  std::size_t tell() {
    std::array<epoll_event, share> events;
    const int count = ::epoll_wait(epoll_.native_handle(), events.data(), static_cast<int>(share), 0);
    const auto size = count > 0 ? static_cast<std::size_t>(count) : 0;
    for (std::size_t i = 0; i < size; ++i) {
      // Another connection may have come into its place meanwhile: it looks in vain.
      const auto connection = connections_.at(static_cast<std::size_t>(events[i].data.u64));
      if (connection) connection->tell(reasons(events[i].events));
    }
    return size;
  }

  asio::io_context& io_;
  ConnectionSet& connections_;
  std::mutex mutex_;
  asio::posix::stream_descriptor epoll_;
  bool stopped_ = false;
};

}  // namespace

std::shared_ptr<Readiness> make_readiness(asio::io_context& io, ConnectionSet& connections) {
  auto readiness = std::make_shared<EpollReadiness>(io, connections);
  readiness->wait();
  return readiness;
}

}  // namespace bayeux::http1
