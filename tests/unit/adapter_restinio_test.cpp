#include <any>
#include <chrono>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include <bayeux/bayeux.hpp>
#include <bayeux/transports/adapters/restinio.hpp>

#include "asio_peer.hpp"
#include "request_witness.hpp"
#include "support/catch.hpp"
#include "support/manual_clock.hpp"
#include "support/websocket_frames.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

namespace frames = websocket::test;

struct Traits : restinio::default_traits_t {
  using connection_state_listener_t = RestinioConnections;
};

/// A small program that has a bus, whose time stands still, and one route: `/host` answers with a word.
class RestinioServer final {
 public:
  explicit RestinioServer(std::shared_ptr<SecurityPolicy> policy = nullptr)
      : bus({.policy = std::move(policy), .clock = std::make_shared<ManualClock>()}),
        endpoint(bus, config()),
        door_(endpoint, io_) {
    std::promise<std::uint16_t> port;
    server_ = restinio::run_async<Traits>(restinio::external_io_context(io_), settings(port), 2);
    port_ = port.get_future().get();
  }

  std::uint16_t port() const { return port_; }

  bool parks(std::size_t count) const {
    return eventually([&] { return endpoint.stats().parked == count; });
  }
  bool becomes_idle() const {
    return eventually([&] { return endpoint.stats().open == 0 && endpoint.stats().websockets == 0; });
  }

  Bus bus;
  Endpoint endpoint;

 private:
  static EndpointConfig config() {
    EndpointConfig config;
    config.gateway.max_body = 1'000;
    config.websocket->max_message = 1'000;
    return config;
  }

  restinio::server_settings_t<Traits> settings(std::promise<std::uint16_t>& port) {
    restinio::server_settings_t<Traits> settings;
    settings.address("127.0.0.1")
        .port(0)
        .acceptor_post_bind_hook([&port](auto& acceptor) { port.set_value(acceptor.local_endpoint().port()); })
        .connection_state_listener(door_.connections())
        .max_pipelined_requests(2)
        .handle_request_timeout(std::chrono::seconds(60))
        .incoming_http_msg_limits(restinio::incoming_http_msg_limits_t().max_body_size(2'000))
        .socket_options_setter([](auto& options) { options.set_option(restinio::asio_ns::ip::tcp::no_delay(true)); })
        .request_handler([this](const auto& request) {
          if (door_.serves(*request)) return door_.accept(request, std::any(7));
          return request->create_response().set_body("host").done();
        });
    return settings;
  }

  restinio::asio_ns::io_context io_;
  RestinioEndpoint<Traits> door_;
  restinio::running_server_handle_t<Traits> server_;
  std::uint16_t port_ = 0;
};

const std::string handshake = R"({"channel":"/meta/handshake","version":"1.0"})";

std::string id_in(const std::string& replies) {
  const auto reply = Json::parse(replies).value_or(Json());
  return reply.is_array() && reply.size() > 0 ? reply[0]["clientId"].as_string() : std::string();
}

std::string connect(const std::string& id, const std::string& type = "long-polling") {
  return R"({"channel":"/meta/connect","connectionType":")" + type + R"(","clientId":")" + id + "\"}";
}

/// Shakes hands, and connects for the first time; the client id.
std::string join(Peer& peer) {
  const auto id = id_in(peer.send(post("/bayeux", handshake)).receive().body);
  peer.send(post("/bayeux", connect(id))).receive();
  return id;
}

std::string upgrade(const std::string& version = "13", const std::string& key = "dGhlIHNhbXBsZSBub25jZQ==",
                    const std::string& headers = {}) {
  return "GET /bayeux HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
         "Sec-WebSocket-Version: " + version + "\r\nSec-WebSocket-Key: " + key + "\r\n" + headers + "\r\n";
}

/// A WebSocket of a client, frame by frame.
class Socket final {
 public:
  explicit Socket(const RestinioServer& server) : peer(server.port()) {
    REQUIRE(peer.send(upgrade()).receive().status == 101);
  }

