#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include <bayeux/bayeux.hpp>

#include "adapter_beast_server.hpp"
#include "request_witness.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

constexpr const char* stream_of_events = " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n";

/// A client with a session that is subscribed to `/news`.
class Member final {
 public:
  explicit Member(const BeastServer& server) : peer(server.port()) {
    const auto reply = Json::parse(ask(R"({"channel":"/meta/handshake","version":"1.0"})"));
    if (reply) id = (*reply)[0]["clientId"].as_string();
    ask(message("/meta/subscribe", R"("subscription":"/news")"));
    ask(connect());
  }

  std::string ask(const std::string& text) { return peer.send(post("/bayeux", text)).receive().body; }

  std::string message(const std::string& channel, const std::string& more) const {
    return R"({"channel":")" + channel + R"(","clientId":")" + id + "\"," + more + "}";
  }
  std::string connect(const std::string& type = "long-polling") const {
    return message("/meta/connect", R"("connectionType":")" + type + "\"");
  }

  Peer peer;
  std::string id;
};

/// Lets its next connect be held.
void park(BeastServer& server, Member& member) {
  member.peer.send(post("/bayeux", member.connect()));
  REQUIRE(server.parks(1));
}

}  // namespace

TEST_CASE("a peer that hangs up while its request waits is noticed", "[adapter][beast]") {
  BeastServer server;
  Member member(server);
  park(server, member);
  SECTION("without a word") {
    member.peer.hang_up();
    CHECK(server.first_failure() == net::error::eof);
  }
  SECTION("by its own direction only") {
    member.peer.finish();
    CHECK(server.first_failure() == net::error::eof);
    CHECK(member.peer.closed_by_server());
  }
  SECTION("with a reset") {
    member.peer.reset();
    CHECK(server.first_failure() == net::error::connection_reset);
  }
  CHECK(server.becomes_idle());
}

TEST_CASE("requests behind one that waits are answered after it, in order", "[adapter][beast]") {
  BeastServer server;
  Member member(server);
  SECTION("when they came with it") {
    member.peer.send(post("/bayeux", member.connect()) + get("/host/1") + get("/host/2"));
    REQUIRE(server.parks(1));
  }
  SECTION("when they came later") {
    park(server, member);
    member.peer.send(get("/host/1")).send(get("/host/2"));
  }
  server.bus.channel("/news").publish(1);
  CHECK(member.peer.receive().body.find(R"("data":1)") != std::string::npos);
  CHECK(member.peer.receive().body == "/host/1");
  CHECK(member.peer.receive().body == "/host/2");
  CHECK(server.failures().empty());
}

