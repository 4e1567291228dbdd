#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <bayeux/json.hpp>

#include "asio_peer.hpp"
#include "support/websocket_frames.hpp"

namespace bayeux::test {

inline std::string upgrade(const std::string& headers = {}, const std::string& target = "/bayeux") {
  return get(target,
             "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                 headers);
}

inline constexpr auto handshake = R"([{"channel":"/meta/handshake","id":"1","version":"1.0"}])";

/// A WebSocket client, frame by frame.
class Caller final {
 public:
  explicit Caller(std::uint16_t port, const std::string& headers = {}, int receive_buffer = 0)
      : peer(port, receive_buffer) {
    answer = peer.send(upgrade(headers)).receive();
  }

  /// The next frame; opcode 0 when the connection ended before it was complete.
  websocket::test::ServerFrame frame() {
    for (;;) {
      auto all = websocket::test::take_apart(buffer_);
      if (!all.empty() && all.front().opcode != 255) {
        buffer_.erase(0, size_of(all.front()));
        return all.front();
      }
      const auto more = peer.receive_some();
      if (more.empty()) return {};
      buffer_ += more;
    }
  }

  std::string text() { return frame().payload; }

  std::string say(const std::string& message) {
    peer.send(websocket::test::text_frame(message));
    return text();
  }

  std::string message(std::string_view channel, std::string_view more = {}) const {
    return R"([{"channel":")" + std::string(channel) + R"(","clientId":")" + id + "\"" + std::string(more) + "}]";
  }

  /// Shakes hands, connects and subscribes to `/news`.
  void join() {
    id = Json::parse(say(handshake)).value_or(Json())[0]["clientId"].as_string();
    say(message("/meta/connect", R"(,"connectionType":"websocket")"));
    say(message("/meta/subscribe", R"(,"subscription":"/news")"));
  }

  Peer peer;
  Received answer;
  std::string id;

 private:
  static std::size_t size_of(const websocket::test::ServerFrame& frame) {
    const auto size = frame.payload.size();
    return 2 + (size < 126 ? 0 : size < 0x10000 ? 2 : 8) + size;
  }

  std::string buffer_;
};

}  // namespace bayeux::test
