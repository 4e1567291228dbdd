#include <asio/io_context.hpp>

#include <atomic>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "asio_peer.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

HttpResponse hello(const HttpRequest&) {
  return HttpResponse{200, {}, "hello"};
}

void greet(AsioServer& server) {
  server.route("/hello", hello);
}

}  // namespace

TEST_CASE("half a request and then silence is answered 408", "[asio]") {
  AsioServerConfig config;
  config.header_timeout = Milliseconds{100};
  config.body_timeout = Milliseconds{100};
  RunningServer server(config, greet);
  const std::string half =
      GENERATE("G", "GET /hello HTTP/1.1\r\nHo", "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab",
               "POST /hello HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab");
  CAPTURE(half);
  Peer peer(server.port());
  CHECK(peer.send(half).receive().status == 408);
  CHECK(peer.closed_by_server());
}

TEST_CASE("a silent connection is closed without a word", "[asio]") {
  AsioServerConfig config;
  config.idle_timeout = Milliseconds{100};
  RunningServer server(config, greet);
  Peer unused(server.port());
  CHECK(unused.closed_by_server());
  Peer used(server.port());
  CHECK(used.send(get("/hello")).receive().status == 200);
  CHECK(used.closed_by_server());
}

TEST_CASE("a peer that does not read its response is closed", "[asio]") {
  AsioServerConfig config;
  config.write_timeout = Milliseconds{100};
  RunningServer server(config, [](AsioServer& made) {
    made.route("/large", [](const HttpRequest&) { return HttpResponse{200, {}, std::string(64 << 20, 'x')}; });
  });
  Peer peer(server.port());
  REQUIRE_FALSE(peer.send(get("/large")).receive_some().empty());
  CHECK(eventually([&] { return server.server.connections() == 0; }));
  CHECK(server.server.stats().write_timeouts == 1);
}

TEST_CASE("several threads serve many connections", "[asio]") {
  AsioServerConfig config;
  config.threads = 4;
  RunningServer server(config, greet);
  std::atomic<int> answered{0};
  std::vector<std::thread> peers;
  for (int i = 0; i < 4; ++i) {
    peers.emplace_back([&] {
      for (int j = 0; j < 20; ++j) {
        Peer peer(server.port());
        for (int k = 0; k < 10; ++k) answered += peer.send(get("/hello")).receive().status == 200;
      }
    });
  }
  for (auto& peer : peers) peer.join();
  CHECK(answered == 800);
}

TEST_CASE("two servers share the io_context of their host", "[asio]") {
  asio::io_context io;
  Bus first_bus;
  Bus second_bus;
  AsioServer first(first_bus, io, RunningServer::on_free_port({}));
  AsioServer second(second_bus, io, RunningServer::on_free_port({}));
  greet(first);
  greet(second);
  std::thread one([&] { io.run(); });
  std::thread two([&] { io.run(); });
  Peer a(first.port());
  Peer b(second.port());
  CHECK(a.send(get("/hello")).receive().status == 200);
  first.stop();
  CHECK(a.closed_by_server());
  CHECK(b.send(get("/hello")).receive().status == 200);
  second.stop();
  CHECK(b.closed_by_server());
  one.join();
  two.join();
}

TEST_CASE("a server can go while its io_context stays", "[asio]") {
  asio::io_context io;
  Bus bus;
  auto server = std::make_unique<AsioServer>(bus, io, RunningServer::on_free_port({}));
  greet(*server);
  Peer peer(server->port());
  peer.send(get("/hello"));
  while (server->connections() == 0) io.run_one();
  server->every(Milliseconds{1}, [] {});
  server.reset();
  io.run();
  CHECK(io.stopped());
}

TEST_CASE("a port that is taken is an error of the constructor", "[asio]") {
  RunningServer server;
  Bus bus;
  AsioServerConfig config;
  config.port = server.port();
  CHECK_THROWS_AS(AsioServer(bus, config), std::system_error);
}

