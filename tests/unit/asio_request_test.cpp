#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "asio_peer.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

/// Answers with what it was asked: method, target, body.
void echo(AsioServer& server) {
  server.route("/echo", [](const HttpRequest& request) {
    HttpResponse response;
    response.headers.emplace_back("Content-Type", "text/plain");
    response.body = std::string(request.method) + " " + std::string(request.target) + " " + std::string(request.body);
    return response;
  });
}

/// What the server says to these bytes, and whether it closes the connection after.
struct Verdict {
  int status;
  bool closed;
};

Verdict verdict(const RunningServer& server, const std::string& bytes) {
  Peer peer(server.port());
  const int status = peer.send(bytes).receive().status;
  return {status, peer.closed_by_server()};
}

}  // namespace

TEST_CASE("a request is answered with length, date and nothing about the connection", "[asio]") {
  RunningServer server({}, echo);
  Peer peer(server.port());
  const auto answer = peer.send(get("/echo?x=1")).receive();
  CHECK(answer.status == 200);
  CHECK(answer.body == "GET /echo?x=1 ");
  CHECK(answer.header("Content-Length") == "14");
  CHECK(answer.header("Date").size() == 29);
  CHECK_FALSE(answer.has("Connection"));
  CHECK(peer.send(get("/echo")).receive().status == 200);
}

TEST_CASE("a request may come byte by byte", "[asio]") {
  RunningServer server({}, echo);
  Peer peer(server.port());
  for (const char c : post("/echo", "body")) peer.send(std::string_view(&c, 1));
  CHECK(peer.receive().body == "POST /echo body");
}

TEST_CASE("pipelined requests are answered in order, also beyond the bound", "[asio]") {
  AsioServerConfig config;
  config.max_pipeline = 2;
  RunningServer server(config, echo);
  Peer peer(server.port());
  std::string requests;
  for (int i = 0; i < 200; ++i) requests += post("/echo", std::to_string(i));
  peer.send(requests);
  for (int i = 0; i < 200; ++i) REQUIRE(peer.receive().body == "POST /echo " + std::to_string(i));
}

TEST_CASE("a peer that ends its own direction still gets its answers", "[asio]") {
  RunningServer server({}, echo);
  Peer peer(server.port());
  peer.send(get("/echo") + get("/echo")).finish();
  CHECK(peer.receive().status == 200);
  CHECK(peer.receive().status == 200);
  CHECK(peer.closed_by_server());
}

TEST_CASE("chunked bodies are put together, and trailers ignored", "[asio]") {
  RunningServer server({}, echo);
  Peer peer(server.port());
  peer.send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nContent-Length: 3\r\nX: y\r\n\r\n" +
      get("/echo"));
  CHECK(peer.receive().body == "POST /echo abcdefg");
  CHECK(peer.receive().body == "GET /echo ");
}

TEST_CASE("HEAD gets the head of what GET would get", "[asio]") {
  RunningServer server({}, [](AsioServer& made) {
    made.route("/x", [](const HttpRequest&) { return HttpResponse{200, {}, "12345"}; });
  });
  Peer peer(server.port());
  peer.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n" + get("/x"));
  CHECK(peer.receive(true).header("Content-Length") == "5");
  CHECK(peer.receive().body == "12345");
}

TEST_CASE("HTTP/1.0 is closed unless it asks to be kept", "[asio]") {
  RunningServer server({}, echo);
  CHECK(verdict(server, "GET /echo HTTP/1.0\r\n\r\n").closed);
  Peer peer(server.port());
  const std::string kept = "GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
  CHECK(peer.send(kept).receive().header("Connection") == "keep-alive");
  CHECK(peer.send(kept).receive().status == 200);
}

TEST_CASE("Connection: close is honoured and said", "[asio]") {
  RunningServer server({}, echo);
  Peer peer(server.port());
  CHECK(peer.send(get("/echo", "Connection: close\r\n")).receive().header("Connection") == "close");
  CHECK(peer.closed_by_server());
}

