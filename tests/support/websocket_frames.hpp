#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bayeux::websocket::test {

enum Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// A frame as a client sends it; what is wrong with it is up to the test.
struct ClientFrame {
  int opcode = Opcode::text;
  std::string payload;
  bool final = true;
  int reserved = 0;  ///< RSV1 is 4.
  bool masked = true;

  std::string bytes() const {
    std::string out;
    out.push_back(static_cast<char>((final ? 0x80 : 0) | reserved << 4 | opcode));
    const auto size = payload.size();
    const auto marker = size < 126 ? size : size < 0x10000 ? 126 : 127;
    out.push_back(static_cast<char>((masked ? 0x80 : 0) | marker));
    for (int left = marker < 126 ? 0 : marker == 126 ? 2 : 8; left > 0; --left) {
      out.push_back(static_cast<char>(size >> (8 * (left - 1)) & 0xff));
    }
    constexpr std::string_view key = "\x12\xa4\x56\xf8";
    if (masked) out.append(key);
    for (std::size_t i = 0; i < size; ++i) {
      out.push_back(masked ? static_cast<char>(payload[i] ^ key[i % 4]) : payload[i]);
    }
    return out;
  }
};

inline std::string text_frame(std::string payload) {
  return ClientFrame{Opcode::text, std::move(payload)}.bytes();
}

inline std::string close_frame(int code, std::string_view reason = {}) {
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  return ClientFrame{Opcode::close, payload.append(reason)}.bytes();
}

/// A frame that the server sent, taken apart.
struct ServerFrame {
  std::uint8_t opcode = 0;
  bool final = false;
  std::uint8_t reserved = 0;
  std::string payload;

  int code() const {
    if (payload.size() < 2) return 0;
    return static_cast<std::uint8_t>(payload[0]) << 8 | static_cast<std::uint8_t>(payload[1]);
  }
};

/// Bytes of the first frame; 0 where it is not all there.
inline std::size_t first_frame_size(std::string_view bytes) {
  if (bytes.size() < 2) return 0;
  std::uint64_t size = static_cast<std::uint8_t>(bytes[1]) & 0x7f;
  const std::size_t header = 2 + (size < 126 ? 0 : size == 126 ? 2 : 8);
  if (bytes.size() < header) return 0;
  if (header > 2) size = 0;
  for (std::size_t i = 2; i < header; ++i) size = size << 8 | static_cast<std::uint8_t>(bytes[i]);
  return bytes.size() - header >= size ? header + static_cast<std::size_t>(size) : 0;
}

/// Takes the frames of a server apart; what breaks the rules ends as a frame with the opcode 255.
inline std::vector<ServerFrame> take_apart(std::string_view bytes) {
  std::vector<ServerFrame> frames;
  const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); };
  while (!bytes.empty()) {
    ServerFrame frame{255};
    frames.push_back(frame);
    if (bytes.size() < 2 || (byte(1) & 0x80) != 0) return frames;
    std::uint64_t size = byte(1);
    const std::size_t extended = size < 126 ? 0 : size == 126 ? 2 : 8;
    if (bytes.size() < 2 + extended) return frames;
    if (extended != 0) size = 0;
    for (std::size_t i = 0; i < extended; ++i) size = size << 8 | byte(2 + i);
    if (extended != 0 && size < (extended == 2 ? 126U : 0x10000U)) return frames;
    if (bytes.size() - 2 - extended < size) return frames;
    frame.opcode = byte(0) & 0x0f;
    frame.final = (byte(0) & 0x80) != 0;
    frame.reserved = byte(0) >> 4 & 7;
    frame.payload = bytes.substr(2 + extended, size);
    bytes.remove_prefix(2 + extended + size);
    frames.back() = std::move(frame);
  }
  return frames;
}

}  // namespace bayeux::websocket::test
