#include "accept_loop.hpp"

#include <chrono>
#include <utility>

#include <asio/ip/address.hpp>

namespace bayeux::http1 {

namespace {

constexpr int backlog = 4096;
constexpr std::chrono::milliseconds pause_after_error{100};

}  // namespace

AcceptLoop::AcceptLoop(asio::io_context& io, const std::string& host, std::uint16_t port, HasRoom has_room, Taker taker)
    : io_(io),
      strand_(asio::make_strand(io)),
      acceptor_(strand_),
      pause_(strand_),
      has_room_(std::move(has_room)),
      taker_(std::move(taker)) {
  asio::ip::tcp::resolver resolver(io);
  const auto found = resolver.resolve(host, std::to_string(port), asio::ip::resolver_base::passive);
  const asio::ip::tcp::endpoint endpoint = found.begin()->endpoint();
  acceptor_.open(endpoint.protocol());
  acceptor_.set_option(asio::ip::tcp::acceptor::reuse_address(true));
  acceptor_.bind(endpoint);
  acceptor_.listen(backlog);
  port_ = acceptor_.local_endpoint().port();
}

void AcceptLoop::resume() {
  if (!accepting_ && acceptor_.is_open()) accept();
}

void AcceptLoop::close() {
  std::error_code error;
  acceptor_.close(error);
  pause_.cancel();
}

void AcceptLoop::accept() {
  // In this order, so that a connection which goes meanwhile is not missed.
  wants_room_ = true;
  if (!has_room_()) return;
  wants_room_ = false;
  accepting_ = true;
  acceptor_.async_accept(asio::make_strand(io_), peer_,
                         [self = shared_from_this()](const std::error_code& error, Socket socket) {
                           self->accepted(error, std::move(socket));
                         });
}

void AcceptLoop::accepted(const std::error_code& error, Socket socket) {
  accepting_ = false;
  if (!acceptor_.is_open()) return;
  if (error && error != asio::error::connection_aborted) return retry_later();
  try {
    if (!error) taker_(std::move(socket), peer_.address());
  } catch (...) {
    return retry_later();  // Out of memory; the socket is closed.
  }
  accept();
}

void AcceptLoop::retry_later() {
  pause_.expires_after(pause_after_error);
  pause_.async_wait([self = shared_from_this()](const std::error_code&) { self->resume(); });
}

}  // namespace bayeux::http1