TEST_CASE("a config that cannot work is refused", "[asio]") {
  Bus bus;
  AsioServerConfig config;
  config.port = 0;
  SECTION("no thread") {
    config.threads = 0;
  }
  SECTION("no time") {
    config.header_timeout = Milliseconds{0};
  }
  SECTION("no connection") {
    config.max_connections = 0;
  }
  SECTION("no header field") {
    config.max_header_fields = 0;
  }
  SECTION("no network") {
    config.unlimited_addresses = {"10.0.0.0/33"};
  }
  SECTION("no path") {
    config.endpoints = {"bayeux"};
  }
  SECTION("no address") {
    config.host = "not an address";
  }
  CHECK_THROWS_AS(AsioServer(bus, config), std::system_error);
}

TEST_CASE("beyond the bound, connections wait until others go", "[asio]") {
  AsioServerConfig config;
  config.max_connections = 2;
  RunningServer server(config, greet);
  auto first = std::make_unique<Peer>(server.port());
  Peer second(server.port());
  CHECK(first->send(get("/hello")).receive().status == 200);
  CHECK(second.send(get("/hello")).receive().status == 200);
  Peer third(server.port());
  third.send(get("/hello"));
  // While others are answered there is time enough to let it in.
  for (int i = 0; i < 50; ++i) CHECK(second.send(get("/hello")).receive().status == 200);
  CHECK(server.server.connections() == 2);
  first.reset();
  CHECK(third.receive().status == 200);
}

TEST_CASE("stop is safe from anywhere, and more than once", "[asio]") {
  RunningServer server({}, [](AsioServer& made) {
    made.route("/stop", [&made](const HttpRequest& request) {
      made.stop();
      made.stop();
      return hello(request);
    });
  });
  Peer idle(server.port());
  REQUIRE(eventually([&] { return server.server.connections() == 1; }));
  Peer peer(server.port());
  const auto answer = peer.send(get("/stop")).receive();
  CHECK(answer.body == "hello");
  CHECK(answer.header("Connection") == "close");
  CHECK(peer.closed_by_server());
  CHECK(idle.closed_by_server());
  server.stop();
  CHECK_FALSE(Peer(server.port()).connected());
}

TEST_CASE("stop lets a response that is under way finish", "[asio]") {
  RunningServer server({}, [](AsioServer& made) {
    made.route("/large", [](const HttpRequest&) { return HttpResponse{200, {}, std::string(64 << 20, 'x')}; });
  });
  Peer peer(server.port());
  const auto begun = peer.send(get("/large")).receive_some();
  REQUIRE_FALSE(begun.empty());
  server.server.stop();
  const auto all = begun + peer.receive_rest();
  CHECK(all.size() - all.find("\r\n\r\n") - 4 == 64 << 20);
}

TEST_CASE("stop does not wait for ever", "[asio]") {
  AsioServerConfig config;
  config.stop_timeout = Milliseconds{100};
  RunningServer server(config, [](AsioServer& made) {
    made.route("/large", [](const HttpRequest&) { return HttpResponse{200, {}, std::string(64 << 20, 'x')}; });
  });
  Peer peer(server.port());
  REQUIRE_FALSE(peer.send(get("/large")).receive_some().empty());
  server.stop();
  CHECK(server.server.connections() == 0);
  CHECK(server.server.stats().stop_timeouts == 1);
}

TEST_CASE("a stop before run is heeded", "[asio]") {
  Bus bus;
  AsioServer server(bus, RunningServer::on_free_port({}));
  server.stop();
  server.run();
  CHECK(server.connections() == 0);
}

TEST_CASE("SIGTERM stops a server that asked for it", "[asio]") {
  RunningServer server({}, [](AsioServer& made) {
    made.stop_on_signals();
    greet(made);
  });
  Peer peer(server.port());
  REQUIRE(peer.send(get("/hello")).receive().status == 200);
  std::raise(SIGTERM);
  CHECK(peer.closed_by_server());
}

TEST_CASE("tasks run on the server, and may throw", "[asio]") {
  std::atomic<int> posted{0};
  std::atomic<int> ticks{0};
  RunningServer server({}, greet);
  server.server.post([] { throw std::runtime_error("no"); });
  server.server.post([&] { ++posted; });
  server.server.every(Milliseconds{1}, [&] {
    if (++ticks == 2) throw std::runtime_error("no");
  });
  CHECK(eventually([&] { return posted == 1 && ticks >= 4; }));
  CHECK(server.bus.stats().callback_failures == 2);
  server.stop();
  const int after = ticks;
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  CHECK(ticks == after);
}
