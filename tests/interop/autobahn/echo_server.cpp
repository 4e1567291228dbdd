#include <algorithm>
#include <array>
#include <cstddef>
#include <iostream>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read_until.hpp>
#include <asio/write.hpp>

#include <bayeux/transports/http.hpp>

#include "websocket/frames/compression.hpp"
#include "websocket/frames/counters.hpp"
#include "websocket/frames/frame_header.hpp"
#include "websocket/frames/frame_stream.hpp"
#include "websocket/frames/negotiation.hpp"

// Sends back every WebSocket message, as the Autobahn testsuite wants it. Reading, pongs, closes and what is negotiated
// are the server's own code; it does not echo, so those frames are made here.

namespace {

namespace websocket = bayeux::websocket;
using asio::ip::tcp;

const websocket::FrameStream::Settings settings{
    .max_message = 64 * 1024 * 1024, .compress_above = 0, .keep_binary = true};
websocket::Counters counters;

/// A request without a body. `head` must outlive it.
bayeux::HttpRequest parse(std::string_view head) {
  const auto until = [&head](std::string_view end) {
    const auto found = head.substr(0, head.find(end));
    head.remove_prefix(std::min(head.size(), found.size() + end.size()));
    return found;
  };
  bayeux::HttpRequest request;
  request.method = until(" ");
  request.target = until(" ");
  until("\r\n");
  for (auto line = until("\r\n"); !line.empty(); line = until("\r\n")) {
    const auto colon = line.find(": ");
    if (colon == line.npos) continue;
    request.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
  return request;
}

class Echo final : websocket::FrameStream::Receiver {
 public:
  Echo(tcp::socket socket, const websocket::Upgrade& upgrade)
      : socket_(std::move(socket)), upgrade_(upgrade), stream_(settings, counters, upgrade.compression) {}

  void run(std::string_view first) {
    asio::write(socket_, asio::buffer(websocket::upgrade_head(upgrade_, {})));
    feed(first);
    std::array<char, 64 * 1024> bytes;
    while (flush() && !stream_.closed()) {
      std::error_code error;
      const auto size = socket_.read_some(asio::buffer(bytes), error);
      if (error) return;
      feed({bytes.data(), size});
    }
  }

 private:
  void feed(std::string_view bytes) {
    while (!bytes.empty()) bytes = stream_.feed(bytes, *this);
  }

  void text(std::string_view message) override { echo(message, false); }
  void binary(std::string_view message) override { echo(message, true); }

  void echo(std::string_view message, bool binary) {
    drain();
    const bool compress = upgrade_.compression.has_value();
    const std::string deflated =
        compress ? websocket::deflated({message}, upgrade_.compression->server_max_window_bits) : std::string();
    if (compress) message = deflated;
    const auto start = out_.size();
    using websocket::FrameStart;
    websocket::append_frame_header(out_, compress ? FrameStart::compressed_text : FrameStart::text, message.size());
    // Of the kinds of frames, the server has no use for that of binary messages: one more than that of text.
    if (binary) ++out_[start];
    out_.append(message);
  }

  /// What the stream sends by itself keeps its place between the messages.
  void drain() {
    std::array<std::string_view, 16> parts;
    while (stream_.pending() != 0) {
      for (const auto part : std::span(parts).first(stream_.gather(parts))) {
        out_.append(part);
        stream_.sent(part.size());
      }
    }
  }

  bool flush() {
    drain();
    std::error_code error;
    asio::write(socket_, asio::buffer(std::exchange(out_, {})), error);
    return !error;
  }

  tcp::socket socket_;
  const websocket::Upgrade upgrade_;
  websocket::FrameStream stream_;
  std::string out_;
};

void serve(tcp::socket socket) try {
  std::string head;
  const auto size = asio::read_until(socket, asio::dynamic_buffer(head, 64 * 1024), "\r\n\r\n");
  const auto upgrade = websocket::negotiate(parse(std::string_view(head).substr(0, size)), true);
  if (upgrade.refusal != 0) return;
  Echo(std::move(socket), upgrade).run(std::string_view(head).substr(size));
} catch (const std::system_error& error) {
  std::cerr << error.what() << "\n";
}

}  // namespace

int main() {
  asio::io_context io;
  tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
  std::cout << "listening on ws://127.0.0.1:" << acceptor.local_endpoint().port() << "/" << std::endl;
  for (;;) std::thread(serve, acceptor.accept()).detach();
}
