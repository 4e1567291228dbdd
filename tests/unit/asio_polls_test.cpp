#include <asio/io_context.hpp>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "asio_peer.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

/// A client over long-polling which subscribes to one channel.
class Poller final {
 public:
  explicit Poller(std::uint16_t port, const std::string& channel = "/news") : peer(port) {
    const auto reply = Json::parse(
        exchange(R"({"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"]})"));
    if (reply) id = (*reply)[0]["clientId"].as_string();
    exchange(message("/meta/subscribe", R"(,"subscription":")" + channel + "\""));
    exchange(message("/meta/connect", R"(,"connectionType":"long-polling","advice":{"timeout":0})"));
  }

  std::string message(const std::string& channel, const std::string& more = {}) const {
    return R"({"channel":")" + channel + R"(","clientId":")" + id + "\"" + more + "}";
  }

  std::string connect() const {
    return post("/bayeux/connect", message("/meta/connect", R"(,"connectionType":"long-polling")"));
  }

  std::string exchange(const std::string& text) { return peer.send(post("/bayeux", text)).receive().body; }

  Peer peer;
  std::string id;
};

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a parked poll is answered by a publish from another thread, and the connection goes on", "[asio]") {
  RunningServer server;
  Poller poller(server.port());
  for (int i = 0; i < 3; ++i) {
    poller.peer.send(poller.connect());
    server.bus.channel("/news").publish({{"number", i}});
    const auto answer = poller.peer.receive();
    CHECK(answer.status == 200);
    CHECK(holds(answer.body, "\"number\":" + std::to_string(i)));
  }
}

TEST_CASE("the clock of the bus runs: a poll that nobody wakes is answered at its time", "[asio]") {
  Config bus_config;
  bus_config.timeout = Milliseconds{50};
  Bus bus(bus_config);
  AsioServer server(bus, RunningServer::on_free_port({}));
  std::thread thread([&] { server.run(); });
  Poller poller(server.port());
  CHECK(holds(poller.peer.send(poller.connect()).receive().body, "/meta/connect"));
  server.stop();
  thread.join();
}

TEST_CASE("two servers run the clock of one bus, also when one goes", "[asio]") {
  Config bus_config;
  bus_config.timeout = Milliseconds{50};
  Bus bus(bus_config);
  asio::io_context io;
  AsioServer first(bus, io, RunningServer::on_free_port({}));
  auto second = std::make_unique<AsioServer>(bus, io, RunningServer::on_free_port({}));
  second.reset();
  std::thread thread([&] { io.run(); });
  Poller poller(first.port());
  CHECK(poller.peer.send(poller.connect()).receive().status == 200);
  first.stop();
  thread.join();
}

TEST_CASE("a peer that hangs up on a parked poll is noticed, and its messages wait for it", "[asio]") {
  RunningServer server;
  Poller poller(server.port());
  const bool politely = GENERATE(true, false);
  poller.peer.send(poller.connect());
  REQUIRE(eventually([&] { return server.bus.stats().held == 1; }));
  politely ? poller.peer.hang_up() : poller.peer.reset();
  REQUIRE(eventually([&] { return server.server.connections() == 0; }));
  server.bus.channel("/news").publish({{"kept", true}});
  Peer again(server.port());
  CHECK(holds(again.send(poller.connect()).receive().body, "\"kept\":true"));
}

TEST_CASE("what is pipelined behind a parked poll waits for it", "[asio]") {
  RunningServer server;
  Poller poller(server.port());
  poller.peer.send(poller.connect() +
                   post("/bayeux", poller.message("/meta/unsubscribe", R"(,"subscription":"/news")")));
  REQUIRE(eventually([&] { return server.bus.stats().held == 1; }));
  server.bus.channel("/news").publish({{"first", true}});
  CHECK(holds(poller.peer.receive().body, "\"first\":true"));
  CHECK(holds(poller.peer.receive().body, "/meta/unsubscribe"));
}

TEST_CASE("a peer that floods the connection of its parked poll is made to wait", "[asio]") {
  AsioServerConfig config;
  config.max_pipeline = 1;
  RunningServer server(config);
  Poller poller(server.port());
  std::string flood = poller.connect();
  for (int i = 0; i < 100; ++i) flood += get("/missing");
  poller.peer.send(flood);
  REQUIRE(eventually([&] { return server.bus.stats().held == 1; }));
  server.bus.channel("/news").publish(true);
  CHECK(poller.peer.receive().status == 200);
  for (int i = 0; i < 100; ++i) REQUIRE(poller.peer.receive().status == 404);
}

TEST_CASE("whatever follows an endpoint is the bus, and what only looks like it is not", "[asio]") {
  AsioServerConfig config;
  config.endpoints = {"/cometd/", "/bayeux"};
  RunningServer server(config);
  Peer peer(server.port());
  for (const char* path : {"/cometd", "/cometd/", "/cometd/58.0", "/bayeux/handshake?x"}) {
    CAPTURE(path);
    CHECK(peer.send(post(path, "[]")).receive().status == 200);
  }
  CHECK(peer.send(post("/cometdx", "[]")).receive().status == 404);
}

TEST_CASE("stop lets go of parked polls", "[asio]") {
  RunningServer server;
  Poller poller(server.port());
  poller.peer.send(poller.connect());
  REQUIRE(eventually([&] { return server.bus.stats().held == 1; }));
  server.server.stop();
  CHECK(poller.peer.closed_by_server());
}

TEST_CASE("a server that goes lets go of parked polls", "[asio]") {
  asio::io_context io;
  Bus bus;
  auto server = std::make_unique<AsioServer>(bus, io, RunningServer::on_free_port({}));
  std::thread thread([&] { io.run(); });
  Poller poller(server->port());
  poller.peer.send(poller.connect());
  REQUIRE(eventually([&] { return bus.stats().held == 1; }));
  io.stop();
  thread.join();
  server.reset();
  CHECK(poller.peer.closed_by_server());
  bus.channel("/news").publish(true);
}

TEST_CASE("several threads publish to many parked polls, and none misses a message", "[asio]") {
  AsioServerConfig config;
  config.threads = 4;
  RunningServer server(config);
  constexpr int messages = 40;
  std::vector<std::unique_ptr<Poller>> pollers;
  for (int i = 0; i < 8; ++i) pollers.push_back(std::make_unique<Poller>(server.port()));
  std::atomic<int> complete{0};
  std::vector<std::thread> threads;
  for (auto& poller : pollers) {
    threads.emplace_back([&] {
      int seen = 0;
      while (seen < messages) {
        const auto answer = poller->peer.send(poller->connect()).receive();
        if (answer.status != 200) return;
        for (auto at = answer.body.find("\"n\":"); at != std::string::npos; at = answer.body.find("\"n\":", at + 1))
          ++seen;
      }
      ++complete;
    });
  }
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < messages / 2; ++n) server.bus.channel("/news").publish({{"n", n}});
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(complete == 8);
}
