#include <sys/resource.h>

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "asio_peer.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

using Peers = std::deque<Peer>;

/// A limit of the server, and how it is hit once.
struct Crossing {
  std::string counter;
  std::function<void(AsioServerConfig&)> lower;
  std::function<void(RunningServer&, Peers&)> cross;
};

/// What the server has refused or cut off, by name.
std::map<std::string, std::uint64_t> refusals(const AsioServer& server) {
  const std::set<std::string_view> work{"websocket_messages_in", "websocket_messages_out", "framed", "deflated",
                                        "inflated",              "pings",                  "gzipped"};
  std::map<std::string, std::uint64_t> all;
  server.stats().for_each([&](std::string_view name, std::uint64_t value, std::string_view, bool counts_up) {
    if (counts_up && work.count(name) == 0) all.emplace(name, value);
  });
  return all;
}

void serve(AsioServer& server) {
  server.route("/hello", [](const HttpRequest&) { return HttpResponse{200, {}, "hello"}; });
  server.route("/bad", [](const HttpRequest&) { return HttpResponse{999, {}, {}}; });
  server.route("/large", [](const HttpRequest&) { return HttpResponse{200, {}, std::string(64 << 20, 'x')}; });
}

/// A peer sends this, and is answered with that status.
auto sends(const std::string& bytes, int status) {
  return [bytes, status](RunningServer& server, Peers& peers) {
    CHECK(peers.emplace_back(server.port()).send(bytes).receive().status == status);
  };
}

void says_nothing(RunningServer& server, Peers& peers) {
  CHECK(peers.emplace_back(server.port()).closed_by_server());
}

/// Asks for more than it takes: once the answer has begun, the rest of it waits for this peer.
void stops_reading(RunningServer& server, Peers& peers) {
  auto& peer = peers.emplace_back(server.port(), 4096).send(get("/large"));
  REQUIRE_FALSE(peer.receive_some().empty());
}

/// Connects while the process has no descriptor left.
void comes_without_descriptors(RunningServer& server, Peers& peers) {
  const int next = ::dup(0);
  ::close(next);
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  // Only the peer gets one.
  rlimit lowered = before;
  lowered.rlim_cur = static_cast<rlim_t>(next) + 1;
  ::setrlimit(RLIMIT_NOFILE, &lowered);
  auto& peer = peers.emplace_back(server.port());
  const bool counted = eventually([&] { return server.server.stats().accept_failures > 0; });
  ::setrlimit(RLIMIT_NOFILE, &before);
  CHECK(counted);
  CHECK(peer.send(get("/hello")).receive().status == 200);
}

void sends_far_ahead(RunningServer& server, Peers& peers) {
  std::string requests;
  for (int i = 0; i < 50; ++i) requests += get("/hello");
  auto& peer = peers.emplace_back(server.port()).send(requests);
  for (int i = 0; i < 50; ++i) REQUIRE(peer.receive().status == 200);
}

void come_from_one_address(RunningServer& server, Peers& peers) {
  CHECK(peers.emplace_back(server.port()).send(get("/hello")).receive().status == 200);
  says_nothing(server, peers);
}

