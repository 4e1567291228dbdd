#include <any>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include <bayeux/bayeux.hpp>
#include <bayeux/transports/adapters/httplib.hpp>

#include "asio_peer.hpp"
#include "request_witness.hpp"
#include "support/catch.hpp"
#include "support/manual_clock.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

/// A small program that has a bus, whose time stands still, and one route: `/host` answers with a word.
class HttplibServer final {
 public:
  struct Settings {
    std::shared_ptr<SecurityPolicy> policy;
    std::string path = "/bayeux";
    std::size_t max_body = 1024;
    HttplibOptions options;
  };

  HttplibServer() : HttplibServer(Settings()) {}
  explicit HttplibServer(Settings settings)
      : bus({.policy = settings.policy, .clock = std::make_shared<ManualClock>()}),
        endpoint(bus, config(settings)),
        door(bus, endpoint, std::move(settings.options)) {
    server_.new_task_queue = [] { return new httplib::ThreadPool(16); };
    server_.set_keep_alive_max_count(1'000).set_tcp_nodelay(true);
    server_.Get("/host", [](const auto&, auto& response) { response.set_content("host", "text/plain"); });
    door.serve(server_);
    port_ = static_cast<std::uint16_t>(server_.bind_to_any_port("127.0.0.1"));
    thread_ = std::thread([this] { server_.listen_after_bind(); });
  }
  ~HttplibServer() {
    // It can be stopped once it listens.
    while (!server_.is_running()) std::this_thread::yield();
    door.stop();
    server_.stop();
    thread_.join();
  }

  std::uint16_t port() const { return port_; }

  bool parks(std::size_t count) const {
    return eventually([&] { return endpoint.stats().parked == count; });
  }
  bool becomes_idle() const {
    return eventually([&] { return endpoint.stats().open == 0; });
  }

  Bus bus;
  Endpoint endpoint;
  HttplibEndpoint door;

 private:
  static EndpointConfig config(const Settings& settings) {
    EndpointConfig config;
    config.paths = {settings.path};
    config.gateway.max_body = settings.max_body;
    config.gateway.event_source = false;
    config.websocket.reset();
    return config;
  }

  httplib::Server server_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

const std::string handshake = R"({"channel":"/meta/handshake","version":"1.0"})";

/// A client with a session, which has connected once.
class Member final {
 public:
  explicit Member(const HttplibServer& server) : peer(server.port()) {
    id = ask(handshake)["clientId"].as_string();
    connect();
  }

  Json ask(const std::string& text) {
    const auto reply = Json::parse(peer.send(post("/bayeux", text)).receive().body).value_or(Json());
    return reply.is_array() && reply.size() > 0 ? reply[0] : Json();
  }
  Json connect() { return ask(connect_text()); }

  /// Lets a connect be held.
  void hold() { peer.send(post("/bayeux", connect_text())); }

  std::string connect_text() const {
    return R"({"channel":"/meta/connect","connectionType":"long-polling","clientId":")" + id + "\"}";
  }

  Peer peer;
  std::string id;
};

}  // namespace

