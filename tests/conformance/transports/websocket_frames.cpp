#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <bayeux/transports/asio_server.hpp>

#include "conformance/transport.hpp"
#include "support/catch.hpp"
#include "support/websocket_frames.hpp"

namespace bayeux::test {
namespace {

namespace frames = websocket::test;

constexpr int unreadable = 1007;

/// One WebSocket, frame by frame, over a socket of the system to an AsioServer whose loop runs when the client looks.
class WebSocketFramesWire final : public Wire {
 public:
  WebSocketFramesWire(asio::io_context& io, AsioServer& server, Browser* browser)
      : io_(io), server_(server), browser_(browser), socket_(io) {}

  void send(std::string_view json) override {
    if (!socket_.is_open()) open();
    write(frames::text_frame(std::string(json)));
  }

  Arrivals arrived() override {
    settle();
    return std::exchange(arrivals_, {});
  }

  void hang_up() override {
    settle();
    close();
  }

 private:
  void open() {
    socket_.connect({asio::ip::address_v4::loopback(), server_.port()});
    socket_.set_option(asio::ip::tcp::no_delay(true));
    socket_.non_blocking(true);
    std::string request =
        "GET /bayeux HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    if (browser_ != nullptr && !browser_->cookie.empty()) request += "Cookie: " + browser_->cookie + "\r\n";
    write(request + "\r\n");
    run_until([&] { return buffer_.find("\r\n\r\n") != std::string::npos; });
    buffer_.erase(0, buffer_.find("\r\n\r\n") + 4);
  }

  void close() {
    if (!socket_.is_open()) return;
    const auto before = server_.stats().websockets;
    socket_.close();
    run_until([&] { return server_.stats().websockets < before; });
  }

  /// Until nothing is under way. The system takes its time between the two ends, so the server is asked: the first
  /// answer comes behind all that was sent to it, and the second behind all that it had to say to that.
  void settle() {
    for (int round = 0; round < 2 && socket_.is_open(); ++round) {
      run();
      pongs_ = 0;
      write(frames::ClientFrame{frames::Opcode::ping}.bytes());
      run_until([&] { return pongs_ > 0 || !socket_.is_open(); });
    }
    run();
  }

  void run() {
    io_.restart();
    while (io_.poll() + read() > 0) {
    }
  }

  template <class Condition>
  void run_until(Condition condition) {
    for (int i = 0; i < most_turns; ++i) {
      run();
      if (condition()) return;
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
    FAIL("the server does not answer");
  }

  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      std::error_code error;
      bytes.remove_prefix(socket_.write_some(asio::buffer(bytes), error));
      if (error && error != asio::error::would_block) return;
      if (error) run();
    }
  }

  std::size_t read() {
    if (!socket_.is_open()) return 0;
    std::array<char, 64 * 1024> bytes;
    std::error_code error;
    const std::size_t size = socket_.read_some(asio::buffer(bytes), error);
    buffer_.append(bytes.data(), size);
    if (!buffer_.starts_with("HTTP")) take_whole_frames();
    return size;
  }

  void take_whole_frames() {
    for (auto size = frames::first_frame_size(buffer_); size != 0; size = frames::first_frame_size(buffer_)) {
      for (const auto& frame : frames::take_apart(std::string_view(buffer_).substr(0, size))) arrive(frame);
      buffer_.erase(0, size);
    }
  }

  void arrive(const frames::ServerFrame& frame) {
    if (frame.opcode == frames::Opcode::pong) ++pongs_;
    if (frame.opcode == frames::Opcode::close) {
      arrivals_.failures.push_back(frame.code());
      close();
    } else if (frame.opcode == frames::Opcode::text) {
      const auto messages = Json::parse(frame.payload).value_or(Json());
      for (const auto& message : messages.items()) arrivals_.messages.push_back(message);
    }
  }

  static constexpr int most_turns = 100'000;

  asio::io_context& io_;
  AsioServer& server_;
  Browser* browser_;
  asio::ip::tcp::socket socket_;
  std::string buffer_;
  Arrivals arrivals_;
  int pongs_ = 0;
};

class WebSocketFrames final : public Transport {
 public:
  WebSocketFrames(Bus& bus, const Limits& limits) : server_(bus, io_, config(limits)) {}

  Facts facts() const override {
    return {.connection_type = "websocket", .pushes = true, .unreadable = unreadable, .closes = true};
  }
  std::unique_ptr<Wire> open(Browser* browser) override {
    return std::make_unique<WebSocketFramesWire>(io_, server_, browser);
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