  /// The next frame; an empty one when the connection ended.
  frames::ServerFrame hear() {
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

  Peer peer;

 private:
  std::string buffer_;
};

}  // namespace

TEST_CASE("a body that is too large is refused, and the connection goes on", "[adapter][restinio]") {
  RestinioServer server;
  Peer peer(server.port());
  CHECK(peer.send(post("/bayeux", "[" + std::string(1'500, ' ') + handshake + "]")).receive().status == 413);
  CHECK(peer.send(post("/bayeux", handshake)).receive().status == 200);
  CHECK(peer.send(get("/host")).receive().body == "host");
}

TEST_CASE("a body beyond the limit of RESTinio ends the connection", "[adapter][restinio]") {
  RestinioServer server;
  Peer peer(server.port());
  peer.send("POST /bayeux HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3000\r\n\r\n");
  CHECK(peer.closed_by_server());
  CHECK(server.endpoint.stats().requests == 0);
}

TEST_CASE("two requests that come at once are answered in their order", "[adapter][restinio]") {
  RestinioServer server;
  Peer peer(server.port());
  const auto id = join(peer);
  peer.send(post("/bayeux", connect(id)) + get("/host"));
  REQUIRE(server.parks(1));
  REQUIRE_FALSE(server.bus.client(id).deliver("/news", 1));
  CHECK(peer.receive().body.find(R"("data":1)") != std::string::npos);
  CHECK(peer.receive().body == "host");
}

TEST_CASE("a peer that hangs up while its request waits is noticed", "[adapter][restinio]") {
  RestinioServer server;
  Peer peer(server.port());
  const auto id = join(peer);
  peer.send(post("/bayeux", connect(id)));
  REQUIRE(server.parks(1));
  SECTION("without a word") { peer.hang_up(); }
  SECTION("with a reset") { peer.reset(); }
  CHECK(server.becomes_idle());
  REQUIRE_FALSE(server.bus.client(id).deliver("/news", 1));
  CHECK(server.bus.client(id).waiting().messages == 1);
}

TEST_CASE("a stream goes on with what is published, until the peer hangs up", "[adapter][restinio]") {
  RestinioServer server;
  Peer peer(server.port());
  Peer stream(server.port());
  const auto id = join(peer);
  stream.send(get("/bayeux/" + id, "Accept: text/event-stream\r\n"));
  const auto head = stream.receive();
  CHECK(head.status == 200);
  CHECK(head.header("Transfer-Encoding") == "chunked");
  CHECK(head.has("text/event-stream"));
  CHECK(stream.receive_chunk().starts_with("retry: "));
  REQUIRE(server.parks(1));
  peer.send(post("/bayeux", connect(id, "eventsource"))).receive();
  for (int i = 1; i <= 2; ++i) {
    REQUIRE_FALSE(server.bus.client(id).deliver("/news", i));
    CHECK(stream.receive_chunk().find(R"("data":)" + std::to_string(i)) != std::string::npos);
  }
  stream.hang_up();
  CHECK(server.becomes_idle());
}

TEST_CASE("a stream whose session ends is complete, and its connection goes on", "[adapter][restinio]") {
  RestinioServer server;
  Peer peer(server.port());
  Peer stream(server.port());
  const auto id = join(peer);
  stream.send(get("/bayeux/" + id, "Accept: text/event-stream\r\n")).receive();
  CHECK(stream.receive_chunk().starts_with("retry: "));
  peer.send(post("/bayeux", connect(id, "eventsource"))).receive();
  REQUIRE_FALSE(server.bus.client(id).disconnect());
  while (!stream.receive_chunk().empty()) {
  }
  CHECK(stream.send(get("/host")).receive().body == "host");
  CHECK(server.becomes_idle());
}

TEST_CASE("who asks for another protocol than WebSocket is answered by HTTP", "[adapter][restinio]") {
  RestinioServer server;
  Peer peer(server.port());
  peer.send("POST /bayeux HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
            "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\nContent-Length: " + std::to_string(handshake.size()) +
            "\r\n\r\n" + handshake);
  const auto response = peer.receive();
  CHECK(response.status == 200);
  CHECK_FALSE(id_in(response.body).empty());
}

TEST_CASE("policies are shown the request as it was sent, and what the host attaches", "[adapter][restinio]") {
  const auto witness = std::make_shared<RequestWitness>();
  RestinioServer server(witness);
  Peer peer(server.port());
  peer.send("POST /bayeux/x?y=%20z HTTP/1.1\r\nHost: localhost\r\nX-Color: red\r\nContent-Length: " +
            std::to_string(handshake.size()) + "\r\n\r\n" + handshake);
  REQUIRE(peer.receive().status == 200);
  const auto seen = witness->seen();
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].method == "POST");
  CHECK(seen[0].target == "/bayeux/x?y=%20z");
  CHECK(seen[0].color_header == "red");
  CHECK(seen[0].headers.size() == 3);
  CHECK(seen[0].remote_address == "127.0.0.1");
  CHECK(seen[0].number == 7);
}

TEST_CASE("what cannot be upgraded is refused, with a reason", "[adapter][restinio][websocket]") {
  RestinioServer server;
  Peer peer(server.port());
  const auto refused = [&](const std::string& request) { return peer.send(request).receive(); };
  SECTION("another version") {
    const auto response = refused(upgrade("12"));
    CHECK(response.status == 426);
    CHECK(response.header("X-Content-Type-Options") == "nosniff");
    CHECK(response.header("Sec-WebSocket-Version") == "13");
  }
  SECTION("a key of the wrong length") { CHECK(refused(upgrade("13", "c2hvcnQ=")).status == 400); }
  SECTION("no key") { CHECK(refused(upgrade("13", "")).status == 400); }
  SECTION("a page of another origin") {
    CHECK(refused(upgrade("13", "dGhlIHNhbXBsZSBub25jZQ==", "Origin: http://elsewhere\r\n")).status == 403);
  }
  CHECK(server.endpoint.stats().websockets == 0);
}

TEST_CASE("a message may come in parts, with a ping between them", "[adapter][restinio][websocket]") {
  RestinioServer server;
  Socket socket(server);
  const std::string text = "[" + handshake + "]";
  socket.peer.send(frames::ClientFrame{frames::Opcode::text, text.substr(0, 10), false}.bytes() +
                   frames::ClientFrame{frames::Opcode::ping, "still there?"}.bytes() +
                   frames::ClientFrame{frames::Opcode::continuation, text.substr(10, 7), false}.bytes() +
                   frames::ClientFrame{frames::Opcode::continuation, text.substr(17)}.bytes());
  const auto pong = socket.hear();
  CHECK(pong.opcode == frames::Opcode::pong);
  CHECK(pong.payload == "still there?");
  const auto reply = socket.hear();
  CHECK(reply.opcode == frames::Opcode::text);
  CHECK_FALSE(id_in(reply.payload).empty());
}

TEST_CASE("a WebSocket is closed with the reason", "[adapter][restinio][websocket]") {
  RestinioServer server;
  Socket socket(server);
  const auto closed = [&](const std::string& bytes) {
    socket.peer.send(bytes);
    const auto frame = socket.hear();
    return frame.opcode == frames::Opcode::close ? frame.code() : 0;
  };
  using Frame = frames::ClientFrame;
  SECTION("binary") { CHECK(closed(Frame{frames::Opcode::binary, "[]"}.bytes()) == 1003); }
  SECTION("no JSON") { CHECK(closed(frames::text_frame("hello")) == 1007); }
  SECTION("too large") { CHECK(closed(frames::text_frame("[" + std::string(1'000, ' ') + "]")) == 1009); }
  SECTION("too large in parts") {
    CHECK(closed(Frame{frames::Opcode::text, std::string(600, ' '), false}.bytes() +
                 Frame{frames::Opcode::continuation, std::string(600, ' '), false}.bytes()) == 1009);
  }
  SECTION("by the peer") { CHECK(closed(frames::close_frame(1000)) == 1000); }
  CHECK(server.becomes_idle());
}

TEST_CASE("a server that ends lets go of all that waits", "[adapter][restinio]") {
  auto server = std::make_unique<RestinioServer>();
  Peer peer(server->port());
  Peer stream(server->port());
  Socket socket(*server);
  const auto id = join(peer);
  stream.send(get("/bayeux/" + id, "Accept: text/event-stream\r\n")).receive();
  peer.send(post("/bayeux", connect(id)));
  REQUIRE(server->parks(2));
  server.reset();
  CHECK(peer.closed_by_server());
}

TEST_CASE("whoever is sent elsewhere by a bus that drains has its connection closed", "[adapter][restinio]") {
  RestinioServer server;
  Peer peer(server.port());
  CHECK(peer.send(post("/bayeux", handshake)).receive().header("Connection") != "close");
  server.bus.drain(Milliseconds(60'000));
  const auto answer = peer.send(post("/bayeux", handshake)).receive();
  CHECK(answer.body.find("503::server_draining") != std::string::npos);
  CHECK(answer.header("Connection") == "close");
  CHECK(peer.closed_by_server());
}

TEST_CASE("a WebSocket over which a client shakes hands while the bus drains is closed",
          "[adapter][restinio][websocket]") {
  RestinioServer server;
  server.bus.drain(Milliseconds(60'000));
  Socket socket(server);
  socket.peer.send(frames::text_frame("[" + handshake + "]"));
  CHECK(socket.hear().payload.find("503::server_draining") != std::string::npos);
  CHECK(socket.hear().code() == 1001);
  CHECK(server.becomes_idle());
}

TEST_CASE("a WebSocket whose session is ended because the bus drains is closed, and its client told by its connect",
          "[adapter][restinio][websocket]") {
  RestinioServer server;
  Socket socket(server);
  socket.peer.send(frames::text_frame("[" + handshake + "]"));
  const auto id = id_in(socket.hear().payload);
  const auto ask_later = frames::text_frame("[" + connect(id, "websocket") + "]");
  SECTION("where one is held") {
    socket.peer.send(ask_later);
    socket.hear();
    socket.peer.send(ask_later);
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
