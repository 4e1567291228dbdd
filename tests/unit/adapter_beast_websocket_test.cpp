#include <string>
#include <utility>

#include <bayeux/bayeux.hpp>

#include "adapter_beast_server.hpp"
#include "support/catch.hpp"
#include "support/websocket_frames.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

namespace frames = websocket::test;

/// A WebSocket of a client, frame by frame.
class Socket final {
 public:
  explicit Socket(const BeastServer& server) : peer(server.port()) {}

  /// Asks for the upgrade; the response.
  Received open(const std::string& headers = {}) {
    peer.send(
        "GET /bayeux HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
        headers + "\r\n");
    return peer.receive();
  }

  void say(const std::string& text) { peer.send(frames::text_frame(text)); }

  /// The next message, of however many frames; an empty one when the connection ended.
  frames::ServerFrame hear() {
    frames::ServerFrame message = next_frame();
    for (bool whole = message.final; !whole && message.opcode != 0;) {
      const auto more = next_frame();
      message.payload += more.payload;
      whole = more.final || more.payload.empty();
    }
    return message;
  }

  /// Says it, and takes the first message that comes back.
  std::string ask(const std::string& text) {
    say(text);
    return hear().payload;
  }

  /// Shakes hands; the client id.
  std::string join() {
    const auto reply = Json::parse(ask(R"([{"channel":"/meta/handshake","version":"1.0"}])"));
    return reply ? (*reply)[0]["clientId"].as_string() : std::string();
  }

  Peer peer;

 private:
  frames::ServerFrame next_frame() {
    std::size_t size = 0;
    while ((size = frames::first_frame_size(buffer_)) == 0) {
      const auto more = peer.receive_some();
      if (more.empty()) return {};
      buffer_ += more;
    }
    const auto frame = frames::take_apart(std::string_view(buffer_).substr(0, size)).front();
    buffer_.erase(0, size);
    return frame;
  }

  std::string buffer_;
};

std::string message(const std::string& id, const std::string& channel, const std::string& more) {
  return R"([{"channel":")" + channel + R"(","clientId":")" + id + "\"," + more + "}]";
}

}  // namespace

TEST_CASE("a page of another origin is refused before the upgrade, with a reason", "[adapter][beast][websocket]") {
  BeastServer server;
  Socket socket(server);
  const auto refusal = socket.open("Origin: https://elsewhere.example\r\n");
  CHECK(refusal.status == 403);
  CHECK(refusal.header("Connection") == "close");
  CHECK(!refusal.body.empty());
  CHECK(socket.peer.closed_by_server());
  CHECK(server.failures().empty());
}

TEST_CASE("the upgrade selects a subprotocol, and carries the host's own fields", "[adapter][beast][websocket]") {
  BeastServer::Settings settings;
  settings.endpoint.websocket->protocols = {"bayeux"};
  settings.options.decorate = [](http::fields& fields) { fields.set(http::field::server, "a host"); };
  BeastServer server(std::move(settings));
  const auto response = Socket(server).open("Sec-WebSocket-Protocol: other, bayeux\r\n");
  CHECK(response.status == 101);
  CHECK(response.header("Sec-WebSocket-Protocol") == "bayeux");
  CHECK(response.header("Server") == "a host");
}

