#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "asio_tls_files.hpp"
#include "asio_tls_peer.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

/// A length that no power of two divides: its last record is a short one.
constexpr std::size_t large = 3'000'001;

std::string pattern(std::size_t size) {
  std::string text(size, ' ');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 23);
  return text;
}

void routes(AsioServer& server) {
  server.route("/hello", [](const HttpRequest&) { return HttpResponse{200, {}, "hello"}; });
  server.route("/tls", [](const HttpRequest& request) { return HttpResponse{200, {}, request.tls ? "yes" : "no"}; });
  server.route("/length", [](const HttpRequest& request) {
    return HttpResponse{
        200, {}, request.body == pattern(request.body.size()) ? std::to_string(request.body.size()) : ""};
  });
  server.route("/large", [](const HttpRequest&) { return HttpResponse{200, {}, pattern(large)}; });
}

AsioServerConfig roomy(AsioServerConfig config = {}) {
  config.gateway.max_body = 8 << 20;
  return config;
}

/// What it takes to be parked: a handshake, a subscription to /news, and the first connect.
std::string park(TlsPeer& peer) {
  const auto exchange = [&](const std::string& text) { return peer.send(post("/bayeux", text)).receive().body; };
  const auto reply = Json::parse(
      exchange(R"({"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"]})"));
  const std::string id = reply ? (*reply)[0]["clientId"].as_string() : std::string();
  const std::string client = R"(","clientId":")" + id + "\"";
  exchange(R"({"channel":"/meta/subscribe)" + client + R"(,"subscription":"/news"})");
  exchange(R"({"channel":"/meta/connect)" + client + R"(,"connectionType":"long-polling","advice":{"timeout":0}})");
  const std::string connect = R"({"channel":"/meta/connect)" + client + R"(,"connectionType":"long-polling"})";
  peer.send(post("/bayeux", connect));
  return connect;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("TLS 1.2 and 1.3 are spoken, and what is older is refused", "[tls]") {
  const TlsFiles files;
  RunningServer server(files.server(), routes);
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    CAPTURE(version);
    TlsPeer peer(server.port(), {.lowest = version, .highest = version});
    REQUIRE(peer.established());
    CHECK(SSL_version(peer.ssl()) == version);
    CHECK(peer.send(get("/hello")).receive().body == "hello");
  }
  TlsPeer old(server.port(), {.lowest = TLS1_VERSION, .highest = TLS1_1_VERSION});
  CHECK_FALSE(old.established());
  CHECK(old.refusal() == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION);
}

TEST_CASE("http/1.1 is chosen where a client offers it, and nothing where it offers nothing", "[tls]") {
  const TlsFiles files;
  RunningServer server(files.server(), routes);
  CHECK(TlsPeer(server.port(), {.protocols = "\x08http/1.1"}).protocol() == "http/1.1");
  CHECK(TlsPeer(server.port(), {.protocols = "\x02h2\x08http/1.1"}).protocol() == "http/1.1");
  CHECK(TlsPeer(server.port()).protocol() == "");
  TlsPeer other(server.port(), {.protocols = "\x02h2"});
  CHECK_FALSE(other.established());
  CHECK(other.refusal() == SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL);
}

TEST_CASE("a client cannot renegotiate", "[tls]") {
  const TlsFiles files;
  RunningServer server(files.server(), routes);
  TlsPeer peer(server.port(), {.highest = TLS1_2_VERSION});
  REQUIRE(peer.established());
  SSL_renegotiate(peer.ssl());
  CHECK(SSL_do_handshake(peer.ssl()) != 1);
}

TEST_CASE("a client may change its keys", "[tls]") {
  const TlsFiles files;
  RunningServer server(files.server(), routes);
  TlsPeer peer(server.port());
  REQUIRE(SSL_key_update(peer.ssl(), SSL_KEY_UPDATE_REQUESTED) == 1);
  CHECK(peer.send(get("/hello")).receive().body == "hello");
  CHECK(peer.send(get("/hello")).receive().body == "hello");
}

TEST_CASE("a client resumes its session", "[tls]") {
  const TlsFiles files;
  RunningServer server(files.server(), routes);
  const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
  TlsPeer first(server.port(), {.highest = version});
  first.send(get("/hello")).receive();
  const std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)> kept(SSL_get1_session(first.ssl()),
                                                                       &SSL_SESSION_free);
  TlsPeer second(server.port(), {.highest = version, .resumed = kept.get()});
  CHECK(second.resumed());
  CHECK(second.send(get("/hello")).receive().body == "hello");
}

TEST_CASE("a request over TLS is known as one", "[tls]") {
  const TlsFiles files;
  RunningServer server(files.server(), routes);
  CHECK(TlsPeer(server.port()).send(get("/tls")).receive().body == "yes");
  RunningServer plain({}, routes);
  CHECK(Peer(plain.port()).send(get("/tls")).receive().body == "no");
}

