#include <random>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "unit/websocket_deflate.hpp"
#include "unit/websocket_support.hpp"

namespace bayeux::websocket::test {
namespace {

/// About as compressible as JSON.
std::string words(std::size_t size, unsigned seed) {
  std::minstd_rand random(seed);
  std::string text;
  while (text.size() < size) text += "\"word" + std::to_string(random() % 1000) + "\":" + std::to_string(random() % 10);
  text.resize(size);
  return text;
}

std::string noise(std::size_t size) {
  std::minstd_rand random(7);
  std::string text;
  while (text.size() < size) text.push_back(static_cast<char>(' ' + random() % 95));
  return text;
}

std::string array_of(const std::vector<Frame>& group) {
  std::string text = "[";
  for (const auto& frame : group) text.append(text.size() > 1 ? "," : "").append(frame.text());
  return text + "]";
}

std::string compressed_frame(std::string_view text) {
  return ClientFrame{Opcode::text, client_deflate(text), true, 4}.bytes();
}

void check_closed(Server& server, int code) {
  const auto frames = server.frames();
  REQUIRE(!frames.empty());
  CHECK(frames.back().code() == code);
  CHECK(server.stream.closed());
}

constexpr FrameStream::Settings small{.max_message = 100'000, .compress_above = 100};

}  // namespace

TEST_CASE("a large message leaves compressed, a small one does not", "[websocket]") {
  const std::vector<Frame> large{message(words(50'000, 1))};
  const std::vector<Frame> at_limit{message(words(100, 2))};
  for (int bits = 15; bits >= 9; --bits) {
    Server server(small, Compression{bits});
    server.stream.send(large);
    server.stream.send(at_limit);
    const auto frames = server.frames();
    REQUIRE(frames.size() == 2);
    CHECK(frames[0].reserved == 4);
    CHECK(frames[0].payload.size() < 25'000);
    CHECK(client_inflate(frames[0].payload, bits) == array_of(large));
    CHECK(frames[1].reserved == 0);
    CHECK(frames[1].payload == array_of(at_limit));
  }
}

TEST_CASE("where no compression was agreed nothing leaves compressed", "[websocket]") {
  Server server(small);
  const std::vector<Frame> group{message(words(50'000, 1))};
  server.stream.send(group);
  CHECK(server.frames().at(0).reserved == 0);
  CHECK(server.counters.deflated == 0);
}

TEST_CASE("what does not get smaller leaves as it is", "[websocket]") {
  Server server(small, Compression{});
  const std::vector<Frame> alone{message(noise(101))};
  server.stream.send(alone);
  CHECK(server.frames().at(0).reserved == 0);
}

TEST_CASE("a message to many is deflated once for each size of window", "[websocket]") {
  const std::vector<Frame> one{message(words(5000, 1))};
  Counters counters;
  const char* bytes = nullptr;
  for (int i = 0; i < 1000; ++i) {
    FrameStream stream(small, counters, Compression{});
    stream.send(one);
    std::array<std::string_view, 4> parts;
    REQUIRE(stream.gather(parts) == 1);
    if (bytes == nullptr) bytes = parts[0].data();
    CHECK(parts[0].data() == bytes);
  }
  CHECK(counters.framed == 1);
  CHECK(counters.deflated == 1);
  FrameStream other(small, counters, Compression{10});
  other.send(one);
  CHECK(counters.deflated == 2);
}

TEST_CASE("a group is put together from what was deflated once", "[websocket]") {
  const std::vector<Frame> all{message(words(3000, 1)),   message("{}"),          message(words(70'000, 2)),
                               message(words(200, 3)),    message(noise(40'000)), message(words(99, 4)),
                               message(words(100'000, 5))};
  Counters counters;
  for (int bits = 15; bits >= 9; --bits) {
    for (std::size_t begin = 0; begin < all.size(); ++begin) {
      for (std::size_t end = begin + 2; end <= all.size(); ++end) {
        const std::vector<Frame> group(all.begin() + begin, all.begin() + end);
        Server server(small, Compression{bits});
        server.stream.send(group);
        const auto frames = server.frames();
        REQUIRE(frames.size() == 1);
        CHECK(frames[0].reserved == 4);
        CHECK(client_inflate(frames[0].payload, bits) == array_of(group));
      }
    }
  }
}

TEST_CASE("a group deflates each large text once, whoever else gets it in whatever company", "[websocket]") {
  const auto a = message(words(3000, 1));
  const auto b = message(words(3000, 2));
  Counters counters;
  for (int i = 0; i < 100; ++i) {
    const std::vector<Frame> group{message("{}"), i % 2 == 0 ? a : b, i % 3 == 0 ? a : b};
    FrameStream stream(small, counters, Compression{});
    stream.send(group);
  }
  CHECK(counters.deflated == 2);
  CHECK(counters.framed == 100);
}

TEST_CASE("small texts of more than a stored block are put into several", "[websocket]") {
  std::vector<Frame> group;
  for (unsigned i = 0; i < 3000; ++i) group.push_back(message(words(90, i)));
  group.push_back(message(words(200, 1)));
  Server server(small, Compression{});
  server.stream.send(group);
  const auto frames = server.frames();
  REQUIRE(frames.size() == 1);
  CHECK(client_inflate(frames[0].payload) == array_of(group));
}

TEST_CASE("a group of small texts only leaves uncompressed", "[websocket]") {
  const std::vector<Frame> group{message(words(90, 1)), message(words(90, 2))};
  Server server(small, Compression{});
  server.stream.send(group);
  CHECK(server.frames().at(0).reserved == 0);
}

TEST_CASE("a compressed message is inflated, in whatever pieces and fragments", "[websocket]") {
  const auto text = words(3000, 1) + "\xe2\x82\xac";
  const auto deflated = client_deflate(text);
  const auto bytes = ClientFrame{Opcode::text, deflated.substr(0, 10), false, 4}.bytes() +
                     ClientFrame{Opcode::ping, "x"}.bytes() +
                     ClientFrame{Opcode::continuation, deflated.substr(10)}.bytes() + text_frame("plain") +
                     ClientFrame{Opcode::text, std::string(1, '\0'), true, 4}.bytes();
  for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}, bytes.size()}) {
    Server server({}, Compression{});
    server.feed_in_pieces(bytes, piece);
    CHECK(server.messages == std::vector<std::string>{text, "plain", ""});
    CHECK(server.counters.inflated == 2);
  }
}

TEST_CASE("a compressed message may have any size", "[websocket]") {
  Server server({}, Compression{});
  std::vector<std::string> texts;
  for (const std::size_t size : {1, 2, 4096, 16'383, 16'384, 16'385, 32'768, 65'536, 200'000}) {
    texts.push_back(words(size, 1));
    server.feed(compressed_frame(texts.back()));
    texts.emplace_back(size, 'x');
    server.feed(compressed_frame(texts.back()));
  }
  CHECK(server.messages == texts);
}

TEST_CASE("blocks that say they are the last are followed by others", "[websocket]") {
  Server server({}, Compression{});
  // "Hello" with BFINAL set (RFC 7692 section 7.2.3.4), and twice in one message.
  const std::string last("\xf3\x48\xcd\xc9\xc9\x07\x00\x00", 8);
  server.feed(ClientFrame{Opcode::text, last, true, 4}.bytes());
  server.feed(ClientFrame{Opcode::text, last.substr(0, 7), true, 4}.bytes());
  server.feed(ClientFrame{Opcode::text, last.substr(0, 7) + last, true, 4}.bytes());
  CHECK(server.messages == std::vector<std::string>{"Hello", "Hello", "HelloHello"});
}

TEST_CASE("compressed text that is no UTF-8 is refused, and compressed bytes need be none", "[websocket]") {
  Server server({}, Compression{});
  server.feed(compressed_frame("gr\xc3\xbc\xc3\x9f"));
  CHECK(server.messages.size() == 1);
  server.feed(compressed_frame("\xed\xa0\x80"));
  CHECK(server.messages.size() == 1);
  check_closed(server, 1007);
}

TEST_CASE("what cannot be inflated is refused", "[websocket]") {
  const auto good = client_deflate(words(1000, 1));
  for (const auto& bad : {std::string("\xff\xff\xff\xff"), good.substr(0, good.size() / 2), good.substr(0, 1),
                          std::string("\x01\x05", 2), std::string("\x06"), client_deflate("Hello").substr(0, 6)}) {
    Server server({}, Compression{});
    server.feed(ClientFrame{Opcode::text, bad, true, 4}.bytes());
    CHECK(server.messages.empty());
    check_closed(server, 1007);
  }
}

TEST_CASE("the bit for compression belongs to the first frame of a message only", "[websocket]") {
  for (const auto& bytes :
       {ClientFrame{Opcode::text, "x", false}.bytes() + ClientFrame{Opcode::continuation, "x", true, 4}.bytes(),
        ClientFrame{Opcode::ping, "x", true, 4}.bytes(), ClientFrame{Opcode::close, "\x03\xe8", true, 4}.bytes(),
        ClientFrame{Opcode::text, "x", true, 2}.bytes(), ClientFrame{Opcode::text, "x", true, 5}.bytes()}) {
    Server server({}, Compression{});
    server.feed(bytes);
    check_closed(server, 1002);
  }
}

TEST_CASE("a bomb ends when the limit is reached", "[websocket]") {
  Server server(small, Compression{});
  server.feed(compressed_frame(std::string(100'000, 'x')));
  CHECK(server.messages.size() == 1);
  const auto bomb = compressed_frame(std::string(50'000'000, 'x'));
  CHECK(bomb.size() < 100'000);
  server.feed(bomb);
  CHECK(server.messages.size() == 1);
  check_closed(server, 1009);
}

TEST_CASE("a compressed binary message is dropped unread", "[websocket]") {
  Server server(small, Compression{});
  server.feed(ClientFrame{Opcode::binary, "\xff\xff", true, 4}.bytes() + text_frame("a"));
  CHECK(server.binaries == 1);
  CHECK(server.messages.size() == 1);
}

}  // namespace bayeux::websocket::test
