#include <arpa/inet.h>
#include <netinet/in.h>

#include <any>
#include <atomic>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <bayeux/bayeux.hpp>
#include <bayeux/transports/adapters/microhttpd.hpp>

#include "asio_peer.hpp"
#include "request_witness.hpp"
#include "support/catch.hpp"
#include "support/manual_clock.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

const std::string handshake = R"([{"channel":"/meta/handshake","version":"1.0"}])";

/// A small program that has a bus, whose time stands still, and other routes, which are answered with a word.
class MicrohttpdServer final {
 public:
  explicit MicrohttpdServer(std::shared_ptr<SecurityPolicy> policy = nullptr, MicrohttpdOptions options = {})
      : bus({.policy = std::move(policy), .clock = std::make_shared<ManualClock>()}),
        endpoint(bus, config()),
        bayeux_(endpoint, std::move(options)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    daemon_ = MHD_start_daemon(MHD_USE_AUTO_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, nullptr, nullptr,
                               &on_request, this, MHD_OPTION_NOTIFY_COMPLETED, &on_completed, this,
                               MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_END);
    REQUIRE(daemon_ != nullptr);
  }
  ~MicrohttpdServer() { stop(); }

  void stop() {
    bayeux_.stop();
    if (daemon_ != nullptr) MHD_stop_daemon(std::exchange(daemon_, nullptr));
  }

  std::uint16_t port() const { return MHD_get_daemon_info(daemon_, MHD_DAEMON_INFO_BIND_PORT)->port; }

  bool parks(std::size_t count) const {
    return eventually([&] { return endpoint.stats().parked == count; });
  }
  bool becomes_idle() const {
    return eventually([&] { return endpoint.stats().open == 0; });
  }

  Bus bus;
  Endpoint endpoint;
  std::atomic<int> own_requests{0};  ///< That were begun and not completed.

 private:
  static EndpointConfig config() {
    EndpointConfig config;
    config.gateway.max_body = 1024;
    config.websocket.reset();
    return config;
  }

  static MHD_Result on_request(void* self, MHD_Connection* connection, const char* url, const char* method,
                               const char*, const char* data, std::size_t* size, void** request) {
    auto& server = *static_cast<MicrohttpdServer*>(self);
    if (server.bayeux_.serves(url)) return server.bayeux_.answer(connection, url, method, data, size, request);
    if (*request == nullptr) {
      *request = &server.own_requests;
      ++server.own_requests;
      return MHD_YES;
    }
    MHD_Response* const response =
        MHD_create_response_from_buffer(4, const_cast<char*>("host"), MHD_RESPMEM_PERSISTENT);
    const auto result = MHD_queue_response(connection, MHD_HTTP_OK, response);
    MHD_destroy_response(response);
    return result;
  }

  static void on_completed(void* self, MHD_Connection*, void** request, MHD_RequestTerminationCode) {
    auto& server = *static_cast<MicrohttpdServer*>(self);
    if (!server.bayeux_.complete(request) && *request == &server.own_requests) --server.own_requests;
  }

  MicrohttpdEndpoint bayeux_;
  MHD_Daemon* daemon_ = nullptr;
};

std::string connect(const std::string& id, const std::string& type = "long-polling") {
  return R"([{"channel":"/meta/connect","connectionType":")" + type + R"(","clientId":")" + id + "\"}]";
}

/// Shakes hands and connects once, so that the next connect is held; gives the client id.
std::string join(Peer& peer) {
  const auto welcome = Json::parse(peer.send(post("/bayeux", handshake)).receive().body).value_or(Json());
  const std::string id = welcome[0]["clientId"].as_string();
  REQUIRE(peer.send(post("/bayeux", connect(id))).receive().status == 200);
  return id;
}

