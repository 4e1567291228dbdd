#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "asio_websocket_peer.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::test;
using namespace std::chrono_literals;
namespace frames = websocket::test;

namespace {

/// Without pings, unless a test wants them: at each of them a socket looks for what it may have missed.
AsioServerConfig config(const std::function<void(AsioServerConfig&)>& change = {}) {
  AsioServerConfig made;
  made.ping_interval = 1h;
  if (change) change(made);
  return made;
}

}  // namespace

TEST_CASE("a request for a WebSocket is answered 101, and the connection speaks frames", "[asio][websocket]") {
  RunningServer server(config());
  Caller caller(server.port());
  CHECK(caller.answer.status == 101);
  CHECK(caller.answer.header("Upgrade") == "websocket");
  CHECK(caller.answer.header("Connection") == "Upgrade");
  CHECK(caller.answer.header("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  CHECK_FALSE(caller.answer.has("Sec-WebSocket-Extensions"));
  CHECK(caller.say("[]") == "[]");
  CHECK(server.server.stats().websockets == 1);
  CHECK(server.server.connections() == 1);
}

TEST_CASE("frames that come right behind the request are not lost", "[asio][websocket]") {
  RunningServer server(config());
  Peer peer(server.port());
  peer.send(upgrade() + frames::text_frame("[]") + frames::text_frame("[ ]"));
  CHECK(peer.receive().status == 101);
  std::string bytes;
  while (bytes.size() < 8) bytes += peer.receive_some();
  CHECK(bytes == "\x81\x02[]\x81\x02[]");
}

TEST_CASE("a peer that goes while a response before its WebSocket is written is noticed", "[asio][websocket]") {
  RunningServer server(config(), [](AsioServer& made) {
    made.route("/large", [](const HttpRequest&) { return HttpResponse{.body = std::string(32'000'000, 'x')}; });
  });
  Peer peer(server.port(), 4096);
  peer.send(get("/large") + upgrade()).finish();
  std::this_thread::sleep_for(100ms);
  CHECK(peer.receive().body.size() == 32'000'000);
  CHECK(peer.receive().status == 101);
  CHECK(eventually([&] { return server.server.connections() == 0; }));
}

TEST_CASE("requests may come before the one for a WebSocket, and frames behind it", "[asio][websocket]") {
  RunningServer server(config());
  Peer peer(server.port());
  peer.send(post("/bayeux", handshake) + post("/bayeux", handshake) + upgrade() + frames::text_frame("[]"));
  CHECK(peer.receive().status == 200);
  CHECK(peer.receive().status == 200);
  CHECK(peer.receive().status == 101);
  std::string bytes;
  while (bytes.size() < 4) bytes += peer.receive_some();
  CHECK(bytes == "\x81\x02[]");
}

TEST_CASE("frames that come while a request before the one for a WebSocket waits are not taken for HTTP",
          "[asio][websocket]") {
  RunningServer server(config());
  Peer peer(server.port());
  const auto shaken = Json::parse(peer.send(post("/bayeux", handshake)).receive().body).value_or(Json());
  const auto id = shaken[0]["clientId"].as_string();
  const auto connect = post("/bayeux", R"([{"channel":"/meta/connect","clientId":")" + id + "\"}]");
  CHECK(peer.send(connect).receive().status == 200);
  std::atomic<bool> held{false};
  const auto registration = server.bus.on_connect_held([&](const Client&) { held = true; });
  peer.send(connect + upgrade());
  REQUIRE(eventually([&] { return held.load(); }));
  peer.send(frames::text_frame("[]"));
  // Were it read any later, nothing would be shown here.
  std::this_thread::sleep_for(100ms);
  server.bus.client(id).deliver("/a", 1);
  CHECK(peer.receive().status == 200);
  CHECK(peer.receive().status == 101);
  CHECK(peer.receive_some() == "\x81\x02[]");
}

TEST_CASE("what asks for a WebSocket in the wrong way is told so, and the connection goes on as HTTP",
          "[asio][websocket]") {
  RunningServer server(config([](auto& made) {
    made.gateway.allowed_origins = {"https://friend.example"};
    made.metrics_path = "/metrics";
  }));
  const auto status = [&](const std::string& request) {
    Peer peer(server.port());
    const auto first = peer.send(request).receive();
    const bool goes_on = first.status == 101 || peer.send(post("/bayeux", handshake)).receive().status == 200;
    return goes_on ? first.status : -first.status;
  };
  CHECK(status(upgrade("Origin: https://evil.example\r\n")) == 403);
  CHECK(status(upgrade("Origin: https://friend.example\r\n")) == 101);
  CHECK(status(upgrade("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")) == 400);
  CHECK(status(get("/bayeux", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n")) == 400);
  CHECK(status(get("/bayeux",
                   "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")) == 426);
  CHECK(status(upgrade({}, "/elsewhere")) == 404);
  const auto metrics = Peer(server.port()).send(get("/metrics")).receive().body;
  CHECK(metrics.find("websocket_foreign_origins_total 1\n") != std::string::npos);
  CHECK(metrics.find("websocket_bad_upgrades_total 3\n") != std::string::npos);
}

TEST_CASE("a session that is bound to a browser is bound over WebSocket by the same cookie", "[asio][websocket]") {
  RunningServer server(config([](auto& made) { made.gateway.cookie.name = "WINDOWS"; }));
  const std::string cookie = "Cookie: WINDOWS=" + std::string(26, 'a') + "\r\n";
  Caller owner(server.port(), cookie);
  owner.join();
  Caller thief(server.port());
  thief.id = owner.id;
  CHECK(thief.say(thief.message("/meta/connect", R"(,"id":"1","connectionType":"websocket")")).find("402::") !=
        std::string::npos);
  Caller again(server.port(), cookie);
  again.id = owner.id;
  CHECK(again.say(again.message("/meta/connect", R"(,"id":"1","connectionType":"websocket","advice":{"timeout":0})"))
            .find("402::") == std::string::npos);
}

TEST_CASE("HTTP/1.0 knows no upgrade", "[asio][websocket]") {
  RunningServer server(config());
  std::string request = upgrade();
  request.replace(request.find("HTTP/1.1"), 8, "HTTP/1.0");
  CHECK(Peer(server.port()).send(request).receive().status == 400);
}

TEST_CASE("a server without WebSocket refuses, and does not offer it", "[asio][websocket]") {
  RunningServer server(config([](auto& made) {
    made.websocket.reset();
    made.metrics_path = "/metrics";
  }));
  Peer peer(server.port());
  CHECK(peer.send(upgrade()).receive().status == 400);
  CHECK(peer.send(get("/metrics")).receive().body.find("websocket_bad_upgrades_total 1\n") != std::string::npos);
  CHECK(peer.send(post("/bayeux", handshake)).receive().body.find("websocket") == std::string::npos);
}

TEST_CASE("a message to a thousand sockets is serialised once, framed once and deflated once", "[asio][websocket]") {
  RunningServer server(config());
  std::vector<std::unique_ptr<Caller>> callers;
  for (int i = 0; i < 1'000; ++i) {
    callers.push_back(std::make_unique<Caller>(server.port(), "Sec-WebSocket-Extensions: permessage-deflate\r\n"));
    callers.back()->join();
  }
  const auto published = server.bus.stats().published;
  const auto before = server.server.stats();
  server.bus.channel("/news").publish({{"text", std::string(2'000, 'x')}});
  const auto first = callers.front()->frame();
  CHECK(first.payload.size() < 200);
  CHECK(first.reserved == 4);
  std::size_t same = 0;
  for (std::size_t i = 1; i < callers.size(); ++i) same += callers[i]->frame().payload == first.payload ? 1 : 0;
  CHECK(same == 999);
  const auto after = server.server.stats();
  CHECK(server.bus.stats().published - published == 1);
  CHECK(after.framed - before.framed == 1);
  CHECK(after.deflated - before.deflated == 1);
  CHECK(after.websocket_messages_out - before.websocket_messages_out == 1'000);
  server.bus.channel("/news").publish({{"text", "short"}});
  for (auto& caller : callers) CHECK(caller->frame().reserved == 0);
  CHECK(server.server.stats().framed - after.framed == 1);
  CHECK(server.server.stats().deflated == after.deflated);
}

TEST_CASE("a socket over which nothing comes is pinged, and closed when it does not answer", "[asio][websocket]") {
  RunningServer server(config([](auto& made) { made.ping_interval = 250ms; }));
  Caller caller(server.port());
  caller.join();
  for (int i = 0; i < 3; ++i) {
    const auto ping = caller.frame();
    REQUIRE(ping.opcode == frames::Opcode::ping);
    caller.peer.send(frames::ClientFrame{frames::Opcode::pong, ping.payload}.bytes());
  }
  CHECK(caller.frame().opcode == frames::Opcode::ping);
  CHECK(caller.peer.closed_by_server());
  CHECK(eventually([&] { return server.server.connections() == 0; }));
  CHECK(server.server.stats().pings >= 4);
  CHECK(server.bus.stats().clients == 1);
}

TEST_CASE("a message of which the rest does not come ends its socket, one after the other does not",
          "[asio][websocket]") {
  RunningServer server(config([](auto& made) { made.body_timeout = 600ms; }));
  Caller busy(server.port());
  Caller late(server.port());
  const auto message = frames::text_frame("[]");
  late.peer.send(message.substr(0, 4));
  busy.peer.send(message.substr(0, 4));
  // Each read ends within a message, for longer than one of them may take.
  for (int i = 0; i < 16; ++i) {
    std::this_thread::sleep_for(50ms);
    busy.peer.send(message.substr(4) + message.substr(0, 4));
    REQUIRE(busy.text() == "[]");
  }
  CHECK(late.peer.closed_by_server());
}

TEST_CASE("a peer that does not read gets a bounded amount, and the rest waits in its queue", "[asio][websocket]") {
  RunningServer server(config());
  Caller caller(server.port(), {}, 4096);
  caller.join();
  const std::string text(10'000, 'x');
  for (int i = 0; i < 2'000; ++i) server.bus.channel("/news").publish(text);
  // What was not queued any more is with the system or in one portion of ours, whatever the buffers of the system are.
  CHECK(eventually([&] {
    const auto waiting = server.bus.stats().queued_messages;
    std::this_thread::sleep_for(20ms);
    return server.bus.stats().queued_messages == waiting;
  }));
  const auto stats = server.bus.stats();
  CHECK(stats.queued_messages > 0);
  CHECK(stats.queued_messages <= 840);
  CHECK(stats.dropped > 0);
  std::size_t received = 0;
  while (received + stats.dropped < 2'000) {
    REQUIRE(caller.frame().opcode == frames::Opcode::text);
    ++received;
  }
  CHECK(server.bus.stats().queued_messages == 0);
}

TEST_CASE("a peer that sends and does not read is not read from", "[asio][websocket]") {
  RunningServer server(config());
  Caller caller(server.port(), {}, 4096);
  caller.join();
  const auto message = frames::text_frame(caller.message("/a", R"(,"data":1,"id":")" + std::string(128, 'i') + "\""));
  constexpr std::size_t most = 250'000;
  std::size_t sent = 0;
  while (sent < most && caller.peer.send_if_it_fits(message)) ++sent;
  CHECK(sent < most);
}

TEST_CASE("a peer that never reads again is cut off", "[asio][websocket]") {
  RunningServer server(config([](auto& made) { made.write_timeout = 100ms; }));
  Caller caller(server.port(), {}, 4096);
  caller.join();
  const std::string text(10'000, 'x');
  for (int i = 0; i < 1'000; ++i) server.bus.channel("/news").publish(text);
  // It is woken all the time, which gives it no more time.
  CHECK(eventually([&] {
    server.bus.channel("/news").publish(text);
    return server.server.connections() == 0;
  }));
  CHECK(server.bus.stats().clients == 1);
}

TEST_CASE("a close is answered, and the connection ended", "[asio][websocket]") {
  RunningServer server(config());
  Caller caller(server.port());
  caller.join();
  caller.peer.send(frames::close_frame(1000, "Bye"));
  const auto answer = caller.frame();
  CHECK(answer.opcode == frames::Opcode::close);
  CHECK(answer.code() == 1000);
  CHECK(caller.peer.closed_by_server());
  CHECK(server.bus.stats().clients == 1);
}

TEST_CASE("what breaks the rules is closed with a code that says which", "[asio][websocket]") {
  RunningServer server(config([](auto& made) { made.websocket->max_message = 1'000; }));
  const auto code_after = [&](const std::string& bytes) {
    Caller caller(server.port());
    caller.peer.send(bytes);
    const auto frame = caller.frame();
    caller.peer.send(frames::close_frame(frame.code()));
    return frame.opcode == frames::Opcode::close && caller.peer.closed_by_server() ? frame.code() : -1;
  };
  CHECK(code_after(frames::ClientFrame{.payload = "[]", .masked = false}.bytes()) == 1002);
  CHECK(code_after(frames::ClientFrame{.opcode = frames::Opcode::binary, .payload = "[]"}.bytes()) == 1003);
  CHECK(code_after(frames::text_frame("[\"\xff\"]")) == 1007);
  CHECK(code_after(frames::text_frame("not json")) == 1007);
  CHECK(code_after(frames::text_frame(std::string(1'001, ' '))) == 1009);
  CHECK(server.server.stats().protocol_errors == 3);
}

TEST_CASE("a session moves from one socket to another and to long-polling, and loses nothing", "[asio][websocket]") {
  RunningServer server(config());
  Caller first(server.port());
  first.join();
  Caller second(server.port());
  second.id = first.id;
  second.say(second.message("/meta/connect", R"(,"id":"7","connectionType":"websocket","advice":{"timeout":0})"));
  server.bus.channel("/news").publish(1);
  CHECK(second.text() == R"([{"channel":"/news","data":1}])");
  CHECK(first.frame().opcode == frames::Opcode::close);
  first.peer.hang_up();
  second.peer.hang_up();
  REQUIRE(eventually([&] { return server.server.stats().websockets == 0; }));
  server.bus.channel("/news").publish(2);
  Peer poller(server.port());
  poller.send(post("/bayeux", second.message("/meta/connect", R"(,"connectionType":"long-polling")")));
  CHECK(poller.receive().body.find(R"({"channel":"/news","data":2})") != std::string::npos);
}

TEST_CASE("a server that stops says so to its sockets", "[asio][websocket]") {
  auto server = std::make_unique<RunningServer>(config());
  Caller caller(server->port());
  caller.join();
  server->server.stop();
  const auto frame = caller.frame();
  CHECK(frame.opcode == frames::Opcode::close);
  CHECK(frame.code() == 1001);
  caller.peer.send(frames::close_frame(1001));
  CHECK(caller.peer.closed_by_server());
  caller.peer.hang_up();
  server.reset();
}

TEST_CASE("sockets are served by several threads at once", "[asio][websocket]") {
  RunningServer server(config([](auto& made) { made.threads = 4; }));
  std::vector<std::thread> threads;
  std::atomic<int> heard{0};
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      Caller caller(server.port(), i % 2 == 0 ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "");
      caller.join();
      for (int round = 0; round < 50; ++round) {
        caller.peer.send(frames::text_frame(
            caller.message("/news", R"(,"id":"p","data":")" + std::string(round % 3 == 0 ? 2'000 : 10, 'x') + "\"")));
        while (caller.text().find("successful") == std::string::npos) ++heard;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(heard > 50);
  CHECK(eventually([&] { return server.server.stats().websockets == 0; }));
}
