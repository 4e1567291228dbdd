#include "socket_asio.hpp"

namespace bayeux::http1 {

Socket Socket::accept(Acceptor& acceptor, asio::ip::tcp::endpoint& peer, std::error_code& error) {
  Waited taken(acceptor.get_executor().get_inner_executor());
  acceptor.accept(taken, peer, error);
  if (!error) taken.non_blocking(true, error);
  std::error_code ignored;
  if (!error) taken.set_option(asio::ip::tcp::no_delay(true), ignored);
  return Socket(std::move(taken));
}

}  // namespace bayeux::http1