std::string in_chunks(const std::string& body, std::size_t chunks) {
  std::string text = "POST /bayeux HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
  constexpr std::string_view digits = "0123456789abcdef";
  std::string size;
  for (auto left = body.size(); left > 0; left /= 16) size.insert(size.begin(), digits[left % 16]);
  for (std::size_t i = 0; i < chunks; ++i) text += size + "\r\n" + body + "\r\n";
  return text + "0\r\n\r\n";
}

}  // namespace

TEST_CASE("requests of the host and of the bus go over one connection, in their order", "[adapter][microhttpd]") {
  MicrohttpdServer server;
  Peer peer(server.port());
  peer.send(get("/host") + post("/bayeux/handshake", handshake) + get("/host"));
  CHECK(peer.receive().body == "host");
  CHECK(peer.receive().body.find("clientId") != std::string::npos);
  CHECK(peer.receive().body == "host");
  CHECK(server.becomes_idle());
  CHECK(eventually([&] { return server.own_requests == 0; }));
}

TEST_CASE("policies are shown the request, and what the host attaches", "[adapter][microhttpd]") {
  const auto witness = std::make_shared<RequestWitness>();
  MicrohttpdServer server(witness, {.attach = [](MHD_Connection*) { return std::any(7); }});
  Peer peer(server.port());
  peer.send("POST /bayeux/x%2Fy?y=%20z&a+b&c=%26 HTTP/1.1\r\nHost: localhost\r\nX-Color: red\r\nContent-Length: " +
            std::to_string(handshake.size()) + "\r\n\r\n" + handshake);
  REQUIRE(peer.receive().status == 200);
  const auto seen = witness->seen();
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].method == "POST");
  CHECK(seen[0].target == "/bayeux/x/y?y=%20z&a%20b&c=%26");
  CHECK(seen[0].color_header == "red");
  CHECK(seen[0].remote_address == "127.0.0.1");
  CHECK(seen[0].number == 7);
  CHECK_FALSE(seen[0].tls);
}

TEST_CASE("a request whose attachment cannot be had is cut off, and nothing else is", "[adapter][microhttpd]") {
  MicrohttpdServer server(nullptr, {.attach = [](MHD_Connection*) -> std::any { throw std::runtime_error("no"); }});
  Peer peer(server.port());
  CHECK(peer.send(post("/bayeux", handshake)).closed_by_server());
  CHECK(Peer(server.port()).send(get("/host")).receive().body == "host");
  CHECK(server.bus.stats().clients == 0);
  CHECK(server.bus.stats().callback_failures == 1);
}

TEST_CASE("a body may come in pieces", "[adapter][microhttpd]") {
  MicrohttpdServer server;
  Peer peer(server.port());
  const auto request = post("/bayeux", handshake);
  SECTION("of any size") {
    peer.send(request.substr(0, request.size() - 10)).send(request.substr(request.size() - 10));
  }
  SECTION("in chunks") { peer.send(in_chunks(handshake, 1)); }
  CHECK(peer.receive().status == 200);
}

TEST_CASE("a body that is too large is refused before it has come", "[adapter][microhttpd]") {
  MicrohttpdServer server;
  Peer peer(server.port());
  peer.send("POST /bayeux HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1025\r\n\r\n");
  CHECK(peer.receive().status == 413);
  CHECK(server.endpoint.stats().requests == 0);
}

TEST_CASE("a body that grows too large without having said so is refused behind it", "[adapter][microhttpd]") {
  MicrohttpdServer server;
  Peer peer(server.port());
  CHECK(peer.send(in_chunks(std::string(1000, ' '), 2)).receive().status == 413);
  Peer other(server.port());
  CHECK(other.send(in_chunks(std::string(1000, ' '), 100)).receive().status == 0);
  CHECK(server.endpoint.stats().requests == 0);
}

TEST_CASE("a poll is answered when there is something to say", "[adapter][microhttpd]") {
  MicrohttpdServer server;
  Peer peer(server.port());
  const auto id = join(peer);
  for (int i = 0; i < 3; ++i) {
    peer.send(post("/bayeux", connect(id)));
    REQUIRE(server.parks(1));
    REQUIRE_FALSE(server.bus.client(id).deliver("/news", i));
    CHECK(peer.receive().body.find("\"data\":" + std::to_string(i)) != std::string::npos);
  }
}

