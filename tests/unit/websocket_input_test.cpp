#include <memory>
#include <stdexcept>
#include <string>

#include "support/catch.hpp"
#include "unit/websocket_support.hpp"

namespace bayeux::websocket::test {
namespace {

void check_closed(Server& server, int code) {
  const auto frames = server.frames();
  REQUIRE(!frames.empty());
  CHECK(frames.back().opcode == Opcode::close);
  CHECK(frames.back().code() == code);
  CHECK(server.stream.closed());
  CHECK(server.stream.closing());
  server.feed(text_frame("late"));
  CHECK(server.stream.pending() == 0);
}

/// Whole, and byte by byte: both must end alike.
void check_refused(const std::string& bytes, int code, FrameStream::Settings settings = {},
                   std::optional<Compression> compression = std::nullopt) {
  for (const std::size_t piece : {bytes.size(), std::size_t{1}}) {
    Server server(settings, compression);
    server.feed_in_pieces(bytes, piece);
    CHECK(server.messages.empty());
    check_closed(server, code);
    CHECK(server.counters.protocol_errors == 1);
  }
}

}  // namespace

TEST_CASE("a text message is handed on", "[websocket]") {
  Server server;
  server.feed(text_frame("[]") + text_frame("") + text_frame(std::string(70'000, 'x')));
  REQUIRE(server.messages.size() == 3);
  CHECK(server.messages[0] == "[]");
  CHECK(server.messages[1].empty());
  CHECK(server.messages[2] == std::string(70'000, 'x'));
  CHECK(server.stream.pending() == 0);
  CHECK(server.counters.messages_in == 3);
}

TEST_CASE("a message in fragments is handed on once, whatever comes between them", "[websocket]") {
  const auto bytes = ClientFrame{Opcode::text, "a\xc3", false}.bytes() + ClientFrame{Opcode::ping, "hello"}.bytes() +
                     ClientFrame{Opcode::continuation, "", false}.bytes() + ClientFrame{Opcode::pong, "x"}.bytes() +
                     ClientFrame{Opcode::continuation, "\xa4!"}.bytes();
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    Server server;
    server.feed_in_pieces(bytes, piece);
    REQUIRE(server.messages == std::vector<std::string>{"a\xc3\xa4!"});
    const auto frames = server.frames();
    REQUIRE(frames.size() == 1);
    CHECK(frames[0].opcode == Opcode::pong);
    CHECK(frames[0].payload == "hello");
    CHECK_FALSE(server.stream.half_read());
  }
}

TEST_CASE("a binary message is dropped", "[websocket]") {
  Server server;
  server.feed(ClientFrame{Opcode::binary, "a", false}.bytes());
  CHECK(server.binaries == 1);
  server.feed(ClientFrame{Opcode::continuation, "\xff"}.bytes() + text_frame("b"));
  CHECK(server.binaries == 1);
  CHECK(server.messages == std::vector<std::string>{"b"});
}

TEST_CASE("a binary message is handed on whole where it is wanted, whatever its bytes", "[websocket]") {
  const FrameStream::Settings settings{.max_message = 10, .keep_binary = true};
  Server server(settings);
  server.feed(ClientFrame{Opcode::binary, "a\xff", false}.bytes() + ClientFrame{Opcode::ping, "?"}.bytes());
  CHECK(server.binaries == 0);
  server.feed(ClientFrame{Opcode::continuation, "\xc3"}.bytes() + text_frame("b"));
  CHECK(server.binaries == 1);
  CHECK(server.last_binary == "a\xff\xc3");
  CHECK(server.messages == std::vector<std::string>{"b"});
  check_refused(ClientFrame{Opcode::binary, std::string(11, 'x')}.bytes(), 1009, settings);
}

TEST_CASE("every ping is answered by its pong, in order", "[websocket]") {
  Server server;
  std::string bytes;
  for (int i = 0; i < 100; ++i) bytes += ClientFrame{Opcode::ping, std::string(i % 126, 'p')}.bytes();
  server.feed(bytes);
  CHECK(server.stream.pending() < bytes.size());
  const auto frames = server.frames();
  REQUIRE(frames.size() == 100);
  for (int i = 0; i < 100; ++i) CHECK(frames[i].payload == std::string(i % 126, 'p'));
  CHECK(server.counters.pings_in == 100);
}

TEST_CASE("a close is answered by its own code and reason", "[websocket]") {
  for (const int code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999}) {
    Server server;
    server.feed(close_frame(code, "bye \xe2\x82\xac"));
    const auto frames = server.frames();
    REQUIRE(frames.size() == 1);
    CHECK(frames[0].opcode == Opcode::close);
    CHECK(frames[0].code() == code);
    CHECK(frames[0].payload.substr(2) == "bye \xe2\x82\xac");
    CHECK(server.stream.closed());
    CHECK(server.counters.closed_by_peer == 1);
    CHECK(server.counters.closed_by_us == 0);
  }
}

TEST_CASE("a close without a code is answered without one", "[websocket]") {
  Server server;
  server.feed(ClientFrame{Opcode::close, ""}.bytes() + text_frame("late"));
  const auto frames = server.frames();
  REQUIRE(frames.size() == 1);
  CHECK(frames[0].payload.empty());
  CHECK(server.stream.closed());
  CHECK(server.messages.empty());
}

TEST_CASE("a close with a code that nobody may send is a protocol error", "[websocket]") {
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535}) {
    check_refused(close_frame(code), 1002);
  }
  check_refused(ClientFrame{Opcode::close, "\x03"}.bytes(), 1002);
}

TEST_CASE("a close whose reason is no UTF-8 is refused, and one that is is not, in whatever pieces", "[websocket]") {
  check_refused(close_frame(1000, "\xce\xba\xed\xa0\x80"), 1007);
  check_refused(close_frame(1000, "cut \xe2\x82"), 1007);
  const auto good = close_frame(1000, "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac");
  for (std::size_t piece = 1; piece <= good.size(); ++piece) {
    Server server;
    server.feed_in_pieces(good, piece);
    const auto frames = server.frames();
    REQUIRE(frames.size() == 1);
    CHECK(frames[0].code() == 1000);
  }
}

TEST_CASE("a broken rule of framing is a protocol error", "[websocket]") {
  ClientFrame unmasked{Opcode::text, "x"};
  unmasked.masked = false;
  check_refused(unmasked.bytes(), 1002);
  for (const int bits : {1, 2, 3, 4, 5, 6, 7}) {
    check_refused(ClientFrame{Opcode::text, "x", true, bits}.bytes(), 1002);
    check_refused(ClientFrame{Opcode::ping, "x", true, bits}.bytes(), 1002);
  }
  for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
    check_refused(ClientFrame{opcode, "x"}.bytes(), 1002);
  }
  check_refused(ClientFrame{Opcode::continuation, "x"}.bytes(), 1002);
  check_refused(ClientFrame{Opcode::text, "x", false}.bytes() + text_frame("y"), 1002);
  check_refused(ClientFrame{Opcode::ping, "x", false}.bytes(), 1002);
  check_refused(ClientFrame{Opcode::ping, std::string(126, 'x')}.bytes(), 1002);
}

TEST_CASE("a length that could be shorter is a protocol error", "[websocket]") {
  check_refused(std::string("\x81\xfe\x00\x01....x", 9), 1002);
  check_refused(std::string("\x81\xff\x00\x00\x00\x00\x00\x00\x00\x01....x", 15), 1002);
}

TEST_CASE("text that is no UTF-8 is refused as soon as it is seen", "[websocket]") {
  for (const auto* bad : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"}) {
    check_refused(text_frame(bad), 1007);
  }
  Server server;
  auto bytes = text_frame("ok \xed\xa0\x80" + std::string(1000, 'x'));
  server.feed(bytes.substr(0, 20));
  check_closed(server, 1007);
}

TEST_CASE("a message that is announced too large is refused before it comes", "[websocket]") {
  const FrameStream::Settings settings{.max_message = 1000};
  Server server(settings);
  server.feed(text_frame(std::string(1000, 'x')));
  CHECK(server.messages.size() == 1);
  server.feed(text_frame(std::string(1001, 'x')).substr(0, 8));
  check_closed(server, 1009);

  const auto half = ClientFrame{Opcode::text, std::string(500, 'x'), false}.bytes();
  Server fragments(settings);
  fragments.feed(half + ClientFrame{Opcode::continuation, std::string(501, 'x')}.bytes().substr(0, 8));
  CHECK(fragments.messages.empty());
  check_closed(fragments, 1009);

  Server huge(settings);
  huge.feed(std::string("\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff....", 14));
  check_closed(huge, 1009);
}

TEST_CASE("the limit of messages is none for control frames", "[websocket]") {
  Server server({.max_message = 10});
  server.feed(ClientFrame{Opcode::ping, std::string(125, 'p')}.bytes() + text_frame("0123456789"));
  CHECK(server.messages.size() == 1);
  CHECK(server.frames().size() == 1);
}

TEST_CASE("after our close nothing is handed on, answered or sent, and the peer's close ends it", "[websocket]") {
  Server server;
  server.feed(ClientFrame{Opcode::text, "half", false}.bytes());
  server.stream.close(1001, "Going away");
  server.stream.close(1000, "again");
  const std::vector<Frame> one{message("{}")};
  server.stream.send(one);
  server.stream.ping();
  server.feed(ClientFrame{Opcode::continuation, "ed"}.bytes() + ClientFrame{Opcode::ping, "?"}.bytes() +
              text_frame("x") + ClientFrame{Opcode::binary, "x"}.bytes());
  CHECK_FALSE(server.stream.closed());
  CHECK(server.messages.empty());
  CHECK(server.binaries == 0);
  const auto frames = server.frames();
  REQUIRE(frames.size() == 1);
  CHECK(frames[0].code() == 1001);
  CHECK(frames[0].payload.substr(2) == "Going away");
  server.feed(close_frame(1001));
  CHECK(server.stream.closed());
  CHECK(server.stream.pending() == 0);
  CHECK(server.counters.closed_by_us == 1);
  CHECK(server.counters.closed_by_peer == 0);
}

TEST_CASE("a rule that is broken after our close ends it too", "[websocket]") {
  Server server;
  server.stream.close(1000, "");
  server.feed(ClientFrame{Opcode::continuation, "x"}.bytes());
  CHECK(server.stream.closed());
  CHECK(server.frames().size() == 1);
}

TEST_CASE("a long reason is cut between two characters", "[websocket]") {
  Server server;
  server.stream.close(1000, std::string(122, 'x') + "\xc3\xa4");
  CHECK(server.frames().at(0).payload.substr(2) == std::string(122, 'x'));
}

TEST_CASE("what the receiver throws comes through and closes", "[websocket]") {
  struct Thrower final : FrameStream::Receiver {
    void text(std::string_view) override { throw std::runtime_error("no"); }
    void binary(std::string_view) override {}
  } thrower;
  Server server;
  CHECK_THROWS_AS(server.stream.feed(text_frame("a") + text_frame("b"), thrower), std::runtime_error);
  check_closed(server, 1011);
}

TEST_CASE("the receiver may send and close", "[websocket]") {
  struct Closer final : FrameStream::Receiver {
    void text(std::string_view text) override {
      const std::vector<Frame> answer{test::message(std::string(text))};
      stream->send(answer);
      stream->close(1000, "done");
      seen += text;
    }
    void binary(std::string_view) override {}
    FrameStream* stream = nullptr;
    std::string seen;
  } closer;
  Server server;
  closer.stream = &server.stream;
  server.stream.feed(text_frame(std::string(500, 'a')) + text_frame("b"), closer);
  CHECK(closer.seen == std::string(500, 'a'));
  const auto frames = server.frames();
  REQUIRE(frames.size() == 2);
  CHECK(frames[0].payload == "[" + std::string(500, 'a') + "]");
  CHECK(frames[1].code() == 1000);
}

TEST_CASE("a silent WebSocket has no reader, and one that is half read has its own", "[websocket]") {
  Server first;
  first.feed(text_frame("warm up"));
  const auto pooled = FrameReader::alive();
  std::vector<std::unique_ptr<Server>> many;
  for (int i = 0; i < 100; ++i) {
    many.push_back(std::make_unique<Server>());
    many.back()->feed(text_frame("x") + ClientFrame{Opcode::ping, "x"}.bytes());
    CHECK_FALSE(many.back()->stream.half_read());
  }
  CHECK(FrameReader::alive() == pooled);

  const auto frame = text_frame("half");
  for (auto& server : many) server->feed(frame.substr(0, 1));
  CHECK(FrameReader::alive() == pooled + 99);
  CHECK(many[0]->stream.half_read());
  for (auto& server : many) server->feed(frame.substr(1));
  for (auto& server : many) CHECK(server->messages.back() == "half");
  CHECK(FrameReader::alive() <= FrameReader::max_pooled);

  for (auto& server : many) server->feed(ClientFrame{Opcode::text, "", false}.bytes());
  CHECK(many[0]->stream.half_read());
  many.clear();
  CHECK(FrameReader::alive() <= FrameReader::max_pooled);
}

TEST_CASE("what a broken WebSocket leaves behind is used by no other", "[websocket]") {
  for (int i = 0; i < 20; ++i) {
    Server broken;
    broken.feed(text_frame("\xff"));
    Server good;
    good.feed(text_frame("good") + close_frame(1000));
    CHECK(good.messages == std::vector<std::string>{"good"});
    CHECK(good.frames().at(0).code() == 1000);
  }
}

TEST_CASE("a WebSocket takes little memory", "[websocket]") {
  CHECK(sizeof(FrameStream) <= 128);
}

}  // namespace bayeux::websocket::test
