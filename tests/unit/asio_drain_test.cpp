#include <atomic>
#include <csignal>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <bayeux/extensions/acknowledge.hpp>

#include "asio_peer.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::test;
using namespace std::chrono_literals;

namespace {

/// A client that polls and acknowledges, and goes where it is told to; numbers are all it hears.
class Follower final {
 public:
  /// Shakes hands; false when it is told to come again.
  bool join(std::uint16_t port) {
    peer_ = std::make_unique<Peer>(port);
    acknowledged_ = 0;
    const auto reply = ask(R"([{"channel":"/meta/handshake","id":"1","ext":{"ack":true}}])");
    id_ = reply[0]["clientId"].as_string();
    if (id_.empty()) return false;
    hear(ask(connect()));
    ask(R"([{"channel":"/meta/subscribe","id":"3","subscription":"/numbers","clientId":")" + id_ + "\"}]");
    return true;
  }

  /// Polls once; false when it is told to shake hands elsewhere.
  bool poll() { return hear(ask(connect())); }

  /// As `poll`, but the connection breaks as soon as the response is there: what was in it is lost.
  void lose_poll() {
    ask(connect());
    peer_ = nullptr;
  }
  void come_back(std::uint16_t port) { peer_ = std::make_unique<Peer>(port); }

  const std::vector<std::int64_t>& numbers() const { return numbers_; }
  const Received& last() const { return last_; }

 private:
  std::string connect() const {
    return R"([{"channel":"/meta/connect","id":"2","connectionType":"long-polling","clientId":")" + id_ +
           R"(","ext":{"ack":)" + std::to_string(acknowledged_) + "}}]";
  }

  Json ask(const std::string& messages) {
    last_ = peer_->send(post("/bayeux", messages)).receive();
    return Json::parse(last_.body).value_or(Json::array());
  }

  bool hear(const Json& response) {
    for (const auto& message : response.items()) {
      if (message["channel"] == Json("/numbers")) numbers_.push_back(message["data"].as_integer());
      if (message["channel"] != Json("/meta/connect")) continue;
      if (message["successful"] != Json(true)) return false;
      if (message["ext"]["ack"].is_number()) acknowledged_ = message["ext"]["ack"].as_integer();
    }
    return !response.empty();
  }

  std::unique_ptr<Peer> peer_;
  std::string id_;
  std::int64_t acknowledged_ = 0;
  std::vector<std::int64_t> numbers_;
  Received last_;
};

/// A server whose clients acknowledge.
struct Node {
  RunningServer server;
  Registration acknowledge = server.bus.add_extension(std::make_shared<Acknowledge>());

  void publish(std::int64_t number) { server.bus.channel("/numbers").publish(number); }
};

}  // namespace

TEST_CASE("a server without clients has drained at once", "[asio][drain]") {
  RunningServer server;
  server.server.drain(60s);
  CHECK(eventually([&] { return server.server.connections() == 0 && !Peer(server.port()).connected(); }));
}

TEST_CASE("a parked poll is answered with advice to go elsewhere, and its connection closed", "[asio][drain]") {
  Node node;
  Follower follower;
  REQUIRE(follower.join(node.server.port()));
  std::atomic<bool> told{false};
  std::thread polling([&] { told = !follower.poll(); });
  REQUIRE(eventually([&] { return node.server.bus.stats().held == 1; }));
  node.server.server.drain(60s);
  polling.join();
  CHECK(told);
  CHECK(follower.last().header("Connection") == "close");
  CHECK(eventually([&] { return !Peer(node.server.port()).connected(); }));
}

TEST_CASE("whoever shakes hands with a server that drains is sent elsewhere, over a connection that ends", "[asio][drain]") {
  Node node;
  Follower stays;
  REQUIRE(stays.join(node.server.port()));
  node.server.server.drain(60s);
  Follower comes;
  CHECK_FALSE(comes.join(node.server.port()));
  CHECK(comes.last().body.find("503::server_draining") != std::string::npos);
  CHECK(comes.last().header("Connection") == "close");
}

