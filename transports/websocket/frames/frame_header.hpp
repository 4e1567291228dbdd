#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bayeux::websocket {

/// The first byte of frames that we send (RFC 6455 section 5.2): each is a whole message.
enum class FrameStart : std::uint8_t {
  text = 0x81,
  compressed_text = 0xc1,
  close = 0x88,
  ping = 0x89,
};

/// Adds the header of a frame with so many bytes behind it: at most 10 bytes.
void append_frame_header(std::string& out, FrameStart start, std::uint64_t length);

/// A header that came in. Whether it is allowed is for wslay to say.
struct FrameHeader {
  static constexpr std::size_t min_size = 2;
  static constexpr std::size_t max_size = 14;
  static constexpr std::size_t max_control_payload = 125;

  /// How long a header is that begins with these 2 bytes, or more.
  static std::size_t size_of(std::string_view bytes) noexcept;

  /// Reads a header that is there completely.
  static FrameHeader read(std::string_view bytes) noexcept;

  bool control() const noexcept { return (opcode & 8) != 0; }

  bool final = false;
  std::uint8_t opcode = 0;
  std::uint64_t length = 0;
};

}  // namespace bayeux::websocket