TEST_CASE("a body is called for only when it is acceptable", "[asio]") {
  AsioServerConfig config;
  config.gateway.max_body = 10;
  RunningServer server(config, echo);
  const std::string start = "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n";
  SECTION("it is") {
    Peer peer(server.port());
    CHECK(peer.send(start + "Content-Length: 2\r\n\r\n").receive().status == 100);
    CHECK(peer.send("hi").receive().body == "POST /echo hi");
  }
  SECTION("behind another request") {
    Peer peer(server.port());
    peer.send(get("/echo") + start + "Content-Length: 2\r\n\r\n");
    CHECK(peer.receive().status == 200);
    CHECK(peer.receive().status == 100);
    CHECK(peer.send("hi").receive().body == "POST /echo hi");
  }
  SECTION("it is too large") {
    const auto result = verdict(server, start + "Content-Length: 11\r\n\r\n");
    CHECK(result.status == 413);
    CHECK(result.closed);
  }
  SECTION("something else is expected") {
    CHECK(verdict(server, get("/echo", "Expect: tea\r\n")).status == 417);
  }
}

TEST_CASE("a body beyond the limit is refused as soon as it shows", "[asio]") {
  AsioServerConfig config;
  config.gateway.max_body = 10;
  RunningServer server(config, echo);
  const std::string start = "POST /echo HTTP/1.1\r\nHost: a\r\n";
  CHECK(verdict(server, start + "Content-Length: 11\r\n\r\n").status == 413);
  CHECK(verdict(server, start + "Transfer-Encoding: chunked\r\n\r\nb\r\n").status == 413);
  CHECK(verdict(server, start + "Transfer-Encoding: chunked\r\n\r\n6\r\n123456\r\n6\r\n").status == 413);
  CHECK(verdict(server, start + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n").status == 413);
  Peer peer(server.port());
  CHECK(peer.send(start + "Content-Length: 10\r\n\r\n0123456789").receive().status == 200);
}

TEST_CASE("a refusal reaches a peer that goes on sending", "[asio]") {
  AsioServerConfig config;
  config.gateway.max_body = 10;
  RunningServer server(config, echo);
  Peer peer(server.port());
  peer.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n" + std::string(2'000'000, 'x'));
  CHECK(peer.receive().status == 413);
}

TEST_CASE("headers beyond the limit are answered 431", "[asio]") {
  AsioServerConfig config;
  config.max_header = 200;
  RunningServer server(config, echo);
  CHECK(verdict(server, get("/echo", "X: " + std::string(200, 'x') + "\r\n")).status == 431);
  CHECK(verdict(server, "GET /" + std::string(300, 'x')).status == 431);
  Peer peer(server.port());
  CHECK(peer.send(get("/echo", "X: " + std::string(100, 'x') + "\r\n")).receive().status == 200);
}

TEST_CASE("a request that is none, or could be read in two ways, is refused and the connection closed", "[asio]") {
  RunningServer server({}, echo);
  const std::string start = "POST /echo HTTP/1.1\r\nHost: a\r\n";
  const auto [bytes, status] = GENERATE_COPY(table<std::string, int>({
      {"\x16\x03\x01 what TLS says first", 400},
      {"GET /echo\r\n\r\n", 505},
      {"GET /echo HTTP/2.0\r\nHost: a\r\n\r\n", 505},
      {"GET /echo HTTP/1.1\r\n\r\n", 400},
      {"GET /echo HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"GET echo HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET /ec\tho HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET /\xc3\xa4 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"TRACE /echo HTTP/1.1\r\nHost: a\r\n\r\n", 405},
      {"CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", 405},
      {start + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {start + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400},
      {start + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400},
      {start + "Content-Length: -3\r\n\r\nabc", 400},
      {start + "Content-Length: +3\r\n\r\nabc", 400},
      {start + "Content-Length: 3, 3\r\n\r\nabc", 400},
      {start + "Content-Length: 99999999999999999999999\r\n\r\nabc", 400},
      {start + "Transfer-Encoding: gzip\r\n\r\n", 501},
      {start + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
      {start + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {start + "Transfer-Encoding: chunked\r\n\r\nx\r\n", 400},
      {start + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcde\r\n0\r\n\r\n", 400},
      {start + "Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n", 400},
      {start + std::string("X: a\0b\r\n\r\n", 10), 400},
      {start + "X: a\rb\r\n\r\n", 400},
      {start + "X: a\rContent-Length: 3\r\n\r\nabc", 400},
      {start + "X : a\r\n\r\n", 400},
      {start + "X\x01: a\r\n\r\n", 400},
      {start + ": a\r\n\r\n", 400},
      {start + "A:\r\n: x\r\n\r\n", 400},
      {"GET /echo HTTP/1.1\r\n: a\r\nHost: a\r\n\r\n", 400},
      {"GET /echo HTTP/1.1\r\n Host: a\r\n\r\n", 400},
      {start + ":\r\n\r\n", 400},
      {start + "X: a\r\n folded\r\n\r\n", 400},
  }));
  CAPTURE(bytes);
  const auto result = verdict(server, bytes);
  CHECK(result.status == status);
  CHECK(result.closed);
}

TEST_CASE("what real clients send is no offence", "[asio]") {
  RunningServer server({}, echo);
  Peer peer(server.port());
  CHECK(peer.send(get("/echo", "Cookie: \r\n")).receive().status == 200);
  CHECK(peer.send(get("/echo", "Cookie:\r\n")).receive().status == 200);
  CHECK(peer.send(get("http://localhost:80/echo?a")).receive().body == "GET /echo?a ");
  CHECK(peer.send("\r\n" + get("/echo")).receive().status == 200);
  CHECK(peer.send(get("/echo", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n")).receive().status == 200);
  CHECK(
      peer.send("POST /echo HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: upgrade\r\nContent-Length: 2\r\n\r\nhi" +
                get("/echo"))
          .receive()
          .body == "POST /echo hi");
  CHECK(peer.receive().status == 200);
}

TEST_CASE("an upgrade to WebSocket is turned down at once, so that clients fall back", "[asio]") {
  RunningServer server;
  Peer peer(server.port());
  const auto answer =
      peer.send(get("/bayeux", "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n")).receive();
  CHECK(answer.status == 400);
}

TEST_CASE("a handler cannot break the response, nor the server", "[asio]") {
  RunningServer server({}, [](AsioServer& made) {
    made.route("/split", [](const HttpRequest&) { return HttpResponse{200, {{"X", "a\r\nSet-Cookie: b"}}, "secret"}; });
    made.route("/nul", [](const HttpRequest&) { return HttpResponse{200, {{"X", std::string(1, '\0')}}, ""}; });
    made.route("/name", [](const HttpRequest&) { return HttpResponse{200, {{"X: y\r\nZ", "a"}}, ""}; });
    made.route("/status", [](const HttpRequest&) { return HttpResponse{99, {}, ""}; });
    made.route("/throw", [](const HttpRequest&) -> HttpResponse { throw std::runtime_error("secret"); });
    made.route("/length", [](const HttpRequest&) { return HttpResponse{200, {{"content-length", "9"}}, "ab"}; });
    made.route("/none", [](const HttpRequest&) { return HttpResponse{204, {}, "ignored"}; });
  });
  Peer peer(server.port());
  for (const char* path : {"/split", "/nul", "/name", "/status", "/throw"}) {
    CAPTURE(path);
    const auto answer = peer.send(get(path)).receive();
    CHECK(answer.status == 500);
    CHECK_FALSE(answer.has("Set-Cookie"));
    CHECK(answer.body.find("secret") == std::string::npos);
  }
  CHECK(peer.send(get("/length")).receive().body == "ab");
  CHECK(peer.send(get("/none")).receive().header("Content-Length").empty());
  CHECK(peer.send(get("/length")).receive().header("Content-Length") == "2");
  CHECK(server.server.stats().bad_responses == 4);
  CHECK(server.bus.stats().callback_failures == 1);
}

TEST_CASE("what a handler does wrong is written down", "[asio]") {
  struct KeptLog final : Log {
    void write(LogLevel, std::string_view text) noexcept override { lines.emplace_back(text); }
    std::vector<std::string> lines;
  };
  const auto log = std::make_shared<KeptLog>();
  Config bus_config;
  bus_config.log = log;
  Bus bus(bus_config);
  AsioServer server(bus, RunningServer::on_free_port({}));
  server.route("/throw", [](const HttpRequest&) -> HttpResponse { throw std::runtime_error("swordfish"); });
  server.route("/split", [](const HttpRequest&) { return HttpResponse{200, {{"X", "a\r\nSet-Cookie: b"}}, ""}; });
  std::thread thread([&] { server.run(); });
  Peer peer(server.port());
  CHECK(peer.send(get("/throw")).receive().status == 500);
  CHECK(peer.send(get("/split")).receive().status == 500);
  server.stop();
  thread.join();
  CHECK(log->lines == std::vector<std::string>{"route handler threw: swordfish",
                                               "a response cannot be sent, for its status or a header: answered 500"});
}