TEST_CASE("a client that finds no place polls, until it finds one", "[adapter][httplib]") {
  HttplibServer server({.options = {.max_parked = 1, .poll_interval = Milliseconds(3'000)}});
  Member first(server);
  Member second(server);
  first.hold();
  REQUIRE(server.parks(1));

  const Json told = second.connect();
  CHECK(told["successful"] == Json(true));
  CHECK(told["advice"]["interval"] == Json(3'000));
  CHECK(second.connect()["successful"] == Json(true));
  CHECK(server.endpoint.stats().parked == 1);

  first.peer.hang_up();
  REQUIRE(server.parks(0));
  second.hold();
  REQUIRE(server.parks(1));
  REQUIRE_FALSE(server.bus.client(second.id).deliver("/news", 1));
  const auto freed = Json::parse(second.peer.receive().body).value_or(Json());
  CHECK(freed[0]["data"] == Json(1));
  CHECK(freed[1]["advice"]["interval"] == Json(0));
}

TEST_CASE("what answers at once needs no place", "[adapter][httplib]") {
  HttplibServer server({.options = {.max_parked = 1}});
  Member first(server);
  first.hold();
  REQUIRE(server.parks(1));
  Member second(server);
  CHECK(second.ask(R"({"channel":"/news","data":1,"clientId":")" + second.id + "\"}")["successful"] == Json(true));
  CHECK(Peer(server.port()).send(get("/host")).receive().body == "host");
}

TEST_CASE("stopping lets go of what waits, and keeps what was not taken", "[adapter][httplib]") {
  HttplibServer server;
  Member member(server);
  member.hold();
  REQUIRE(server.parks(1));
  server.door.stop();
  const auto response = member.peer.receive();
  CHECK(response.status == 503);
  CHECK(response.header("Retry-After") == "1");
  CHECK(server.becomes_idle());
  REQUIRE_FALSE(server.bus.client(member.id).deliver("/news", 1));
  CHECK(server.bus.client(member.id).waiting().messages == 1);
  CHECK(member.peer.send(post("/bayeux", member.connect_text())).receive().status == 503);
}

TEST_CASE("a thread does not wait for ever", "[adapter][httplib]") {
  HttplibServer server({.options = {.longest_wait = Milliseconds(1), .hang_up_check = Milliseconds(1)}});
  Member member(server);
  member.hold();
  CHECK(member.peer.receive().status == 503);
  CHECK(server.becomes_idle());
}

TEST_CASE("a thread may wait as long as can be", "[adapter][httplib]") {
  constexpr auto longest = Milliseconds::max();
  HttplibServer server({.options = {.poll_interval = longest, .longest_wait = longest, .hang_up_check = longest}});
  Member member(server);
  member.hold();
  REQUIRE(server.parks(1));
  REQUIRE_FALSE(server.bus.client(member.id).deliver("/news", 1));
  CHECK(member.peer.receive().status == 200);
}

TEST_CASE("a peer that hangs up while its request waits is noticed", "[adapter][httplib]") {
  HttplibServer server;
  Member member(server);
  member.hold();
  REQUIRE(server.parks(1));
  SECTION("without a word") { member.peer.hang_up(); }
  SECTION("with a reset") { member.peer.reset(); }
  SECTION("behind something that nobody has read yet") { member.peer.send("GET /bayeux").finish(); }
  CHECK(server.becomes_idle());
  REQUIRE_FALSE(server.bus.client(member.id).deliver("/news", 1));
  CHECK(server.bus.client(member.id).waiting().messages == 1);
}

TEST_CASE("a body that is too large is refused, and the connection goes on", "[adapter][httplib]") {
  HttplibServer server;
  Peer peer(server.port());
  const std::string large = "[" + std::string(100'000, ' ') + handshake + "]";
  CHECK(peer.send(post("/bayeux", large)).receive().status == 413);
  CHECK(peer.send(post("/bayeux", handshake)).receive().status == 200);
  CHECK(peer.send(get("/host")).receive().body == "host");
}

TEST_CASE("a form with files is refused, and the connection goes on", "[adapter][httplib]") {
  HttplibServer server;
  Peer peer(server.port());
  const std::string form = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x--\r\n";
  peer.send("POST /bayeux HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n"
            "Content-Length: " + std::to_string(form.size()) + "\r\n\r\n" + form);
  CHECK(peer.receive().status == 415);
  CHECK(peer.send(post("/bayeux", handshake)).receive().status == 200);
}

TEST_CASE("policies are shown the request as it was sent, and what the host attaches", "[adapter][httplib]") {
  const auto witness = std::make_shared<RequestWitness>();
  HttplibServer server({.policy = witness, .options = {.attach = [](const auto&) { return std::any(7); }}});
  Peer peer(server.port());
  peer.send("POST /bayeux/x?y=%20z HTTP/1.1\r\nHost: localhost\r\nX-Color: red\r\nContent-Length: " +
            std::to_string(handshake.size()) + "\r\n\r\n" + handshake);
  REQUIRE(peer.receive().status == 200);
  const auto seen = witness->seen();
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].target == "/bayeux/x?y=%20z");
  CHECK(seen[0].color_header == "red");
  CHECK(seen[0].headers.size() == 3);
  CHECK(seen[0].remote_address == "127.0.0.1");
  CHECK(seen[0].number == 7);
}

TEST_CASE("a host that throws ends the request, and nobody sees why", "[adapter][httplib]") {
  HttplibServer server({.options = {.attach = [](const auto&) -> std::any { throw std::runtime_error("secret"); }}});
  Peer peer(server.port());
  const auto response = peer.send(post("/bayeux", handshake)).receive();
  CHECK(response.status == 500);
  CHECK(response.header("X-Content-Type-Options") == "nosniff");
  CHECK_FALSE(response.has("secret"));
  CHECK(server.endpoint.stats().requests == 0);
  CHECK(server.bus.stats().callback_failures == 1);
}

TEST_CASE("a path is taken as it is written", "[adapter][httplib]") {
  HttplibServer server({.path = "/a+b/"});
  Peer peer(server.port());
  CHECK(peer.send(post("/a+b/handshake", handshake)).receive().status == 200);
  CHECK(peer.send(post("/a+b", handshake)).receive().status == 200);
  CHECK(peer.send(get("/aab")).receive().status == 404);
  CHECK(peer.send(get("/a+bc")).receive().status == 404);
}

TEST_CASE("whoever is sent elsewhere by a bus that drains is told to close its connection", "[adapter][httplib]") {
  HttplibServer server;
  Peer peer(server.port());
  CHECK(peer.send(post("/bayeux", handshake)).receive().header("Connection") != "close");
  server.bus.drain(Milliseconds(60'000));
  const auto answer = peer.send(post("/bayeux", handshake)).receive();
  CHECK(answer.body.find("503::server_draining") != std::string::npos);
  CHECK(answer.header("Connection") == "close");
}
