#include "accept_loop.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include <asio/ip/address.hpp>

#ifdef __linux__
#include <netinet/tcp.h>
#include <sys/socket.h>
#endif

namespace bayeux::http1 {

namespace {

constexpr int backlog = 4096;

/// So many come in in one go; those who are there have their turn in between.
constexpr std::size_t share = 64;

constexpr std::chrono::milliseconds pause_after_error{100};

/// A peer that has gone without a word acknowledges nothing. What is written to it fits into the system's buffers, as
/// long as it is little, and these would try for a quarter of an hour. Connections have this from the socket that
/// listens. It is longer than the server's own limit, which counts where something does not fit.
void notice_silence([[maybe_unused]] Acceptor& acceptor, [[maybe_unused]] Milliseconds write_timeout) {
#ifdef TCP_USER_TIMEOUT
  const auto most = static_cast<unsigned>(std::min<std::int64_t>(2 * write_timeout.count(), INT32_MAX));
  ::setsockopt(acceptor.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &most, sizeof most);
#endif
}

}  // namespace

AcceptLoop::AcceptLoop(asio::io_context& io, const AsioServerConfig& config, HasRoom has_room, Taker taker,
                       Counters& counters)
    : strand_(asio::make_strand(io)),
      acceptor_(strand_),
      pause_(strand_),
      has_room_(std::move(has_room)),
      taker_(std::move(taker)),
      counters_(counters) {
  asio::ip::tcp::resolver resolver(io);
  const auto found = resolver.resolve(config.host, std::to_string(config.port), asio::ip::resolver_base::passive);
  const asio::ip::tcp::endpoint endpoint = found.begin()->endpoint();
  acceptor_.open(endpoint.protocol());
  acceptor_.set_option(asio::ip::tcp::acceptor::reuse_address(true));
  acceptor_.bind(endpoint);
  notice_silence(acceptor_, config.write_timeout);
  acceptor_.listen(backlog);
  acceptor_.non_blocking(true);
  port_ = acceptor_.local_endpoint().port();
}

void AcceptLoop::resume() {
  if (!waiting_ && acceptor_.is_open()) take_in();
}

void AcceptLoop::close() {
  std::error_code error;
  acceptor_.close(error);
  pause_.cancel();
}

void AcceptLoop::wait() {
  waiting_ = true;
  acceptor_.async_wait(Acceptor::wait_read, [self = shared_from_this()](const std::error_code&) {
    self->waiting_ = false;
    self->resume();
  });
}

void AcceptLoop::take_in() {
  for (std::size_t taken = 0; taken < share; ++taken) {
    // In this order, so that a connection which goes meanwhile is not missed.
    wants_room_ = true;
    if (!has_room_()) return Counters::add(counters_.over_connections);
    wants_room_ = false;
    if (!take_one()) return;
  }
  wait();
}

/// False when that was the last for now.
bool AcceptLoop::take_one() {
  try {
    asio::ip::tcp::endpoint peer;
    std::error_code error;
    Socket socket = Socket::accept(acceptor_, peer, error);
    if (error == asio::error::would_block || error == asio::error::try_again) return wait(), false;
    if (error == asio::error::connection_aborted) return true;
    if (error) return retry_later(), false;
    taker_(std::move(socket), peer.address());
    return true;
  } catch (...) {
    return retry_later(), false;  // Out of memory, or of what watches sockets; this one is closed.
  }
}

void AcceptLoop::retry_later() {
  Counters::add(counters_.accept_failures);
  pause_.expires_after(pause_after_error);
  pause_.async_wait([self = shared_from_this()](const std::error_code&) { self->resume(); });
}

}  // namespace bayeux::http1
