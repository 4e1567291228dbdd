#include <atomic>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "asio_peer.hpp"
#include "own_loop_bus.hpp"
#include "own_loop_request.hpp"
#include "own_loop_server.hpp"
#include "support/catch.hpp"

using namespace bayeux::test;

namespace {

const std::string host = "Host: x\r\n";

int refusal_of(const std::string& text) {
  own::RequestReader reader({.max_head = 200, .max_body = 10});
  reader.feed(text);
  return reader.next() == own::RequestReader::Outcome::refused ? reader.refusal() : 0;
}

/// The server of the example: `/later` waits for `answer_all`, `/throw` throws, and all else is answered with its body.
class OwnServer final {
 public:
  OwnServer()
      : server_(0, {.max_head = 1024, .max_body = 100'000},
                [this](const own::Request& request, std::shared_ptr<own::Reply> reply) { handle(request, reply); }),
        thread_([this] { server_.run(); }) {}
  ~OwnServer() {
    server_.stop();
    thread_.join();
  }

  std::uint16_t port() const { return server_.port(); }

  void answer_all() {
    server_.inbox()->post([this] {
      for (const auto& reply : std::exchange(replies_, {})) reply->send({200, {}, "later"});
    });
  }

  std::atomic<int> waiting{0};
  std::atomic<int> hung_up{0};

 private:
  void handle(const own::Request& request, const std::shared_ptr<own::Reply>& reply) {
    if (request.target == "/throw") throw std::runtime_error("no");
    if (request.target != "/later") return reply->send({200, {}, std::string(request.body)});
    replies_.push_back(reply);
    reply->on_hang_up([this] { ++hung_up; });
    ++waiting;
  }

  std::vector<std::shared_ptr<own::Reply>> replies_;  ///< Of the loop alone.
  own::Server server_;
  std::thread thread_;
};

}  // namespace

TEST_CASE("a request is read in whatever pieces it comes, and the next one behind it", "[own_loop]") {
  const std::string text = "POST /a?b HTTP/1.1\r\nHost: x\r\nX-A:  b c\t\r\ncontent-length: 3\r\n\r\nabc";
  own::RequestReader reader({});
  for (const char c : text) {
    REQUIRE(reader.next() == own::RequestReader::Outcome::incomplete);
    reader.feed({&c, 1});
  }
  reader.feed("GET / HTTP/1.1\r\nHost: y\r\nConnection: x, Close\r\n\r\n");
  REQUIRE(reader.next() == own::RequestReader::Outcome::complete);
  CHECK(reader.request().method == "POST");
  CHECK(reader.request().target == "/a?b");
  CHECK(reader.request().body == "abc");
  CHECK(reader.request().keep_alive);
  REQUIRE(own::find_field(reader.request(), "x-a") != nullptr);
  CHECK(*own::find_field(reader.request(), "x-a") == "b c");
  reader.drop();
  REQUIRE(reader.next() == own::RequestReader::Outcome::complete);
  CHECK(reader.request().body.empty());
  CHECK_FALSE(reader.request().keep_alive);
  reader.drop();
  CHECK(reader.next() == own::RequestReader::Outcome::incomplete);
}

TEST_CASE("what is no request, or none that is spoken here, is refused with a reason", "[own_loop]") {
  const std::string get = "GET / HTTP/1.1\r\n";
  CHECK(refusal_of(get + host + "\r\n") == 0);
  for (const char* line : {"GET /\r\n", "GET  / HTTP/1.1\r\n", "GET / x HTTP/1.1\r\n", " / HTTP/1.1\r\n", "\r\n",
                           "G(T / HTTP/1.1\r\n", "GET x HTTP/1.1\r\n", "GET http://x/ HTTP/1.1\r\n",
                           "GET / TCP/1.1\r\n", "GET /\x01 HTTP/1.1\r\n"}) {
    INFO(line);
    CHECK(refusal_of(line + host + "\r\n") == 400);
  }
  for (const char* field : {"A : b", "A", ": b", "A: b\r\n c", "A: b\rc", "A: b\x7f", "Host: y", "Content-Length: +1",
                            "Content-Length: 1x", "Content-Length:", "Content-Length: 1\r\nContent-Length: 1"}) {
    INFO(field);
    CHECK(refusal_of(get + host + field + "\r\n\r\n") == 400);
  }
  CHECK(refusal_of(get + host + std::string("A: b\0c", 6) + "\r\n\r\n") == 400);
  CHECK(refusal_of(get + "\r\n") == 400);
  CHECK(refusal_of(get + host + "Transfer-Encoding: chunked\r\n\r\n") == 411);
  CHECK(refusal_of(get + host + "Expect: 100-continue\r\n\r\n") == 417);
  CHECK(refusal_of("GET / HTTP/1.0\r\n" + host + "\r\n") == 505);
  CHECK(refusal_of(get + host + "Content-Length: 10\r\n\r\n0123456789") == 0);
  CHECK(refusal_of(get + host + "Content-Length: 11\r\n\r\n") == 413);
  CHECK(refusal_of(get + host + "Content-Length: 99999999999999999999\r\n\r\n") == 413);
  CHECK(refusal_of(get + host + "A: " + std::string(200, 'b')) == 431);
}

TEST_CASE("an event loop answers what comes at once in its order, however late one answer is", "[own_loop]") {
  OwnServer server;
  Peer peer(server.port());
  peer.send(post("/a", "1") + get("/later") + post("/a", "2"));
  CHECK(peer.receive().body == "1");
  REQUIRE(eventually([&] { return server.waiting == 1; }));
  server.answer_all();
  CHECK(peer.receive().body == "later");
  CHECK(peer.receive().body == "2");
}

TEST_CASE("an event loop keeps what a slow peer has not read", "[own_loop]") {
  OwnServer server;
  Peer peer(server.port(), 2048);
  const std::string body(90'000, 'x');
  std::thread sender([&] {
    for (int i = 0; i < 150; ++i) peer.send(post("/a", body));
  });
  bool all = true;
  for (int i = 0; i < 150 && all; ++i) all = peer.receive().body == body;
  CHECK(all);
  sender.join();
}

TEST_CASE("an event loop notices a peer that hangs up while it waits", "[own_loop]") {
  OwnServer server;
  Peer peer(server.port());
  peer.send(get("/later"));
  REQUIRE(eventually([&] { return server.waiting == 1; }));
  SECTION("without a word") { peer.hang_up(); }
  SECTION("with a reset") { peer.reset(); }
  CHECK(eventually([&] { return server.hung_up == 1; }));
  server.answer_all();
  CHECK(Peer(server.port()).send(post("/a", "1")).receive().body == "1");
}

TEST_CASE("an event loop answers what stands in front of a refusal, then that, and closes", "[own_loop]") {
  OwnServer server;
  Peer peer(server.port());
  const std::string too_large = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100001\r\n\r\n";
  peer.send(post("/a", "1") + too_large + std::string(100'001, 'x'));
  CHECK(peer.receive().body == "1");
  const auto refused = peer.receive();
  CHECK(refused.status == 413);
  CHECK(refused.header("Connection") == "close");
  CHECK(peer.closed_by_server());
}

TEST_CASE("a handler that throws is answered 500, and nothing of it", "[own_loop]") {
  OwnServer server;
  Peer peer(server.port());
  const auto response = peer.send(get("/throw")).receive();
  CHECK(response.status == 500);
  CHECK(response.body.empty());
  CHECK(peer.send(post("/a", "1")).receive().body == "1");
}

TEST_CASE("whoever is sent elsewhere by a bus that drains has its connection closed", "[own_loop]") {
  bayeux::Bus bus;
  bayeux::Endpoint endpoint(bus);
  std::unique_ptr<BusRoute> to_bus;
  own::Server server(0, {}, [&](const own::Request& request, std::shared_ptr<own::Reply> reply) {
    to_bus->answer(request, std::move(reply));
  });
  to_bus = std::make_unique<BusRoute>(endpoint, server.inbox());
  std::thread running([&] { server.run(); });
  const auto handshake = post("/bayeux", R"({"channel":"/meta/handshake","version":"1.0"})");
  Peer peer(server.port());
  CHECK_FALSE(peer.send(handshake).receive().has("Connection: close"));
  bus.drain(bayeux::Milliseconds(60'000));
  const auto answer = peer.send(handshake + handshake).receive();
  CHECK(answer.body.find("503::server_draining") != std::string::npos);
  CHECK(answer.header("Connection") == "close");
  CHECK(peer.closed_by_server());
  server.stop();
  running.join();
}
