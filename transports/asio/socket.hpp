#pragma once

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/strand.hpp>

namespace bayeux::http1 {

using Strand = asio::strand<asio::io_context::executor_type>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Strand>;

}  // namespace bayeux::http1

#ifdef BAYEUX_HAS_EPOLL
#include "socket_posix.hpp"
#else
#include "socket_asio.hpp"
#endif
