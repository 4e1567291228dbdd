#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct wslay_event_context;

namespace bayeux::websocket {

/// Reads the frames of a client: wslay, with what it needs around it. It takes 5 KiB and more, so a socket has one only
/// while a frame or a message is half read; the others share those of their thread.
///
/// wslay 1.1 checks the reason of a close wrongly when it comes in pieces, takes a close of one byte for a good one,
/// and answers a broken header with an empty close. So a control frame is shown to it as a whole, and the rest is seen
/// to here.
class FrameReader final {
 public:
  /// What a step of reading came upon.
  enum class Event : std::uint8_t {
    none,
    text,    ///< A text message is complete: `message`, which is not inflated when `compressed`.
    binary,  ///< A binary message begins, and is not kept; or it is complete, as with text.
    ping,    ///< `reply` is the pong.
    pong,
    close,  ///< The peer's close. `reply` is ours.
    error,  ///< A rule was broken: close with `error_code`. Nothing can be read any more.
  };

  /// One from the pool of the thread, or a new one. Errors: throws std::bad_alloc.
  static std::unique_ptr<FrameReader> acquire(std::size_t max_message, bool compression, bool keep_binary);

  /// Puts it back when nothing is half read and none of its socket's rules were broken.
  static void release(std::unique_ptr<FrameReader> reader) noexcept;

  /// How many exist: for tests. Threads: any.
  static std::size_t alive() noexcept;

  /// How many the thread keeps.
  static constexpr std::size_t max_pooled = 4;

  ~FrameReader();
  FrameReader(const FrameReader&) = delete;
  FrameReader& operator=(const FrameReader&) = delete;

  /// Reads on, to the end of a frame or of `bytes`, and takes what it has read off `bytes`. Errors: throws
  /// std::bad_alloc.
  Event read(std::string_view& bytes);

  /// True when no frame and no message is half read.
  bool idle() const noexcept { return held_ == 0 && left_ == 0 && !in_message_; }

  /// Whatever comes is not kept any more, and from the next `read` on neither is what has come.
  void discard() noexcept { keep_ = false; }

  /// Bytes of the message that is half read.
  std::size_t size() const noexcept { return message_.size(); }

  /// After Event::text, until `read` or `release`.
  std::string& message() noexcept { return message_; }
  bool compressed() const noexcept { return compressed_; }

  /// After Event::ping and Event::close, until `read` or `release`.
  std::string_view reply() const noexcept { return {reply_.data(), reply_size_}; }

  /// After Event::error: 1002, 1007 or 1009.
  std::uint16_t error_code() const noexcept { return error_code_; }

 private:
  struct Callbacks;
  static constexpr std::size_t max_control = 131;
  static constexpr std::size_t max_kept = 64 * 1024;

  FrameReader();
  std::size_t wanted() const noexcept;
  Event read_payload(std::string_view& bytes);
  Event begin_frame();
  Event show(std::string_view slice);
  Event fail(std::uint16_t code) noexcept;
  bool keeps() const noexcept { return keep_ && (keep_binary_ || !binary_); }
  bool reusable() const noexcept;

  wslay_event_context* context_ = nullptr;
  std::string_view slice_;
  std::string message_;
  std::size_t max_message_ = 0;

  /// Bytes of the payload of a data frame that are still to come; payloads of this message so far.
  std::uint64_t left_ = 0;
  std::uint64_t seen_ = 0;

  std::size_t held_ = 0;
  std::size_t reply_size_ = 0;
  std::uint16_t error_code_ = 0;
  Event event_ = Event::none;
  bool in_message_ = false;
  bool keep_ = true;
  bool keep_binary_ = false;
  bool binary_ = false;
  bool compressed_ = false;
  std::array<char, max_control> held_bytes_{};
  std::array<char, max_control> reply_{};
};

}  // namespace bayeux::websocket