TEST_CASE("a peer that hangs up while its request waits is noticed", "[adapter][microhttpd]") {
  MicrohttpdServer server;
  Peer peer(server.port());
  const auto id = join(peer);
  peer.send(post("/bayeux", connect(id)));
  REQUIRE(server.parks(1));
  SECTION("without a word") { peer.hang_up(); }
  SECTION("with a reset") { peer.reset(); }
  SECTION("by ending its own direction") { peer.finish(); }
  CHECK(server.becomes_idle());
  REQUIRE_FALSE(server.bus.client(id).deliver("/news", 1));
  CHECK(server.bus.client(id).waiting().messages == 1);
}

TEST_CASE("a stream goes on with what is published, until the peer hangs up", "[adapter][microhttpd]") {
  MicrohttpdServer server;
  Peer peer(server.port());
  Peer stream(server.port());
  const auto id = join(peer);
  peer.send(post("/bayeux", connect(id, "eventsource"))).receive();
  const auto head = stream.send(get("/bayeux/" + id, "Accept: text/event-stream\r\n")).receive();
  CHECK(head.status == 200);
  CHECK(head.header("Transfer-Encoding") == "chunked");
  CHECK(stream.receive_chunk().starts_with("retry: "));
  REQUIRE(server.parks(1));
  for (int i = 1; i <= 3; ++i) {
    // Larger than what goes at a time.
    const std::string text(40'000, static_cast<char>('a' + i));
    REQUIRE_FALSE(server.bus.client(id).deliver("/news", text));
    std::string part;
    while (!part.ends_with("\r\n\r\n")) part += stream.receive_chunk();
    CHECK(part.find(text) != std::string::npos);
  }
  stream.hang_up();
  CHECK(server.becomes_idle());
}

TEST_CASE("a stream whose session ends is complete", "[adapter][microhttpd]") {
  MicrohttpdServer server;
  Peer peer(server.port());
  Peer stream(server.port());
  const auto id = join(peer);
  peer.send(post("/bayeux", connect(id, "eventsource"))).receive();
  stream.send(get("/bayeux/" + id, "Accept: text/event-stream\r\n")).receive();
  CHECK(stream.receive_chunk().starts_with("retry: "));
  REQUIRE(server.parks(1));
  REQUIRE_FALSE(server.bus.client(id).disconnect());
  while (!stream.receive_chunk().empty()) {
  }
  CHECK(server.becomes_idle());
}

TEST_CASE("a server that stops lets go of all that waits, and loses nothing", "[adapter][microhttpd]") {
  MicrohttpdServer server;
  Peer peer(server.port());
  Peer stream(server.port());
  const auto id = join(peer);
  stream.send(get("/bayeux/" + id, "Accept: text/event-stream\r\n")).receive();
  peer.send(post("/bayeux", connect(id)));
  REQUIRE(server.parks(2));
  server.stop();
  CHECK(peer.closed_by_server());
  CHECK(server.endpoint.stats().open == 0);
  REQUIRE_FALSE(server.bus.client(id).deliver("/news", 1));
  CHECK(server.bus.client(id).waiting().messages == 1);
}

TEST_CASE("whoever is sent elsewhere by a bus that drains has its connection closed", "[adapter][microhttpd]") {
  MicrohttpdServer server;
  Peer peer(server.port());
  CHECK(peer.send(post("/bayeux", handshake)).receive().header("Connection") != "close");
  server.bus.drain(Milliseconds(60'000));
  const auto answer = peer.send(post("/bayeux", handshake)).receive();
  CHECK(answer.body.find("503::server_draining") != std::string::npos);
  CHECK(answer.header("Connection") == "close");
  CHECK(peer.closed_by_server());
}
