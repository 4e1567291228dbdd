#include "frame_header.hpp"

#include <cassert>

namespace bayeux::websocket {
namespace {

std::uint8_t byte_of(char c) noexcept {
  return static_cast<std::uint8_t>(c);
}

std::size_t extended_bytes(std::uint8_t length) noexcept {
  return length < 126 ? 0 : length == 126 ? 2 : 8;
}

}  // namespace

void append_frame_header(std::string& out, FrameStart start, std::uint64_t length) {
  out.push_back(static_cast<char>(start));
  const int marker = length < 126 ? static_cast<int>(length) : length < 0x10000 ? 126 : 127;
  out.push_back(static_cast<char>(marker));
  for (auto left = extended_bytes(static_cast<std::uint8_t>(marker)); left > 0; --left) {
    out.push_back(static_cast<char>(length >> (8 * (left - 1)) & 0xff));
  }
}

std::size_t FrameHeader::size_of(std::string_view bytes) noexcept {
  assert(bytes.size() >= min_size);
  const bool masked = (byte_of(bytes[1]) & 0x80) != 0;
  return min_size + extended_bytes(byte_of(bytes[1]) & 0x7f) + (masked ? 4 : 0);
}

FrameHeader FrameHeader::read(std::string_view bytes) noexcept {
  assert(bytes.size() >= size_of(bytes));
  FrameHeader header;
  header.final = (byte_of(bytes[0]) & 0x80) != 0;
  header.opcode = byte_of(bytes[0]) & 0x0f;
  header.length = byte_of(bytes[1]) & 0x7f;
  const auto extended = extended_bytes(static_cast<std::uint8_t>(header.length));
  if (extended == 0) return header;
  header.length = 0;
  for (std::size_t i = 0; i < extended; ++i) header.length = header.length << 8 | byte_of(bytes[min_size + i]);
  return header;
}

}  // namespace bayeux::websocket
