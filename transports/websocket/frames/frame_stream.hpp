#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include <bayeux/frame.hpp>

#include "websocket/frames/counters.hpp"
#include "websocket/frames/frame_reader.hpp"
#include "websocket/frames/negotiation.hpp"
#include "websocket/frames/outbox.hpp"

namespace bayeux::websocket {

/// The server's end of one WebSocket (RFC 6455), without its socket: bytes in, messages out, and the other way round.
/// Pongs, answers to closes, and closes for broken rules it sends by itself. While nothing is half read and nothing
/// waits to be written it is this object and no more.
///
/// Threads: one at a time.
class FrameStream final {
 public:
  /// What all WebSockets of a server have in common.
  struct Settings {
    /// Bytes of a message that comes in, also after inflation; a larger one closes the WebSocket (1009) as soon as it
    /// is announced.
    std::size_t max_message = 256 * 1024;

    /// Messages with larger texts are compressed, where the peer agreed; smaller ones are not worth it.
    std::size_t compress_above = 1024;

    /// Whether binary messages are kept and handed on whole. The bus has no use for them.
    bool keep_binary = false;
  };

  /// Who is handed what came in. It may call anything but `feed` and the destructor.
  class Receiver {
   public:
    /// A whole message, in UTF-8, good for the call.
    virtual void text(std::string_view message) = 0;

    /// A binary message has begun, and its bytes are dropped; with Settings::keep_binary, a whole one.
    virtual void binary(std::string_view message) = 0;

   protected:
    ~Receiver() = default;
  };

  /// `settings` and `counters` must outlive it.
  FrameStream(const Settings& settings, Counters& counters, const std::optional<Compression>& compression) noexcept;
  ~FrameStream();
  FrameStream(const FrameStream&) = delete;
  FrameStream& operator=(const FrameStream&) = delete;

  /// Reads what came from the peer, up to the end of the next message that it hands on, and gives the rest: so whoever
  /// feeds it can let what that message caused leave first. Do not feed while `pending()` is large. After `close` nothing
  /// is handed on, and once `closed()` nothing is read.
  ///
  /// Errors: what the receiver throws comes through, and so does std::bad_alloc; the WebSocket is closed then.
  std::string_view feed(std::string_view bytes, Receiver& receiver);

  /// Queues one WebSocket message, the JSON array of these messages. What a lone message looks like on the wire is made
  /// once, however many sockets get it (Frame::rendering).
  void send(std::span<const Frame> message);

  /// Queues a ping, an empty one.
  void ping();

  /// Queues a close; only the first counts. What was queued before is still sent, nothing after it is. A reason of more
  /// than 123 bytes is cut.
  void close(std::uint16_t code, std::string_view reason);

  /// Bytes that wait to be written.
  std::size_t pending() const noexcept { return out_.size(); }

  /// Fills `parts` with the first of them, in order, and returns how many parts those are, for one gathering write.
  /// They stay where they are until they have been sent, whatever is queued meanwhile.
  std::size_t gather(std::span<std::string_view> parts) const noexcept { return out_.gather(parts); }

  /// Says that the first `bytes` of them have been written.
  void sent(std::size_t bytes) noexcept { out_.sent(bytes); }

  /// True when our close was queued, be it an answer.
  bool closing() const noexcept { return closing_; }

  /// True when no more is expected of the peer: it has closed, or broken the rules. Shut the connection down once
  /// `pending()` is 0.
  bool closed() const noexcept { return closed_; }

  /// True when a frame or a message has begun and is not complete: its end should not be waited for as long as for the
  /// next message.
  bool half_read() const noexcept { return reader_ != nullptr; }

  /// Bytes that are kept of a message that has begun, not inflated.
  std::size_t half_size() const noexcept { return reader_ != nullptr ? reader_->size() : 0; }

 private:
  void read(std::string_view& bytes, Receiver& receiver);
  void handle(FrameReader::Event event, Receiver& receiver);
  void hand_on(Receiver& receiver, bool binary);
  void fail(std::uint16_t code);

  const Settings& settings_;
  Counters& counters_;
  std::unique_ptr<FrameReader> reader_;
  Outbox out_;

  /// 0 where no compression was agreed.
  std::uint8_t window_bits_;
  bool closing_ = false;
  bool closed_ = false;
};

}  // namespace bayeux::websocket
