#include <string>
#include <vector>

#include "support/catch.hpp"
#include "unit/websocket_support.hpp"

namespace bayeux::websocket::test {
namespace {

std::string array_of(const std::vector<Frame>& group) {
  std::string text = "[";
  for (const auto& frame : group) text.append(text.size() > 1 ? "," : "").append(frame.text());
  return text + "]";
}

std::vector<Frame> group_of(std::initializer_list<std::size_t> sizes) {
  std::vector<Frame> group;
  for (const auto size : sizes) group.push_back(message(std::string(size, static_cast<char>('a' + group.size() % 26))));
  return group;
}

}  // namespace

TEST_CASE("messages leave as one JSON array in one text frame", "[websocket]") {
  for (const auto& group :
       {group_of({}), group_of({1}), group_of({123}), group_of({124}), group_of({65'533}), group_of({65'534}),
        group_of({1, 2}), group_of({100, 20}), group_of({70'000, 1}), group_of({1, 70'000}), group_of({2000, 3000}),
        group_of({10, 10, 2000, 10, 10, 10, 1025, 1024, 5})}) {
    Server server;
    server.stream.send(group);
    const auto frames = server.frames();
    REQUIRE(frames.size() == 1);
    CHECK(frames[0].opcode == Opcode::text);
    CHECK(frames[0].final);
    CHECK(frames[0].reserved == 0);
    CHECK(frames[0].payload == array_of(group));
    CHECK(server.counters.messages_out == 1);
  }
}

TEST_CASE("a message to many is framed once and copied for none", "[websocket]") {
  const std::vector<Frame> one{message(R"({"channel":"/a"})")};
  const FrameStream::Settings settings;
  Counters counters;
  const char* bytes = nullptr;
  for (int i = 0; i < 1000; ++i) {
    FrameStream stream(settings, counters, std::nullopt);
    stream.send(one);
    std::array<std::string_view, 4> parts;
    REQUIRE(stream.gather(parts) == 1);
    if (bytes == nullptr) bytes = parts[0].data();
    CHECK(parts[0].data() == bytes);
  }
  CHECK(counters.framed == 1);
  CHECK(counters.messages_out == 1000);
}

TEST_CASE("the large texts of a group are not copied, the small ones take no part each", "[websocket]") {
  Server server;
  const auto group = group_of({10, 20, 5000, 30, 40, 50, 6000, 60});
  server.stream.send(group);
  std::array<std::string_view, 64> parts;
  CHECK(server.stream.gather(parts) == 5);
  CHECK(parts[1].data() == group[2].text().data());
  CHECK(parts[3].data() == group[6].text().data());
}

TEST_CASE("what was sent is dropped, in whatever steps", "[websocket]") {
  const auto group = group_of({10, 2000, 30});
  for (std::size_t step = 1; step < 300; step += 7) {
    Server server;
    server.stream.send(group);
    server.stream.ping();
    server.stream.close(1000, "bye");
    std::string all;
    while (server.stream.pending() > 0) {
      std::array<std::string_view, 2> parts;
      REQUIRE(server.stream.gather(parts) > 0);
      const auto some = parts[0].substr(0, step);
      all += some;
      server.stream.sent(some.size());
    }
    const auto frames = take_apart(all);
    REQUIRE(frames.size() == 3);
    CHECK(frames[0].payload == array_of(group));
    CHECK(frames[1].opcode == Opcode::ping);
    CHECK(frames[2].opcode == Opcode::close);
  }
}

TEST_CASE("what is being written stays where it is while more is queued", "[websocket]") {
  Server server;
  server.stream.send(group_of({10, 20}));
  server.stream.ping();
  std::array<std::string_view, 8> parts;
  const auto count = server.stream.gather(parts);
  std::string before;
  for (std::size_t i = 0; i < count; ++i) before += parts.at(i);
  for (int i = 0; i < 1000; ++i) {
    server.feed(ClientFrame{Opcode::ping, "some more bytes"}.bytes());
    if (i % 10 == 0) server.stream.send(group_of({10, 20}));
  }
  std::array<std::string_view, 8> again;
  CHECK(server.stream.gather(again) >= count);
  std::string after;
  for (std::size_t i = 0; i < count; ++i) {
    CHECK(again.at(i).data() == parts.at(i).data());
    after += parts.at(i);
  }
  CHECK(after == before);
  CHECK(server.frames().size() == 1102);
}

TEST_CASE("frames outlive whoever sent them", "[websocket]") {
  Server server;
  {
    server.stream.send(group_of({5}));
    server.stream.send(group_of({2000, 3000}));
  }
  const auto frames = server.frames();
  REQUIRE(frames.size() == 2);
  CHECK(frames[0].payload == "[aaaaa]");
}

TEST_CASE("many pongs take few parts", "[websocket]") {
  Server server;
  std::string pings;
  while (pings.size() < 64 * 1024) pings += ClientFrame{Opcode::ping, ""}.bytes();
  server.feed(pings);
  CHECK(server.stream.pending() < pings.size());
  std::array<std::string_view, 64> parts;
  CHECK(server.stream.gather(parts) < 30);
}

}  // namespace bayeux::websocket::test