TEST_CASE("a restart one server after the other loses nothing of what clients acknowledge", "[asio][drain]") {
  auto first = std::make_unique<Node>();
  Node second;
  constexpr std::size_t clients = 8;
  std::vector<Follower> followers(clients);
  for (auto& follower : followers) REQUIRE(follower.join(first->server.port()));

  std::atomic<bool> done{false};
  std::thread publishing([&] {
    for (std::int64_t number = 1; !done; ++number) {
      first->publish(number);
      // In bursts, so that something waits for most of them when their turn comes, and never more than queues hold.
      if (number % 20 != 0) continue;
      do {
        std::this_thread::sleep_for(200us);
      } while (!done && first->server.bus.stats().queued_messages > 2'000);
    }
  });
  std::vector<std::thread> polling;
  for (std::size_t i = 0; i < clients; ++i) {
    polling.emplace_back([&, i] {
      auto& follower = followers[i];
      for (int round = 0; round < 20; ++round) {
        follower.poll();
        if (round % 5 != 2) continue;
        follower.lose_poll();
        follower.come_back(first->server.port());
      }
      if (i == 0) first->server.server.drain(60s);
      while (follower.poll()) {
      }
    });
  }
  for (auto& thread : polling) thread.join();
  done = true;
  publishing.join();
  const auto stats = first->server.bus.stats();
  CHECK(stats.drained == clients);
  CHECK(stats.repeated > 0);
  CHECK(stats.queued_messages == 0);
  CHECK(stats.abandoned == 0);
  std::size_t all = 0;
  for (auto& follower : followers) {
    const auto& heard = follower.numbers();
    REQUIRE_FALSE(heard.empty());
    for (std::size_t i = 1; i < heard.size(); ++i) REQUIRE(heard[i] == heard[i - 1] + 1);
    all += heard.size();
    REQUIRE(follower.join(second.server.port()));
  }
  // All that was ever queued has been heard, the last of each as well.
  CHECK(all == stats.delivered);
  first.reset();
  second.publish(-1);
  for (auto& follower : followers) {
    REQUIRE(follower.poll());
    CHECK(follower.numbers().back() == -1);
  }
}

TEST_CASE("SIGTERM drains, and a second one stops at once", "[asio][drain]") {
  AsioServerConfig config;
  config.drain_timeout = 3'600s;
  Bus bus;
  AsioServer server(bus, RunningServer::on_free_port(config));
  server.stop_on_signals();
  std::thread running([&] { server.run(); });
  Follower follower;
  REQUIRE(follower.join(server.port()));
  std::raise(SIGTERM);
  REQUIRE(eventually([&] { return bus.draining(); }));
  SECTION("until the clients have gone") {
    CHECK_FALSE(follower.poll());
    CHECK(bus.stats().drained == 1);
  }
  SECTION("without waiting for them") {
    std::raise(SIGTERM);
  }
  running.join();
  CHECK(server.connections() == 0);
}

TEST_CASE("one SIGTERM drains all servers of a bus, and stops none of them at once", "[asio][drain]") {
  AsioServerConfig config;
  config.drain_timeout = 3'600s;
  Bus bus;
  AsioServer first(bus, RunningServer::on_free_port(config));
  AsioServer second(bus, RunningServer::on_free_port(config));
  first.stop_on_signals();
  second.stop_on_signals();
  std::thread running_first([&] { first.run(); });
  std::thread running_second([&] { second.run(); });
  Follower of_first;
  Follower of_second;
  REQUIRE(of_first.join(first.port()));
  REQUIRE(of_second.join(second.port()));
  SECTION("by themselves") {}
  SECTION("also when the application has begun") { bus.drain(3'600s); }
  // Nobody is let go as long as something waits for him.
  bus.channel("/numbers").publish(7);
  std::raise(SIGTERM);
  REQUIRE(eventually([&] { return bus.draining(); }));
  // Were the signal looked at any later, nothing would be shown here.
  std::this_thread::sleep_for(100ms);
  for (auto* follower : {&of_first, &of_second}) {
    CHECK(follower->poll());
    CHECK(follower->numbers() == std::vector<std::int64_t>{7});
  }
  for (auto* follower : {&of_first, &of_second}) CHECK_FALSE(follower->poll());
  CHECK(bus.stats().drained == 2);
  CHECK(eventually([&] { return !Peer(first.port()).connected() && !Peer(second.port()).connected(); }));
  first.stop();
  second.stop();
  running_first.join();
  running_second.join();
}
