#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

#include <bayeux/transports/adapters/beast.hpp>

#include "conformance/transports/host_wire.hpp"

namespace bayeux::test {
namespace {

namespace net = boost::asio;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using boost::beast::error_code;
using boost::beast::tcp_stream;
using net::ip::tcp;

/// A connection of a server that has no other routes than the bus.
class Session final : public std::enable_shared_from_this<Session> {
 public:
  Session(Endpoint& endpoint, tcp::socket socket) : endpoint_(endpoint), stream_(std::move(socket)) {
    error_code ignored;
    stream_.socket().set_option(tcp::no_delay(true), ignored);
  }

  void read() {
    parser_.emplace();
    parser_->body_limit(16 * 1024 * 1024);
    http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
      if (!error) self->answer();
    });
  }

 private:
  void answer() {
    const auto& request = parser_->get();
    auto on_end = [self = shared_from_this()](error_code, bool keep_alive = false) {
      if (keep_alive) self->read();
    };
    if (websocket::is_upgrade(request)) {
      websocket::stream<tcp_stream> socket(std::move(stream_));
      async_run_websocket(endpoint_, std::move(socket), request, {}, std::move(on_end));
    } else {
      async_answer(endpoint_, stream_, buffer_, request, {}, std::move(on_end));
    }
  }

  Endpoint& endpoint_;
  tcp_stream stream_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
};

class BeastHost final : public Host {
 public:
  explicit BeastHost(Endpoint& endpoint)
      : endpoint_(endpoint), acceptor_(io_, tcp::endpoint(net::ip::address_v4::loopback(), 0)) {
    accept();
    for (auto& thread : threads_) thread = std::thread([this] { io_.run(); });
  }
  ~BeastHost() override {
    io_.stop();
    for (auto& thread : threads_) thread.join();
  }

  std::uint16_t port() const override { return acceptor_.local_endpoint().port(); }

 private:
  void accept() {
    acceptor_.async_accept(net::make_strand(io_), [this](error_code error, tcp::socket socket) {
      if (!error) std::make_shared<Session>(endpoint_, std::move(socket))->read();
      if (acceptor_.is_open()) accept();
    });
  }

  Endpoint& endpoint_;
  net::io_context io_;
  tcp::acceptor acceptor_;
  std::array<std::thread, 2> threads_;
};

}  // namespace

std::unique_ptr<Host> make_host(Bus&, Endpoint& endpoint) {
  return std::make_unique<BeastHost>(endpoint);
}

}  // namespace bayeux::test
