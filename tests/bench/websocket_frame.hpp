#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bayeux::bench {

/// The key of the example in RFC 6455 section 1.3, and what a server has to answer to it. The generator sends always
/// this one, so that the floor needs no SHA-1.
inline constexpr std::string_view websocket_key = "dGhlIHNhbXBsZSBub25jZQ==";
inline constexpr std::string_view websocket_accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

enum class Opcode : std::uint8_t { continuation = 0, text = 1, close = 8, ping = 9, pong = 10 };

/// A frame at the beginning of some bytes (RFC 6455 section 5.2).
struct WebSocketFrame {
  Opcode opcode = Opcode::text;
  bool last = true;
  std::string_view payload;
  std::size_t size = 0;  ///< Bytes of the whole frame; 0 as long as it is not complete.
};

/// Unmasks in place.
WebSocketFrame frame_at(char* bytes, std::size_t size);

/// Appends a frame as a server sends it.
void append_frame(std::string& out, Opcode opcode, std::string_view payload);

/// Appends a frame as a client sends it.
void append_masked_frame(std::string& out, Opcode opcode, std::string_view payload);

}  // namespace bayeux::bench