TEST_CASE("one TLS connection carries many requests, also in one record", "[tls]") {
  const TlsFiles files;
  RunningServer server(files.server(), routes);
  TlsPeer peer(server.port());
  for (int i = 0; i < 100; ++i) REQUIRE(peer.send(get("/hello")).receive().body == "hello");
  std::string many;
  for (int i = 0; i < 100; ++i) many += get("/hello");
  peer.send(many);
  for (int i = 0; i < 100; ++i) REQUIRE(peer.receive().body == "hello");
}

TEST_CASE("a request comes in pieces of any size", "[tls]") {
  const TlsFiles files;
  RunningServer server(files.server(), routes);
  TlsPeer peer(server.port());
  for (const char byte : get("/hello")) peer.send(std::string_view(&byte, 1));
  CHECK(peer.receive().body == "hello");
}

TEST_CASE("bodies are larger than records, both ways", "[tls]") {
  const TlsFiles files;
  RunningServer server(files.server(roomy()), routes);
  TlsPeer peer(server.port());
  CHECK(peer.send(post("/length", pattern(large))).receive().body == std::to_string(large));
  CHECK(peer.send(get("/large")).receive().body == pattern(large));
  CHECK(peer.send(get("/hello")).receive().body == "hello");
}

TEST_CASE("a file goes over TLS", "[tls]") {
  const TlsFiles files;
  TemporaryFolder pages;
  pages.write("large.txt", pattern(large));
  AsioServerConfig config;
  config.static_files = pages.path;
  RunningServer server(files.server(config));
  CHECK(TlsPeer(server.port()).send(get("/large.txt")).receive().body == pattern(large));
}

TEST_CASE("a slow reader gets all of it, in order", "[tls]") {
  const TlsFiles files;
  RunningServer server(files.server(), routes);
  TlsPeer peer(server.port(), {.slow = true});
  peer.send(get("/large") + get("/hello"));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK(peer.receive().body == pattern(large));
  CHECK(peer.receive().body == "hello");
}

TEST_CASE("a parked poll over TLS is answered by a publish from another thread", "[tls]") {
  const TlsFiles files;
  RunningServer server(files.server());
  TlsPeer peer(server.port());
  const std::string connect = park(peer);
  for (int i = 0; i < 3; ++i) {
    REQUIRE(eventually([&] { return server.bus.stats().held == 1; }));
    server.bus.channel("/news").publish({{"number", i}});
    CHECK(holds(peer.receive().body, "\"number\":" + std::to_string(i)));
    peer.send(post("/bayeux", connect));
  }
}

TEST_CASE("a client that goes while its poll is parked is noticed, and its messages wait for it", "[tls]") {
  const TlsFiles files;
  RunningServer server(files.server());
  auto peer = std::make_unique<TlsPeer>(server.port());
  const std::string connect = park(*peer);
  REQUIRE(eventually([&] { return server.bus.stats().held == 1; }));
  SECTION("it says so") {
    peer->finish();
    REQUIRE(eventually([&] { return server.server.connections() == 0; }));
  }
  SECTION("without a word") {
    peer->below().hang_up();
    REQUIRE(eventually([&] { return server.server.connections() == 0; }));
  }
  SECTION("with a RST") {
    peer->below().reset();
    REQUIRE(eventually([&] { return server.server.connections() == 0; }));
  }
  server.bus.channel("/news").publish({{"kept", true}});
  CHECK(holds(TlsPeer(server.port()).send(post("/bayeux", connect)).receive().body, "\"kept\":true"));
}

TEST_CASE("a client that says it has finished still gets its answer, one that was cut off does not", "[tls]") {
  const TlsFiles files;
  RunningServer server(files.server(), routes);
  TlsPeer polite(server.port());
  polite.send(get("/hello")).finish();
  CHECK(polite.receive().body == "hello");
  CHECK(polite.told_the_end());
  TlsPeer cut(server.port());
  cut.send(get("/hello")).receive();
  cut.below().finish();
  CHECK(cut.closed_by_server());
}

TEST_CASE("the server says that nothing follows before it closes", "[tls]") {
  const TlsFiles files;
  AsioServerConfig config;
  config.idle_timeout = Milliseconds{200};
  RunningServer server(files.server(config), routes);
  TlsPeer asked(server.port());
  CHECK(asked.send(get("/hello", "Connection: close\r\n")).receive().body == "hello");
  CHECK(asked.told_the_end());
  TlsPeer idle(server.port());
  CHECK(idle.established());
  CHECK(idle.told_the_end());
}

TEST_CASE("many clients at once, over several threads", "[tls]") {
  const TlsFiles files;
  AsioServerConfig config = roomy();
  config.threads = 4;
  RunningServer server(files.server(config), routes);
  std::atomic<int> answered{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 32; ++i) {
    clients.emplace_back([&] {
      for (int j = 0; j < 3; ++j) {
        TlsPeer peer(server.port());
        for (int k = 0; k < 5; ++k) answered += peer.send(get("/hello")).receive().body == "hello";
        answered += peer.send(post("/length", pattern(100'000))).receive().body == "100000";
      }
    });
  }
  for (auto& client : clients) client.join();
  CHECK(answered == 32 * 3 * 6);
}