TEST_CASE("what a WebSocket must not carry closes it with its code", "[adapter][beast][websocket]") {
  BeastServer::Settings settings;
  settings.endpoint.websocket->max_message = 1'000;
  BeastServer server(std::move(settings));
  Socket socket(server);
  REQUIRE(socket.open().status == 101);
  SECTION("what is no JSON") {
    socket.say("[");
    CHECK(socket.hear().code() == 1007);
  }
  SECTION("what is binary") {
    socket.peer.send(frames::ClientFrame{frames::Opcode::binary, "[]"}.bytes());
    CHECK(socket.hear().code() == 1003);
  }
  SECTION("what is too large") {
    socket.say(std::string(1'001, ' '));
    CHECK(socket.hear().code() == 1009);
  }
  socket.peer.send(frames::close_frame(1000));
  CHECK(socket.hear().payload.empty());
  CHECK(server.becomes_idle());
}

TEST_CASE("a client that closes its WebSocket is answered, and that is no failure", "[adapter][beast][websocket]") {
  BeastServer server;
  Socket socket(server);
  REQUIRE(socket.open().status == 101);
  CHECK(!socket.join().empty());
  socket.peer.send(frames::close_frame(1000));
  CHECK(socket.hear().code() == 1000);
  CHECK(socket.peer.closed_by_server());
  socket.peer.hang_up();
  CHECK(server.becomes_idle());
  CHECK(server.failures().empty());
}

TEST_CASE("a peer that goes without a word ends its WebSocket", "[adapter][beast][websocket]") {
  BeastServer server;
  Socket socket(server);
  REQUIRE(socket.open().status == 101);
  REQUIRE(!socket.join().empty());
  socket.peer.reset();
  CHECK(server.becomes_idle());
  CHECK(server.first_failure());
}

TEST_CASE("a peer that is silent is asked whether it is there, and left when it is not",
          "[adapter][beast][websocket]") {
  BeastServer::Settings settings;
  settings.options.websocket_limits.idle_timeout = std::chrono::milliseconds(200);
  BeastServer server(std::move(settings));
  Socket socket(server);
  REQUIRE(socket.open().status == 101);
  CHECK(socket.hear().opcode == frames::Opcode::ping);
  CHECK(server.first_failure() == beast::error::timeout);
  CHECK(server.becomes_idle());
}

TEST_CASE("a WebSocket whose session ended is closed when its client does not", "[adapter][beast][websocket]") {
  BeastServer server;
  Socket socket(server);
  REQUIRE(socket.open().status == 101);
  const auto id = socket.join();
  socket.ask(message(id, "/meta/disconnect", R"("id":"1")"));
  CHECK(socket.hear().code() == 1000);
}

TEST_CASE("what is published while a message is being written follows it, each message whole",
          "[adapter][beast][websocket]") {
  BeastServer server;
  Socket socket(server);
  REQUIRE(socket.open().status == 101);
  const auto id = socket.join();
  socket.ask(message(id, "/meta/subscribe", R"("subscription":"/news")"));
  socket.ask(message(id, "/meta/connect", R"("connectionType":"websocket")"));
  const std::string filling(50'000, 'x');
  constexpr int most = 60;
  for (int i = 0; i < most; ++i) server.bus.channel("/news").publish({{"number", i}, {"filling", filling}});
  for (int i = 0; i < most; ++i) {
    const auto events = Json::parse(socket.hear().payload);
    REQUIRE(events);
    CHECK((*events)[0]["data"]["number"] == Json(i));
  }
}

TEST_CASE("a WebSocket over which a client shakes hands while the bus drains is closed",
          "[adapter][beast][websocket]") {
  BeastServer server;
  server.bus.drain(Milliseconds(60'000));
  Socket socket(server);
  REQUIRE(socket.open().status == 101);
  CHECK(socket.ask(R"([{"channel":"/meta/handshake","version":"1.0"}])").find("503::server_draining") !=
        std::string::npos);
  CHECK(socket.hear().code() == 1001);
  socket.peer.send(frames::close_frame(1001));
  CHECK(socket.peer.closed_by_server());
  CHECK(server.becomes_idle());
}

TEST_CASE("a WebSocket whose session is ended because the bus drains is closed, and its client told by its connect",
          "[adapter][beast][websocket]") {
  BeastServer server;
  Socket socket(server);
  REQUIRE(socket.open().status == 101);
  const auto id = socket.join();
  const auto connect = message(id, "/meta/connect", R"("connectionType":"websocket")");
  SECTION("where one is held") {
    socket.ask(connect);
    socket.say(connect);
    REQUIRE(eventually([&] { return server.bus.stats().held == 1; }));
    server.bus.drain(Milliseconds(0));
    server.bus.run_due();
    CHECK(socket.hear().payload.find("402::session_unknown") != std::string::npos);
  }
  SECTION("where none is") {
    server.bus.drain(Milliseconds(0));
    server.bus.run_due();
  }
  CHECK(socket.hear().code() == 1001);
  CHECK(server.bus.stats().drained == 1);
}
