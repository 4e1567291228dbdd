#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "asio_peer.hpp"
#include "request_witness.hpp"
#include "support/catch.hpp"
#include "support/slow_policy.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

constexpr auto handshake = R"([{"channel":"/meta/handshake","id":"1","version":"1.0"}])";

/// A server whose bus asks a policy, until the end of the test.
class Guarded final {
 public:
  explicit Guarded(std::shared_ptr<SecurityPolicy> policy, AsioServerConfig config = {}, Config bus_config = {})
      : bus(with(std::move(bus_config), std::move(policy))),
        server(bus, RunningServer::on_free_port(std::move(config))) {
    thread_ = std::thread([this] { server.run(); });
  }
  ~Guarded() {
    server.stop();
    thread_.join();
  }

  Bus bus;
  AsioServer server;

 private:
  static Config with(Config config, std::shared_ptr<SecurityPolicy> policy) {
    config.policy = std::move(policy);
    return config;
  }

  std::thread thread_;
};

/// A policy that takes its time over handshakes.
std::shared_ptr<SlowPolicy> slow_doorman() {
  auto policy = std::make_shared<SlowPolicy>();
  policy->take_time_over("handshake");
  return policy;
}

bool is_welcome(const Received& answer) {
  const auto messages = Json::parse(answer.body);
  return answer.status == 200 && messages && (*messages)[0]["successful"].as_bool();
}

}  // namespace

TEST_CASE("a policy sees the request as it came to the server, and from where", "[asio][policy]") {
  const auto witness = std::make_shared<RequestWitness>();
  AsioServerConfig config;
  config.host = GENERATE("127.0.0.1", "::");
  CAPTURE(config.host);
  Guarded guarded(witness, config);
  Peer peer(guarded.server.port());
  const std::string body = handshake;
  const auto answer = peer.send(
                              "POST /bayeux/a?b=c HTTP/1.1\r\nHost: localhost\r\nX-Color: red\r\n"
                              "cookie: color=blue\r\nContent-Length: " +
                              std::to_string(body.size()) + "\r\n\r\n" + body)
                          .receive();
  CHECK(answer.status == 200);
  const auto seen = witness->seen();
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].method == "POST");
  CHECK(seen[0].path == "/bayeux/a");
  CHECK(seen[0].query == "b=c");
  CHECK(seen[0].color_header == "red");
  CHECK(seen[0].color_cookie == "blue");
  CHECK(seen[0].remote_address == "127.0.0.1");
  CHECK_FALSE(seen[0].tls);
  CHECK_FALSE(seen[0].has_attachment);
}

TEST_CASE("a request is parked until its verdict comes, and what is pipelined behind it waits", "[asio][policy]") {
  const auto policy = slow_doorman();
  Guarded guarded(policy);
  Peer peer(guarded.server.port());
  peer.send(post("/bayeux", handshake) + post("/bayeux", "[]") + get("/nowhere"));
  REQUIRE(eventually([&] { return policy->waiting() == 1; }));
  policy->next().allow();
  CHECK(is_welcome(peer.receive()));
  CHECK(peer.receive().body == "[]");
  CHECK(peer.receive().status == 404);
}

TEST_CASE("no time limit of the server cuts off a request that waits for its verdict", "[asio][policy]") {
  const auto policy = slow_doorman();
  AsioServerConfig config;
  config.header_timeout = config.body_timeout = config.idle_timeout = config.write_timeout = Milliseconds{50};
  Guarded guarded(policy, config);
  Peer peer(guarded.server.port());
  peer.send(post("/bayeux", handshake));
  REQUIRE(eventually([&] { return policy->waiting() == 1; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  CHECK(guarded.server.connections() == 1);
  policy->next().allow();
  CHECK(is_welcome(peer.receive()));
}

TEST_CASE("a verdict that never comes is a refusal when its time is up, by the clock of the server", "[asio][policy]") {
  const auto policy = slow_doorman();
  Config bus_config;
  bus_config.verdict_timeout = Milliseconds{50};
  Guarded guarded(policy, {}, bus_config);
  Peer peer(guarded.server.port());
  const auto answer = peer.send(post("/bayeux", handshake)).receive();
  CHECK(answer.status == 200);
  CHECK(answer.body.find("handshake_denied") != std::string::npos);
  CHECK(policy->waiting() == 1);
}

TEST_CASE("a peer that hangs up while it waits for a verdict is noticed, and makes no session", "[asio][policy]") {
  const auto policy = slow_doorman();
  Guarded guarded(policy);
  Peer peer(guarded.server.port());
  peer.send(post("/bayeux", handshake));
  REQUIRE(eventually([&] { return policy->waiting() == 1; }));
  peer.hang_up();
  REQUIRE(eventually([&] { return guarded.server.connections() == 0; }));
  policy->next().allow();
  CHECK(guarded.bus.stats().clients == 0);
}

TEST_CASE("stop lets go of a request that waits for its verdict", "[asio][policy]") {
  const auto policy = slow_doorman();
  Guarded guarded(policy);
  Peer peer(guarded.server.port());
  peer.send(post("/bayeux", handshake));
  REQUIRE(eventually([&] { return policy->waiting() == 1; }));
  guarded.server.stop();
  CHECK(peer.closed_by_server());
  policy->next().allow();
}
