#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "asio_websocket_peer.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::test;
using namespace std::chrono_literals;
namespace frames = websocket::test;

namespace {

/// Without pings: at each of them a socket looks for what it may have missed.
AsioServerConfig config() {
  AsioServerConfig made;
  made.ping_interval = 1h;
  made.stop_timeout = 60s;
  return made;
}

/// Joins, and leaves a connect to be answered later.
void settle(Caller& caller) {
  caller.join();
  caller.peer.send(frames::text_frame(caller.message("/meta/connect", R"(,"connectionType":"websocket")")));
}

/// True when what comes next is the answer that sends a client elsewhere.
bool told_to_go(const std::string& text) {
  return text.find("402::session_unknown") != std::string::npos &&
         text.find(R"("reconnect":"handshake")") != std::string::npos;
}

/// True when what comes next is a close of a server that is to be left, and nothing after it.
bool left_by(Caller& caller) {
  const auto frame = caller.frame();
  caller.peer.send(frames::close_frame(1001));
  return frame.opcode == frames::Opcode::close && frame.code() == 1001 && caller.peer.closed_by_server();
}

}  // namespace

TEST_CASE("a WebSocket over which a client shakes hands while the bus drains is closed", "[asio][websocket][drain]") {
  RunningServer server(config());
  server.bus.drain(60s);
  Caller caller(server.port());
  CHECK(caller.say(handshake).find("503::server_draining") != std::string::npos);
  CHECK(left_by(caller));
}

TEST_CASE("a client with a WebSocket is told to go elsewhere by its connect, and the socket closed",
          "[asio][websocket][drain]") {
  RunningServer server(config());
  Caller caller(server.port());
  settle(caller);
  REQUIRE(eventually([&] { return server.bus.stats().held == 1; }));
  server.bus.drain(60s);
  CHECK(told_to_go(caller.text()));
  CHECK(left_by(caller));
  CHECK(server.bus.stats().drained == 1);
}

TEST_CASE("a WebSocket without a connect that could tell is closed when its session is ended",
          "[asio][websocket][drain]") {
  RunningServer server(config());
  Caller caller(server.port());
  caller.join();
  server.bus.drain(0s);
  CHECK(left_by(caller));
}

TEST_CASE("whoever is let go together with the last of many hears all that is theirs before the server stops",
          "[asio][websocket][drain]") {
  constexpr std::size_t clients = 300;
  RunningServer server(config());
  std::vector<std::unique_ptr<Caller>> callers;
  for (std::size_t i = 0; i < clients; ++i) {
    callers.push_back(std::make_unique<Caller>(server.port()));
    settle(*callers.back());
  }
  REQUIRE(eventually([&] { return server.bus.stats().held == clients; }));
  {
    const auto batch = server.bus.batch();
    server.bus.channel("/news").publish(1);
    server.server.drain(0s);
    REQUIRE(eventually([&] { return server.bus.stats().drained == clients; }));
  }
  std::size_t handed_over = 0;
  std::size_t told = 0;
  std::size_t left = 0;
  for (auto& caller : callers) {
    handed_over += caller->text() == R"([{"channel":"/news","data":1}])" ? 1 : 0;
    told += told_to_go(caller->text()) ? 1 : 0;
    left += left_by(*caller) ? 1 : 0;
  }
  CHECK(handed_over == clients);
  CHECK(told == clients);
  CHECK(left == clients);
}

TEST_CASE("a slow reader that is let go hears all that is its own, though the server stops meanwhile",
          "[asio][websocket][drain]") {
  RunningServer server(config());
  Caller caller(server.port(), {}, 4096);
  settle(caller);
  REQUIRE(eventually([&] { return server.bus.stats().held == 1; }));
  constexpr std::size_t published = 2'000;
  for (std::size_t i = 0; i < published; ++i) server.bus.channel("/news").publish(std::string(10'000, 'x'));
  // Until its socket takes no more, and the rest waits.
  REQUIRE(eventually([&] {
    const auto waiting = server.bus.stats().queued_messages;
    std::this_thread::sleep_for(20ms);
    return server.bus.stats().queued_messages == waiting;
  }));
  REQUIRE(server.bus.stats().queued_messages > 0);
  server.server.drain(0s);
  REQUIRE(eventually([&] { return server.bus.stats().drained == 1; }));
  std::string last;
  std::size_t heard = 0;
  while ((last = caller.text()).find("/news") != std::string::npos) ++heard;
  CHECK(heard + server.bus.stats().dropped == published);
  CHECK(told_to_go(last));
  CHECK(left_by(caller));
}
