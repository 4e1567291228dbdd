#include <array>
#include <atomic>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include "unit/websocket_deflate.hpp"
#include "unit/websocket_support.hpp"

namespace bayeux::websocket::test {

TEST_CASE("a message to many is framed once and deflated once, also when threads begin together", "[websocket]") {
  constexpr std::size_t threads = 4;
  constexpr std::size_t rounds = 100;
  const FrameStream::Settings settings{.max_message = 10'000, .compress_above = 100};
  std::vector<Frame> frames;
  for (std::size_t i = 0; i < rounds; ++i) frames.push_back(message(std::string(2000, 'x') + std::to_string(i)));
  Counters counters;
  std::atomic<std::size_t> wrong{0};
  const auto send_all = [&] {
    for (const auto& frame : frames) {
      FrameStream stream(settings, counters, Compression{});
      stream.send({&frame, 1});
      std::array<std::string_view, 2> parts;
      stream.gather(parts);
      const auto received = take_apart(parts[0]);
      if (client_inflate(received.at(0).payload) != "[" + std::string(frame.text()) + "]") ++wrong;
    }
  };
  std::vector<std::thread> workers;
  for (std::size_t i = 0; i < threads; ++i) workers.emplace_back(send_all);
  for (auto& worker : workers) worker.join();
  CHECK(wrong == 0);
  CHECK(counters.messages_out == threads * rounds);
  CHECK(counters.framed == rounds);
  CHECK(counters.deflated == rounds);
}

TEST_CASE("a WebSocket may be read by one thread and then by another", "[websocket]") {
  Server server;
  const auto bytes =
      ClientFrame{Opcode::text, "first ", false}.bytes() + ClientFrame{Opcode::continuation, "last"}.bytes();
  for (int round = 0; round < 20; ++round) {
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
      std::thread([&] { server.feed(std::string_view(bytes).substr(at, 3)); }).join();
    }
  }
  CHECK(server.messages == std::vector<std::string>(20, "first last"));
}

}  // namespace bayeux::websocket::test
