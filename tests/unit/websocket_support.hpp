#pragma once

#include <array>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <bayeux/frame.hpp>

#include "support/websocket_frames.hpp"
#include "websocket/frames/frame_stream.hpp"

namespace bayeux::websocket::test {

/// A FrameStream with what it needs, and all that came of it.
struct Server final : FrameStream::Receiver {
  explicit Server(FrameStream::Settings its_settings = {}, std::optional<Compression> compression = std::nullopt)
      : settings(its_settings), stream(settings, counters, compression) {}

  void text(std::string_view message) override { messages.emplace_back(message); }
  void binary(std::string_view message) override {
    ++binaries;
    last_binary = message;
  }

  void feed(std::string_view bytes) {
    while (!bytes.empty()) bytes = stream.feed(bytes, *this);
  }
  void feed_in_pieces(std::string_view bytes, std::size_t size) {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size()))) feed(bytes.substr(0, size));
  }

  /// Takes all that waits to be written.
  std::string written() {
    std::string all;
    while (stream.pending() > 0) {
      std::array<std::string_view, 3> parts;
      const auto count = stream.gather(parts);
      std::size_t size = 0;
      for (std::size_t i = 0; i < count; ++i) {
        all.append(parts.at(i));
        size += parts.at(i).size();
      }
      stream.sent(size);
    }
    return all;
  }
  std::vector<ServerFrame> frames() { return take_apart(written()); }

  const FrameStream::Settings settings;
  Counters counters;
  FrameStream stream;
  std::vector<std::string> messages;
  int binaries = 0;
  std::string last_binary;
};

inline Frame message(std::string text) {
  return Frame(std::move(text), Frame::Kind::event);
}

}  // namespace bayeux::websocket::test
