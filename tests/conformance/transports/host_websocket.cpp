#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "conformance/transport.hpp"
#include "conformance/transports/host_socket.hpp"
#include "conformance/transports/host_wire.hpp"
#include "conformance/transports/http_reply.hpp"
#include "support/websocket_frames.hpp"

namespace bayeux::test {
namespace {

namespace frames = websocket::test;

constexpr int unreadable = 1007;
constexpr int cut_off = 1006;

class HostWebSocketWire;

/// WebSocket to a host's server, whose threads are at work while the test looks on.
class HostWebSocket final : public Transport {
 public:
  HostWebSocket(Bus& bus, const Limits& limits) : endpoint_(bus, config(limits)), host_(make_host(bus, endpoint_)) {}

  Facts facts() const override {
    return {.connection_type = "websocket", .pushes = true, .unreadable = unreadable, .closes = true};
  }
  std::unique_ptr<Wire> open(Browser* browser) override;

 private:
  friend class HostWebSocketWire;

  static EndpointConfig config(const Limits& limits) {
    EndpointConfig config;
    config.websocket->max_take = limits.max_response;
    config.websocket->max_message = 16 * 1024 * 1024;
    return config;
  }

  template <class Condition>
  void wait(std::string_view what, Condition condition) {
    if (std::exchange(failed_, true)) return;
    wait_until(what, condition);
    failed_ = false;
  }

  Endpoint endpoint_;
  std::unique_ptr<Host> host_;
  std::size_t sockets_ = 0;  ///< That are open.
  bool failed_ = false;      ///< One wait in vain is enough.
};

class HostWebSocketWire final : public Wire {
 public:
  HostWebSocketWire(HostWebSocket& transport, Browser* browser) : transport_(transport), browser_(browser) {}

  ~HostWebSocketWire() override {
    try {
      close();
    } catch (...) {  // Catch2 knows of the failure.
    }
  }

  void send(std::string_view json) override {
    if (!socket_.is_open()) open();
    socket_.write(frames::text_frame(std::string(json)));
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
    socket_.connect(transport_.host_->port());
    std::string request =
        "GET /bayeux HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    if (browser_ != nullptr && !browser_->cookie.empty()) request += "Cookie: " + browser_->cookie + "\r\n";
    socket_.write(request + "\r\n");
    buffer_.clear();
    message_.clear();
    std::optional<HttpReply> reply;
    transport_.wait("the server has answered the upgrade", [&] {
      const bool lasts = socket_.read(buffer_);
      reply = take_reply(buffer_);
      return reply || !lasts;
    });
    REQUIRE(reply);
    REQUIRE(reply->status == 101);
    REQUIRE(reply->header("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    ++transport_.sockets_;
    ended_ = false;
  }

  /// The bus knows of it afterwards.
  void close() {
    if (!socket_.is_open()) return;
    socket_.close();
    const auto left = --transport_.sockets_;
    transport_.wait("the server has noticed who hung up",
                    [&] { return transport_.endpoint_.stats().websockets == left; });
  }

  /// Until nothing is under way. What the server has to say is in front of its answer to a ping, but its first answer
  /// may overtake what it has just begun to say: so until it had nothing to say twice.
  void settle() {
    for (int quiet = 0; quiet < 2 && socket_.is_open();) {
      const auto before = received_;
      pongs_ = 0;
      socket_.write(frames::ClientFrame{frames::Opcode::ping}.bytes());
      transport_.wait("the server has answered a ping", [&] { return !read() || pongs_ > 0; });
      quiet = received_ == before ? quiet + 1 : 0;
      if (transport_.failed_) return;
      if (ended_) close();
    }
  }

  /// Takes in what is there by now; false when nothing comes behind it.
  bool read() {
    const bool lasts = socket_.read(buffer_);
    for (auto size = frames::first_frame_size(buffer_); size != 0; size = frames::first_frame_size(buffer_)) {
      for (const auto& frame : frames::take_apart(std::string_view(buffer_).substr(0, size))) arrive(frame);
      buffer_.erase(0, size);
    }
    if (!lasts && !std::exchange(ended_, true)) arrivals_.failures.push_back(cut_off);
    return !ended_;
  }

  void arrive(const frames::ServerFrame& frame) {
    if (frame.opcode == frames::Opcode::pong) {
      ++pongs_;
    } else if (frame.opcode == frames::Opcode::ping) {
      socket_.write(frames::ClientFrame{frames::Opcode::pong, frame.payload}.bytes());
    } else if (frame.opcode == frames::Opcode::close) {
      if (!std::exchange(ended_, true)) arrivals_.failures.push_back(frame.code());
      socket_.write(frames::close_frame(frame.code()));
    } else {
      arrive_in_part(frame);
    }
  }

  /// A stack may send a message in several frames.
  void arrive_in_part(const frames::ServerFrame& frame) {
    ++received_;
    message_ += frame.payload;
    if (!frame.final) return;
    const auto messages = Json::parse(std::exchange(message_, {})).value_or(Json());
    for (const auto& message : messages.items()) arrivals_.messages.push_back(message);
  }

  HostWebSocket& transport_;
  Browser* browser_;
  HostSocket socket_;
  std::string buffer_;
  std::string message_;
  Arrivals arrivals_;
  int pongs_ = 0;
  int received_ = 0;  ///< Frames with something of a message.
  bool ended_ = false;
};

std::unique_ptr<Wire> HostWebSocket::open(Browser* browser) {
  return std::make_unique<HostWebSocketWire>(*this, browser);
}

const TransportRegistration registration("host-websocket", [](Bus& bus, const Limits& limits) {
  return std::make_unique<HostWebSocket>(bus, limits);
});

}  // namespace
}  // namespace bayeux::test
