#include "websocket_frame.hpp"

#include <array>

namespace bayeux::bench {

namespace {

constexpr std::array<char, 4> mask{'\x5a', '\x13', '\x77', '\x2c'};

std::uint64_t big_endian(const char* bytes, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

void append_head(std::string& out, Opcode opcode, std::size_t size, unsigned masked) {
  const auto append = [&](std::uint64_t value, int bytes) {
    while (bytes-- > 0) out.push_back(static_cast<char>(value >> (8 * bytes)));
  };
  append(0x80U | static_cast<unsigned>(opcode), 1);
  if (size < 126) return append(masked | size, 1);
  append(masked | (size < 65'536 ? 126U : 127U), 1);
  append(size, size < 65'536 ? 2 : 8);
}

}  // namespace

WebSocketFrame frame_at(char* bytes, std::size_t size) {
  WebSocketFrame frame;
  if (size < 2) return frame;
  const bool masked = (bytes[1] & 0x80) != 0;
  std::uint64_t length = static_cast<unsigned char>(bytes[1]) & 0x7fU;
  const std::size_t length_size = length == 126 ? 2 : length == 127 ? 8 : 0;
  const std::size_t head = 2 + length_size + (masked ? 4 : 0);
  if (size < head) return frame;
  if (length_size != 0) length = big_endian(bytes + 2, length_size);
  if (size - head < length) return frame;
  if (masked) {
    const char* key = bytes + head - 4;
    for (std::size_t i = 0; i < length; ++i) bytes[head + i] = static_cast<char>(bytes[head + i] ^ key[i & 3]);
  }
  frame.opcode = static_cast<Opcode>(bytes[0] & 0x0f);
  frame.last = (bytes[0] & 0x80) != 0;
  frame.payload = {bytes + head, static_cast<std::size_t>(length)};
  frame.size = head + static_cast<std::size_t>(length);
  return frame;
}

void append_frame(std::string& out, Opcode opcode, std::string_view payload) {
  append_head(out, opcode, payload.size(), 0);
  out += payload;
}

void append_masked_frame(std::string& out, Opcode opcode, std::string_view payload) {
  append_head(out, opcode, payload.size(), 0x80);
  out.append(mask.data(), mask.size());
  for (std::size_t i = 0; i < payload.size(); ++i) out.push_back(static_cast<char>(payload[i] ^ mask[i & 3]));
}

}  // namespace bayeux::bench