const std::vector<Crossing>& crossings() {
  constexpr Milliseconds soon{100};
  static const std::vector<Crossing> all{
      {"header_too_large", [](auto& config) { config.max_header = 100; },
       sends(get("/hello", "X: " + std::string(100, 'x') + "\r\n"), 431)},
      {"too_many_header_fields", [](auto& config) { config.max_header_fields = 3; },
       sends(get("/hello", "A: 1\r\nB: 2\r\nC: 3\r\n"), 431)},
      {"body_too_large", [](auto& config) { config.gateway.max_body = 5; }, sends(post("/hello", "123456"), 413)},
      {"over_total_input", [](auto& config) { config.max_total_input = 20'000; },
       sends("POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 30000\r\n\r\n" + std::string(20'000, ' '), 503)},
      {"bad_responses", [](auto&) {}, sends(get("/bad"), 500)},
      {"bad_requests", [](auto&) {}, sends("GET hello HTTP/1.1\r\nHost: a\r\n\r\n", 400)},
      {"header_timeouts", [=](auto& config) { config.header_timeout = soon; }, sends("GET /hello HT", 408)},
      {"body_timeouts", [=](auto& config) { config.body_timeout = soon; },
       sends("POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab", 408)},
      {"idle_timeouts", [=](auto& config) { config.idle_timeout = soon; }, says_nothing},
      {"write_timeouts", [=](auto& config) { config.write_timeout = soon; }, stops_reading},
      {"held_back", [](auto& config) { config.max_pipeline = 2; }, sends_far_ahead},
      {"over_connections", [](auto& config) { config.max_connections = 1; }, sends(get("/hello"), 200)},
      {"over_connections_per_address",
       [](auto& config) {
         config.max_connections_per_address = 1;
         config.unlimited_addresses = {};
       },
       come_from_one_address},
      {"accept_failures", [](auto&) {}, comes_without_descriptors},
      {"stop_timeouts", [=](auto& config) { config.stop_timeout = soon; },
       [](RunningServer& server, Peers& peers) {
         stops_reading(server, peers);
         server.stop();
       }},
  };
  return all;
}

}  // namespace

TEST_CASE("each limit of the server that is hit is counted, and no other", "[asio][limits]") {
  for (const Crossing& crossing : crossings()) {
    CAPTURE(crossing.counter);
    AsioServerConfig config;
    crossing.lower(config);
    RunningServer server(config, serve);
    for (const auto& [name, count] : refusals(server.server)) CHECK(count == 0);
    Peers peers;
    crossing.cross(server, peers);
    CHECK(eventually([&] { return refusals(server.server).at(crossing.counter) > 0; }));
    for (const auto& [name, count] : refusals(server.server)) {
      CAPTURE(name);
      if (name != crossing.counter) CHECK(count == 0);
    }
  }
}

TEST_CASE("there is no limit of the server but those that are tried", "[asio][limits]") {
  // In asio_tls_refusal_test.cpp and asio_websocket_limits_test.cpp.
  std::set<std::string> tried{"tls_failures", "tls_handshake_timeouts", "ping_timeouts", "protocol_errors"};
  for (const Crossing& crossing : crossings()) tried.insert(crossing.counter);
  std::set<std::string> counted;
  RunningServer server;
  for (const auto& [name, count] : refusals(server.server)) counted.insert(name);
  CHECK(counted == tried);
}

TEST_CASE("one connection too many from an address is closed, and there is room again when one goes",
          "[asio][limits]") {
  AsioServerConfig config;
  config.max_connections_per_address = 2;
  config.unlimited_addresses = {};
  RunningServer server(config, serve);
  Peer first(server.port());
  Peer second(server.port());
  CHECK(first.send(get("/hello")).receive().status == 200);
  CHECK(second.send(get("/hello")).receive().status == 200);
  for (int i = 0; i < 10; ++i) CHECK(Peer(server.port()).closed_by_server());
  CHECK(server.server.stats().over_connections_per_address == 10);
  CHECK(server.server.connections() == 2);
  Peer elsewhere(server.port(), 0, "127.0.0.2");
  CHECK(elsewhere.send(get("/hello")).receive().status == 200);
  first.hang_up();
  REQUIRE(eventually([&] { return server.server.connections() == 2; }));
  CHECK(Peer(server.port()).send(get("/hello")).receive().status == 200);
}

TEST_CASE("a proxy on this machine has as many connections as it likes", "[asio][limits]") {
  AsioServerConfig config;
  config.max_connections_per_address = 1;
  RunningServer server(config, serve);
  Peers peers;
  for (int i = 0; i < 10; ++i) CHECK(peers.emplace_back(server.port()).send(get("/hello")).receive().status == 200);
}

TEST_CASE("as many header fields as may be are served, and one more is refused", "[asio][limits]") {
  AsioServerConfig config;
  RunningServer server(config, serve);
  std::string fields;
  for (std::size_t i = 1; i < config.max_header_fields; ++i) fields += "X: 1\r\n";
  Peer peer(server.port());
  CHECK(peer.send(get("/hello", fields)).receive().status == 200);
  CHECK(peer.send(get("/hello", fields + "X: 1\r\n")).receive().status == 431);
  CHECK(peer.closed_by_server());
}

TEST_CASE("requests that come in have a limit together, and whoever sends little is served beyond it",
          "[asio][limits]") {
  constexpr std::size_t most = 100'000;
  const auto head = [](std::size_t body) {
    return "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body) + "\r\n\r\n";
  };
  AsioServerConfig config;
  config.max_total_input = most;
  RunningServer server(config, serve);
  const auto input = [&](std::size_t bytes) {
    return eventually([&] { return server.server.stats().input_bytes == bytes; });
  };
  CHECK(input(0));
  Peer first(server.port());
  const std::string begun = head(90'000) + std::string(60'000, ' ');
  first.send(begun);
  REQUIRE(input(begun.size()));

  Peer second(server.port());
  const std::string other = head(90'000) + std::string(most - begun.size() - head(90'000).size() - 1, ' ');
  second.send(other);
  REQUIRE(input(most - 1));
  second.send(" ");
  REQUIRE(input(most));
  CHECK(server.server.stats().over_total_input == 0);
  Peer small(server.port());
  CHECK(small.send(post("/hello", "1")).receive().status == 200);
  Peer slow(server.port());
  slow.send(head(5).substr(0, 20));
  REQUIRE(input(most + 20));
  CHECK(slow.send(head(5).substr(20) + "12345").receive().status == 200);
  REQUIRE(input(most));

  second.send(" ");
  const auto refused = second.receive();
  CHECK(refused.status == 503);
  CHECK(refused.header("Retry-After") == "1");
  CHECK(refused.header("Connection") == "close");
  CHECK(second.closed_by_server());
  CHECK(input(begun.size()));
  CHECK(server.server.stats().over_total_input == 1);
  CHECK(first.send(std::string(30'000, ' ')).receive().status == 200);
  CHECK(input(0));
}

TEST_CASE("of requests that wait behind a poll the one too many is dropped at once, and refused in its turn",
          "[asio][limits]") {
  AsioServerConfig config;
  config.max_total_input = 50'000;
  RunningServer server(config, serve);
  Peer peer(server.port());
  const auto shaken = Json::parse(peer.send(post("/bayeux", R"([{"channel":"/meta/handshake","version":"1.0"}])")).receive().body);
  const auto id = shaken.value_or(Json())[0]["clientId"].as_string();
  const auto connect = post(
      "/bayeux", R"([{"channel":"/meta/connect","connectionType":"long-polling","clientId":")" + id + "\"}]");
  CHECK(peer.send(connect).receive().status == 200);
  const auto input = [&](std::size_t bytes) {
    return eventually([&] { return server.server.stats().input_bytes == bytes; });
  };
  const auto large = post("/hello", std::string(40'000, ' '));
  peer.send(connect + large);
  REQUIRE(input(large.size()));
  peer.send(large.substr(0, 5'000));
  REQUIRE(input(large.size() + 5'000));
  peer.send(large.substr(5'000));
  REQUIRE(input(large.size()));
  REQUIRE_FALSE(server.bus.client(id).deliver("/news", 1));
  CHECK(peer.receive().status == 200);
  CHECK(peer.receive().status == 200);
  CHECK(peer.receive().status == 503);
  CHECK(server.server.stats().over_total_input == 1);
}
