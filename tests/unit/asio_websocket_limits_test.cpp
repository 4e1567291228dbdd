#include <chrono>
#include <string>
#include <thread>

#include "asio_peer.hpp"
#include "support/catch.hpp"
#include "support/websocket_frames.hpp"

using namespace bayeux;
using namespace bayeux::test;
namespace frames = websocket::test;

namespace {

/// A peer whose connection has become a WebSocket.
class Opened final {
 public:
  explicit Opened(const RunningServer& server) : peer(server.port()) {
    peer.send(get("/bayeux",
                  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"));
    REQUIRE(peer.receive().status == 101);
  }

  Peer peer;
};

}  // namespace

TEST_CASE("a WebSocket that answers no ping is cut off, and counted", "[websocket][limits]") {
  AsioServerConfig config;
  config.ping_interval = Milliseconds{100};
  RunningServer server(config);
  Opened silent(server);
  silent.peer.receive_rest();
  const auto stats = server.server.stats();
  CHECK(stats.ping_timeouts == 1);
  CHECK(stats.pings == 1);
  CHECK(stats.idle_timeouts == 0);
  CHECK(eventually([&] { return server.server.stats().websockets == 0 && server.server.connections() == 0; }));
}

TEST_CASE("a WebSocket with half a message is cut off, and counted", "[websocket][limits]") {
  AsioServerConfig config;
  config.body_timeout = Milliseconds{100};
  RunningServer server(config);
  Opened half(server);
  half.peer.send(frames::text_frame("[{\"channel\":\"/meta/handshake\"}]").substr(0, 9));
  half.peer.receive_rest();
  CHECK(server.server.stats().body_timeouts == 1);
  CHECK(server.server.stats().ping_timeouts == 0);
}

TEST_CASE("half a request for a WebSocket is cut off, and counted", "[websocket][limits]") {
  AsioServerConfig config;
  config.header_timeout = Milliseconds{100};
  RunningServer server(config);
  Peer half(server.port());
  half.send("GET /bayeux HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSo");
  CHECK(half.receive().status == 408);
  CHECK(server.server.stats().header_timeouts == 1);
}

TEST_CASE("a WebSocket message that is too large, or against the rules, is counted", "[websocket][limits]") {
  AsioServerConfig config;
  config.websocket->max_message = 100;
  RunningServer server(config);
  Opened large(server);
  large.peer.send(frames::text_frame(std::string(101, ' ')));
  CHECK(frames::take_apart(large.peer.receive_rest()).at(0).code() == 1009);
  CHECK(server.server.stats().protocol_errors == 1);
  Opened wrong(server);
  wrong.peer.send(frames::ClientFrame{frames::Opcode::text, "[]", true, 0, false}.bytes());
  CHECK(frames::take_apart(wrong.peer.receive_rest()).at(0).code() == 1002);
  CHECK(server.server.stats().protocol_errors == 2);
}

TEST_CASE("with times as long as can be a WebSocket is not cut off, and not pinged", "[websocket][limits]") {
  AsioServerConfig config;
  config.ping_interval = config.body_timeout = config.write_timeout = Milliseconds::max();
  RunningServer server(config);
  Opened opened(server);
  const auto message = frames::text_frame(R"([{"channel":"/meta/handshake","version":"1.0"}])");
  opened.peer.send(message.substr(0, 9));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  opened.peer.send(message.substr(9));
  const auto answer = frames::take_apart(opened.peer.receive_some());
  REQUIRE(answer.size() == 1);
  CHECK(answer[0].payload.find("\"successful\":true") != std::string::npos);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  CHECK(server.server.stats().pings == 0);
  CHECK(server.server.stats().websockets == 1);
}

TEST_CASE("WebSocket messages that come in have a limit together, and whoever sends little is heard beyond it",
          "[websocket][limits]") {
  AsioServerConfig config;
  config.max_total_input = 50'000;
  RunningServer server(config);
  const auto input = [&](std::size_t bytes) {
    return eventually([&] { return server.server.stats().input_bytes == bytes; });
  };
  const auto message = frames::text_frame("[" + std::string(60'000, ' ') + "]");
  Opened first(server);
  Opened second(server);
  const std::size_t header = 8;
  first.peer.send(message.substr(0, header + 25'000));
  REQUIRE(input(25'000));
  second.peer.send(message.substr(0, header + 25'000));
  REQUIRE(input(50'000));
  Opened small(server);
  small.peer.send(frames::text_frame(R"([{"channel":"/meta/handshake","version":"1.0"}])"));
  CHECK(small.peer.receive_some().find("clientId") != std::string::npos);
  CHECK(server.server.stats().over_total_input == 0);
  second.peer.send(message.substr(header + 25'000, 1));
  CHECK(frames::take_apart(second.peer.receive_some()).at(0).code() == 1013);
  CHECK(server.server.stats().over_total_input == 1);
  second.peer.hang_up();
  CHECK(input(25'000));
  first.peer.hang_up();
  CHECK(input(0));
}

TEST_CASE("a client that has spoken over its WebSocket is not asked for a handshake again", "[websocket][limits]") {
  AsioServerConfig config;
  config.websocket->handshake_timeout = Milliseconds{100};
  RunningServer server(config);
  Opened client(server);
  client.peer.send(frames::text_frame(R"([{"channel":"/meta/handshake","version":"1.0"}])"));
  CHECK(client.peer.receive_some().find("clientId") != std::string::npos);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  CHECK(server.server.stats().websockets == 1);
  Opened silent(server);
  CHECK(frames::take_apart(silent.peer.receive_rest()).at(0).code() == 1008);
}
