#include "socket_asio.hpp"

namespace bayeux::http1 {

Socket Socket::accept(Acceptor& acceptor, asio::ip::tcp::endpoint& peer, std::error_code& error) {
  const auto io = acceptor.get_executor().get_inner_executor();
  Socket taken(acceptor.accept(io, peer, error));
  if (error) return taken;
  std::error_code ignored;
  taken.socket_.non_blocking(true, error);
  taken.socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  return taken;
}

}  // namespace bayeux::http1