TEST_CASE("more behind a request that waits than is read ahead stays in the socket, and nothing is lost of it",
          "[adapter][beast]") {
  BeastServer server;
  Member member(server);
  park(server, member);
  const std::string large(60'000, 'x');
  member.peer.send("POST /host HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n" + large);
  SECTION("until the request is answered") {
    server.bus.channel("/news").publish(1);
    CHECK(member.peer.receive().body.find(R"("data":1)") != std::string::npos);
    CHECK(member.peer.receive().body == "/host");
  }
  SECTION("and a reset is noticed behind it") {
    member.peer.reset();
    CHECK(server.becomes_idle());
  }
}

TEST_CASE("a body above the bus's limit is refused, and the connection goes on", "[adapter][beast]") {
  BeastServer::Settings settings;
  settings.endpoint.gateway.max_body = 1'000;
  BeastServer server(std::move(settings));
  Peer peer(server.port());
  CHECK(peer.send(post("/bayeux", std::string(1'001, ' '))).receive().status == 413);
  CHECK(peer.send(get("/host")).receive().body == "/host");
}

TEST_CASE("a response to HEAD has no body, and HTTP/1.0 is answered once", "[adapter][beast]") {
  BeastServer server;
  Peer peer(server.port());
  const auto head = peer.send("HEAD /bayeux HTTP/1.1\r\nHost: localhost\r\n\r\n").receive(true);
  CHECK(head.status == 405);
  CHECK(head.header("Content-Length") != "0");
  CHECK(peer.send(get("/host")).receive().head.starts_with("HTTP/1.1 200"));
  const auto last = peer.send("GET /bayeux HTTP/1.0\r\n\r\n").receive();
  CHECK(last.status == 400);
  CHECK(peer.closed_by_server());
}

TEST_CASE("policies see what the host attached, and from where a request came", "[adapter][beast]") {
  const auto witness = std::make_shared<RequestWitness>();
  BeastServer::Settings settings;
  settings.bus.policy = witness;
  settings.options.attachment = 7;
  SECTION("as the host says") {
    settings.options.remote_address = "192.0.2.1";
    settings.options.tls = true;
  }
  const auto address = settings.options.remote_address.empty() ? "127.0.0.1" : settings.options.remote_address;
  const bool tls = settings.options.tls.value_or(false);
  BeastServer server(std::move(settings));
  Member member(server);
  const auto seen = witness->seen();
  REQUIRE(!seen.empty());
  CHECK(seen[0].number == 7);
  CHECK(seen[0].method == "POST");
  CHECK(seen[0].remote_address == address);
  CHECK(seen[0].tls == tls);
}

TEST_CASE("the host adds its own fields to what is sent", "[adapter][beast]") {
  BeastServer::Settings settings;
  settings.options.decorate = [](http::fields& fields) { fields.set(http::field::server, "a host"); };
  BeastServer server(std::move(settings));
  Peer peer(server.port());
  CHECK(peer.send(post("/bayeux", R"({"channel":"/meta/handshake","version":"1.0"})")).receive().header("Server") ==
        "a host");
}

TEST_CASE("a stream over which nothing goes carries comments, and goes on with events until the peer hangs up",
          "[adapter][beast]") {
  BeastServer::Settings settings;
  settings.options.stream_ping = std::chrono::milliseconds(20);
  BeastServer server(std::move(settings));
  Member member(server);
  Peer stream(server.port());
  stream.send("GET /bayeux/" + member.id + stream_of_events);
  const auto head = stream.receive();
  CHECK(head.header("Content-Type") == "text/event-stream");
  CHECK(head.header("Transfer-Encoding") == "chunked");
  CHECK(stream.receive_chunk() == "retry: 1000\r\n\r\n");
  for (int i = 0; i < 3; ++i) CHECK(stream.receive_chunk().starts_with(":"));

  member.ask(member.connect("eventsource"));
  server.bus.channel("/news").publish(1);
  std::string part = stream.receive_chunk();
  while (part.starts_with(":")) part = stream.receive_chunk();
  CHECK(part.find(R"("data":1)") != std::string::npos);
  stream.hang_up();
  CHECK(server.becomes_idle());
}

TEST_CASE("with times as long as can be a stream is not cut, and carries no comments", "[adapter][beast]") {
  BeastServer::Settings settings;
  settings.options.stream_ping = settings.options.write_limit = std::chrono::milliseconds::max();
  BeastServer server(std::move(settings));
  Member member(server);
  Peer stream(server.port());
  stream.send("GET /bayeux/" + member.id + stream_of_events);
  CHECK(stream.receive().status == 200);
  CHECK(stream.receive_chunk() == "retry: 1000\r\n\r\n");
  member.ask(member.connect("eventsource"));
  server.bus.channel("/news").publish(1);
  CHECK(stream.receive_chunk().find(R"("data":1)") != std::string::npos);
}

TEST_CASE("a stream whose session ends leaves the connection for the next request", "[adapter][beast]") {
  BeastServer server;
  Member member(server);
  Peer stream(server.port());
  stream.send("GET /bayeux/" + member.id + stream_of_events);
  CHECK(stream.receive().status == 200);
  CHECK(stream.receive_chunk() == "retry: 1000\r\n\r\n");
  member.ask(member.connect("eventsource"));
  server.bus.client(member.id).disconnect();
  const std::string last_chunk = "\r\n0\r\n\r\n";
  std::string rest, more = " ";
  while (!more.empty() && !rest.ends_with(last_chunk)) rest += more = stream.receive_some();
  CHECK(rest.ends_with(last_chunk));
  CHECK(stream.send(get("/host")).receive().body == "/host");
}

TEST_CASE("HTTP/1.0 has a stream without chunks, up to the end of the connection", "[adapter][beast]") {
  BeastServer server;
  Member member(server);
  Peer stream(server.port());
  stream.send("GET /bayeux/" + member.id + " HTTP/1.0\r\nConnection: keep-alive\r\nAccept: text/event-stream\r\n\r\n");
  CHECK(stream.receive().header("Transfer-Encoding").empty());
  member.ask(member.connect("eventsource"));
  server.bus.channel("/news").publish(1);
  server.bus.client(member.id).disconnect();
  const auto body = stream.receive_rest();
  CHECK(body.starts_with("retry: 1000\r\n\r\n"));
  CHECK(body.find(R"("data":1)") != std::string::npos);
  CHECK(stream.closed_by_server());
}

TEST_CASE("whoever waits for a future gets the response written as well", "[adapter][beast]") {
  Bus bus;
  Endpoint endpoint(bus);
  net::io_context io;
  net::ip::tcp::acceptor acceptor(io, {net::ip::address_v4::loopback(), 0});
  Peer peer(acceptor.local_endpoint().port());
  net::ip::tcp::socket socket = acceptor.accept();
  peer.send(post("/bayeux", R"({"channel":"/meta/handshake","version":"1.0"})"));
  beast::flat_buffer buffer;
  http::request<http::string_body> request;
  http::read(socket, buffer, request);

  std::future<bool> keeps_alive = async_answer(endpoint, socket, buffer, request, {}, net::use_future);
  io.run();
  CHECK(keeps_alive.get());
  CHECK(peer.receive().status == 200);
}

TEST_CASE("an execution context that goes hangs up on its peers", "[adapter][beast]") {
  Bus bus;
  Endpoint endpoint(bus);
  {
    net::io_context io;
    net::ip::tcp::acceptor acceptor(io, {net::ip::address_v4::loopback(), 0});
    Peer peer(acceptor.local_endpoint().port());
    struct Connection {
      beast::tcp_stream stream;
      beast::flat_buffer buffer;
      http::request<http::string_body> request;
    };
    const auto connection = std::make_shared<Connection>(Connection{beast::tcp_stream(acceptor.accept()), {}, {}});
    const auto ask = [&](const std::string& message) {
      peer.send(post("/bayeux", message));
      connection->request = {};
      http::read(connection->stream, connection->buffer, connection->request);
      async_answer(endpoint, connection->stream, connection->buffer, connection->request, {},
                   [connection](beast::error_code, bool) {});
    };
    ask(R"({"channel":"/meta/handshake","version":"1.0"})");
    io.run();
    const auto id = (*Json::parse(peer.receive().body))[0]["clientId"].as_string();
    const auto connect = R"({"channel":"/meta/connect","connectionType":"long-polling","clientId":")" + id + "\"}";
    io.restart();
    ask(connect);
    io.run();
    io.restart();
    ask(connect);
    io.poll();
    REQUIRE(endpoint.stats().parked == 1);
  }
  CHECK(endpoint.stats().open == 0);
}

TEST_CASE("whoever is sent elsewhere by a bus that drains has its connection closed", "[adapter][beast]") {
  BeastServer server;
  Member stays(server);
  server.bus.drain(Milliseconds(60'000));
  Peer peer(server.port());
  const auto answer = peer.send(post("/bayeux", R"({"channel":"/meta/handshake","version":"1.0"})")).receive();
  CHECK(answer.body.find("503::server_draining") != std::string::npos);
  CHECK(answer.header("Connection") == "close");
  CHECK(peer.closed_by_server());
}
