#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/write.hpp>

#include <array>
#include <memory>
#include <string>
#include <utility>

#include <bayeux/transports/asio_server.hpp>

#include "conformance/transport.hpp"
#include "unit/websocket_support.hpp"

namespace bayeux::test {
namespace {

namespace frames = websocket::test;

constexpr int unreadable = 1007;

/// One WebSocket, frame by frame, over a socket of the system to an AsioServer whose loop runs when the client looks.
class WebSocketFramesWire final : public Wire {
 public:
  WebSocketFramesWire(asio::io_context& io, std::uint16_t port, Browser* browser)
      : io_(io), port_(port), browser_(browser), socket_(io) {}

  void send(std::string_view json) override {
    if (!socket_.is_open()) open();
    asio::write(socket_, asio::buffer(frames::text_frame(std::string(json))));
  }

  Arrivals arrived() override {
    if (socket_.is_open()) run();
    return std::exchange(arrivals_, {});
  }

  void hang_up() override {
    if (!socket_.is_open()) return;
    run();
    socket_.close();
    run();
  }

 private:
  void open() {
    socket_.connect({asio::ip::address_v4::loopback(), port_});
    socket_.set_option(asio::ip::tcp::no_delay(true));
    std::string request =
        "GET /bayeux HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    if (browser_ != nullptr && !browser_->cookie.empty()) request += "Cookie: " + browser_->cookie + "\r\n";
    asio::write(socket_, asio::buffer(request + "\r\n"));
    socket_.non_blocking(true);
    io_.restart();
    while (io_.poll() + read() > 0) {
    }
    buffer_.erase(0, buffer_.find("\r\n\r\n") + 4);
  }

  /// Until nothing is under way: what one end has written the other can read at once.
  void run() {
    io_.restart();
    while (io_.poll() + read() > 0) {
    }
    for (const auto& frame : frames::take_apart(std::exchange(buffer_, {}))) arrive(frame);
  }

  void arrive(const frames::ServerFrame& frame) {
    if (frame.opcode == frames::Opcode::close) {
      arrivals_.failures.push_back(frame.code());
      socket_.close();
    } else if (frame.opcode == frames::Opcode::text) {
      const auto messages = Json::parse(frame.payload).value_or(Json());
      for (const auto& message : messages.items()) arrivals_.messages.push_back(message);
    }
  }

  std::size_t read() {
    if (!socket_.is_open()) return 0;
    std::array<char, 64 * 1024> bytes;
    std::error_code error;
    const std::size_t size = socket_.read_some(asio::buffer(bytes), error);
    buffer_.append(bytes.data(), size);
    return size;
  }

  asio::io_context& io_;
  const std::uint16_t port_;
  Browser* browser_;
  asio::ip::tcp::socket socket_;
  std::string buffer_;
  Arrivals arrivals_;
};

class WebSocketFrames final : public Transport {
 public:
  WebSocketFrames(Bus& bus, const Limits& limits) : server_(bus, io_, config(limits)) {}

  Facts facts() const override {
    return {.connection_type = "websocket", .pushes = true, .unreadable = unreadable, .closes = true};
  }
  std::unique_ptr<Wire> open(Browser* browser) override {
    return std::make_unique<WebSocketFramesWire>(io_, server_.port(), browser);
  }

 private:
  static AsioServerConfig config(const Limits& limits) {
    AsioServerConfig config;
    config.port = 0;
    config.websocket->max_take = limits.max_response;
    config.websocket->max_message = 16 * 1024 * 1024;
    return config;
  }

  asio::io_context io_;
  AsioServer server_;
};

const TransportRegistration registration("websocket-frames", [](Bus& bus, const Limits& limits) {
  return std::make_unique<WebSocketFrames>(bus, limits);
});

}  // namespace
}  // namespace bayeux::test
