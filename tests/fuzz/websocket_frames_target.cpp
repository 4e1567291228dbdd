#include <array>
#include <optional>
#include <string>
#include <vector>

#include "fuzz/target.hpp"
#include "websocket/frames/frame_stream.hpp"

namespace bayeux::fuzz {
namespace {

using websocket::Compression;
using websocket::Counters;
using websocket::FrameStream;

constexpr FrameStream::Settings settings{.max_message = 3000, .compress_above = 10};

/// UTF-8, the slow way: by what the character is that the bytes make.
bool utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto first = static_cast<std::uint8_t>(text[at++]);
    const int tail = first < 0x80 ? 0 : first >> 5 == 6 ? 1 : first >> 4 == 14 ? 2 : first >> 3 == 30 ? 3 : -1;
    if (tail < 0) return false;
    std::uint32_t code = tail == 0 ? first : first & (0x3f >> tail);
    for (int i = 0; i < tail; ++i, ++at) {
      if (at == text.size() || (text[at] & 0xc0) != 0x80) return false;
      code = code << 6 | (text[at] & 0x3f);
    }
    constexpr std::array<std::uint32_t, 4> smallest{0, 0x80, 0x800, 0x10000};
    if (code < smallest.at(tail) || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return false;
  }
  return true;
}

/// Answers all it hears, and closes for what is binary, as a server does.
struct Peer final : FrameStream::Receiver {
  explicit Peer(const std::optional<Compression>& compression) : stream(settings, counters, compression) {}

  void text(std::string_view message) override {
    require(message.size() <= settings.max_message, "no message is larger than allowed");
    require(utf8(message), "a message is UTF-8");
    require(!stream.closing(), "nothing is handed on after a close");
    heard.emplace_back(message);
    if (message.empty()) return stream.ping();
    const Frame frame(std::string(message), Frame::Kind::event);
    const std::vector<Frame> group(1 + message.size() % 3, frame);
    stream.send(group);
  }
  void binary(std::string_view) override { stream.close(1003, "Unsupported data"); }

  void write() {
    while (stream.pending() > 0) {
      std::array<std::string_view, 4> parts;
      require(stream.gather(parts) > 0, "what waits can be written");
      written += parts[0];
      stream.sent(parts[0].size());
    }
  }

  Counters counters;
  FrameStream stream;
  std::vector<std::string> heard;
  std::string written;
};

/// Our frames: unmasked, whole, and nothing behind a close.
void check_frames(std::string_view bytes, bool compression) {
  bool closed = false;
  while (!bytes.empty()) {
    require(!closed, "nothing is sent behind a close");
    const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(bytes.at(at)); };
    const auto first = byte(0);
    const bool control = first >= 0x88 && first <= 0x8a;
    require(first == 0x81 || control || (compression && first == 0xc1), "a frame is a message");
    std::size_t size = byte(1);
    std::size_t header = 2;
    require(size < 127, "no frame is that large, and none is masked");
    if (size == 126) {
      size = byte(2) << 8 | byte(3);
      header = 4;
    }
    require(bytes.size() >= header + size, "a frame is complete");
    closed = first == 0x88;
    bytes.remove_prefix(header + size);
  }
}

/// What comes of these bytes when they come in pieces of that size.
struct Outcome {
  bool operator==(const Outcome&) const = default;
  std::vector<std::string> heard;
  std::string written;
  bool closed = false;
  bool half_read = false;
};

Outcome run(std::string_view bytes, std::size_t piece, const std::optional<Compression>& compression) {
  Peer peer(compression);
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    const auto part = bytes.substr(0, piece);
    const auto heard = peer.heard.size();
    for (auto rest = part; !rest.empty();) rest = peer.stream.feed(rest, peer);
    const auto answers = (peer.heard.size() - heard) * (3 * settings.max_message + 64);
    require(peer.stream.pending() <= part.size() + 256 + answers, "what waits is bounded by what came");
    peer.write();
  }
  check_frames(peer.written, compression.has_value());
  return {peer.heard, peer.written, peer.stream.closed(), peer.stream.half_read()};
}

}  // namespace
}  // namespace bayeux::fuzz

/// The first byte says whether and how messages are compressed, the second in what pieces the rest comes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bayeux::fuzz;
  if (size < 2) return 0;
  std::optional<Compression> compression;
  if (data[0] % 8 != 0) compression = Compression{8 + data[0] % 8};
  const auto bytes = as_text(data + 2, size - 2);
  const auto whole = run(bytes, bytes.size() + 1, compression);
  require(run(bytes, 1, compression) == whole, "it is the same in pieces of one byte");
  require(run(bytes, data[1] + 1, compression) == whole, "it is the same in pieces of any size");
  return 0;
}
