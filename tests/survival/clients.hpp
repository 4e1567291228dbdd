#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "support/websocket_frames.hpp"
#include "unit/asio_peer.hpp"

namespace bayeux::test {

/// What stands behind `"name":` in a text: a word, a number or the inside of a string. Empty when it is not there.
inline std::string value_of(std::string_view text, std::string_view name) {
  const auto key = "\"" + std::string(name) + "\":";
  auto from = text.find(key);
  if (from == std::string_view::npos) return {};
  from += key.size();
  if (text[from] == '"') ++from;
  return std::string(text.substr(from, text.find_first_of("\",}]", from) - from));
}

inline const std::string handshake_text = R"([{"channel":"/meta/handshake","id":"1","version":"1.0"}])";

/// A message of a client; `more` is the rest of its members.
inline std::string message_text(const std::string& client, std::string_view channel, std::string_view more) {
  return R"([{"channel":")" + std::string(channel) + R"(","id":"2","clientId":")" + client + "\"," + std::string(more) +
         "}]";
}

/// A client over HTTP: a request, an answer. `End` is Peer or TlsPeer, and is made of the arguments.
template <class End>
class BasicHttpClient final {
 public:
  template <class... Arguments>
  explicit BasicHttpClient(std::uint16_t port, const Arguments&... arguments) : peer(port, arguments...) {
    id = value_of(ask(handshake_text), "clientId");
  }

  std::string ask(const std::string& text) { return peer.send(post("/bayeux", text)).receive().body; }
  void say(const std::string& text) { peer.send(post("/bayeux", text)); }
  void subscribe(const std::string& channel) { ask(subscription(channel)); }

  std::string subscription(const std::string& channel) const {
    return message_text(id, "/meta/subscribe", R"("subscription":")" + channel + "\"");
  }
  std::string connect(const std::string& type = "long-polling") const {
    return message_text(id, "/meta/connect", R"("connectionType":")" + type + "\"");
  }
  std::string stream_request() const { return get("/bayeux/" + id, "Accept: text/event-stream\r\n"); }

  End peer;
  std::string id;
};

using HttpClient = BasicHttpClient<Peer>;

inline std::string upgrade_text() {
  return get("/bayeux",
             "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
}

/// A client over WebSocket, which has shaken hands and connected. `End` as above.
template <class End>
class BasicSocketClient final {
 public:
  template <class... Arguments>
  explicit BasicSocketClient(std::uint16_t port, const Arguments&... arguments) : peer(port, arguments...) {
    peer.send(upgrade_text()).receive();
    id = value_of(ask(handshake_text), "clientId");
    ask(message_text(id, "/meta/connect", R"("connectionType":"websocket")"));
  }

  void say(const std::string& text) { peer.send(websocket::test::text_frame(text)); }
  std::string ask(const std::string& text) {
    say(text);
    return next();
  }
  void subscribe(const std::string& channel) {
    ask(message_text(id, "/meta/subscribe", R"("subscription":")" + channel + "\""));
  }

  /// A message that has no effect but its answer.
  std::string nothing() const { return message_text(id, "/meta/unsubscribe", R"("subscription":"/none")"); }

  /// The text of the next message; empty when the connection ended.
  std::string next() {
    std::string text;
    while (!take(text)) {
      const auto more = peer.receive_some();
      if (more.empty()) return {};
      buffer_ += more;
    }
    return text;
  }

  /// Takes what has come, without waiting for more. False when the connection ended.
  bool receive_ready() {
    const auto more = peer.receive_some();
    buffer_ += more;
    return !more.empty();
  }

  /// Takes a message that has come, and answers pings in front of it. False when there is none.
  bool take(std::string& text) {
    using namespace websocket::test;
    for (auto size = first_frame_size(buffer_); size != 0; size = first_frame_size(buffer_)) {
      const auto frame = take_apart(std::string_view(buffer_).substr(0, size)).front();
      buffer_.erase(0, size);
      text = frame.payload;
      if (frame.opcode != Opcode::ping) return true;
      peer.send(ClientFrame{Opcode::pong, text}.bytes());
    }
    return false;
  }

  End peer;
  std::string id;

 private:
  std::string buffer_;
};

using SocketClient = BasicSocketClient<Peer>;

}  // namespace bayeux::test
