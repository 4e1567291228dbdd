#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <bayeux/transports/websocket.hpp>

#include "conversation.hpp"
#include "input_room.hpp"
#include "websocket/frames/frame_stream.hpp"

namespace bayeux::http1 {

class Connection;

/// What the WebSockets of a server have in common. The last of them may outlive the server.
struct WebSocketShare {
  websocket::FrameStream::Settings settings;
  websocket::Counters counters;
  std::atomic<std::size_t> open{0};
};

/// A WebSocket on a connection (RFC 6455): hands messages to the bus, and takes from it as fast as the peer reads.
///
/// What was taken is written before more is taken, and nothing is read while the peer does not: what waits, waits in
/// the queue of the client or with the peer.
class WebSocketConversation final : public Conversation, private websocket::FrameStream::Receiver {
 public:
  /// `bytes` have come in behind the request.
  WebSocketConversation(Connection& connection, std::shared_ptr<WebSocketShare> share,
                        std::unique_ptr<WebSocketSession> session,
                        const std::optional<websocket::Compression>& compression, std::string bytes);
  ~WebSocketConversation() override;
  WebSocketConversation(const WebSocketConversation&) = delete;
  WebSocketConversation& operator=(const WebSocketConversation&) = delete;

  void pump() override;
  bool wants_input() const noexcept override;
  void receive(std::string_view bytes) override;
  void woken() override { look_ = more_ = true; }
  void hung_up() override {}
  void writable() override;
  void expired() override;
  void stop() override;
  void closed() noexcept override;

 private:
  void text(std::string_view message) override;
  void binary(std::string_view) override;

  bool may_look() const noexcept;
  void look_at(std::string_view bytes);
  bool keep_input();
  bool write();
  bool send();
  void say_goodbye();
  void linger();
  void update_deadline();

  Connection& connection_;
  const std::shared_ptr<WebSocketShare> share_;
  const std::unique_ptr<WebSocketSession> session_;
  websocket::FrameStream frames_;
  InputRoom::Part room_;
  std::string unread_;        ///< Has come in and was not looked at yet.
  std::size_t looked_at_ = 0;  ///< Bytes of messages since output was last written.

  bool heard_ = true;      ///< Something came in since the last look at the clock.
  bool pinged_ = false;    ///< What is to come in next is the answer to a ping.
  bool advanced_ = false;  ///< A message was completed since `update_deadline`.
  bool more_ = true;       ///< The bus may have something.
  bool look_ = false;      ///< The session may have ended.
  bool leaving_ = false;   ///< The session has ended; its client may begin another.
  bool blocked_ = false;   ///< The peer has to take some first.
  bool lingering_ = false;
};

}  // namespace bayeux::http1
