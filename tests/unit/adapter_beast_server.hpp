#pragma once

#include <cstdint>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio.hpp>
#include <boost/beast.hpp>

#include <bayeux/bayeux.hpp>
#include <bayeux/transports/adapters/beast.hpp>

#include "asio_peer.hpp"

namespace bayeux::test {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

/// A small program that has a bus, a coroutine for each connection, and routes of its own, which answer with their
/// target. Runs until the end of the test.
class BeastServer final {
 public:
  struct Settings {
    Config bus;
    EndpointConfig endpoint;
    BeastOptions options;
  };

  explicit BeastServer(Settings settings = {})
      : bus(std::move(settings.bus)),
        endpoint(bus, std::move(settings.endpoint)),
        options_(std::move(settings.options)),
        acceptor_(io_, tcp::endpoint(net::ip::address_v4::loopback(), 0)) {
    co_spawn(io_, accept(), net::detached);
    thread_ = std::thread([this] { io_.run(); });
  }
  ~BeastServer() {
    io_.stop();
    thread_.join();
  }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  /// How the operations of the adapter ended that ended with an error.
  std::vector<beast::error_code> failures() const {
    const std::lock_guard lock(mutex_);
    return failures_;
  }

  bool parks(std::size_t count) const {
    return eventually([&] { return endpoint.stats().parked == count; });
  }
  bool becomes_idle() const {
    return eventually([&] { return endpoint.stats().open == 0 && endpoint.stats().websockets == 0; });
  }

  /// The first of them; none when there is none in time.
  beast::error_code first_failure() const {
    eventually([this] { return !failures().empty(); });
    const auto all = failures();
    return all.empty() ? beast::error_code() : all.front();
  }

  Bus bus;
  Endpoint endpoint;

 private:
  using tcp = net::ip::tcp;
  using Request = http::request<http::string_body>;

  net::awaitable<void> accept() {
    for (;;) {
      tcp::socket socket = co_await acceptor_.async_accept(net::use_awaitable);
      co_spawn(io_, serve(beast::tcp_stream(std::move(socket))),
               [this](std::exception_ptr error) { note(std::move(error)); });
    }
  }

  net::awaitable<void> serve(beast::tcp_stream stream) {
    beast::flat_buffer buffer;
    for (bool keep_alive = true; keep_alive;) {
      http::request_parser<http::string_body> parser;
      beast::error_code error;
      co_await http::async_read(stream, buffer, parser, net::redirect_error(net::use_awaitable, error));
      if (error) co_return;
      const Request request = parser.release();
      if (beast::websocket::is_upgrade(request)) {
        beast::websocket::stream<beast::tcp_stream> socket(std::move(stream));
        co_return co_await async_run_websocket(endpoint, std::move(socket), request, options_, net::use_awaitable);
      }
      if (endpoint.serves({request.target().data(), request.target().size()})) {
        keep_alive = co_await async_answer(endpoint, stream, buffer, request, options_, net::use_awaitable);
      } else {
        keep_alive = co_await answer(stream, request);
      }
    }
  }

  static net::awaitable<bool> answer(beast::tcp_stream& stream, const Request& request) {
    http::response<http::string_body> response;
    response.body() = request.target().to_string();
    response.prepare_payload();
    co_await http::async_write(stream, response, net::use_awaitable);
    co_return request.keep_alive();
  }

  void note(std::exception_ptr failure) try {
    if (failure) std::rethrow_exception(failure);
  } catch (const boost::system::system_error& error) {
    const std::lock_guard lock(mutex_);
    failures_.push_back(error.code());
  }

  const BeastOptions options_;
  mutable std::mutex mutex_;
  std::vector<beast::error_code> failures_;
  net::io_context io_;
  tcp::acceptor acceptor_;
  std::thread thread_;
};

}  // namespace bayeux::test
