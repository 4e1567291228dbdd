#include <memory>
#include <string>
#include <vector>

#include "clients.hpp"
#include "server_process.hpp"
#include "support/catch.hpp"

using namespace bayeux::test;

namespace {

/// Of these there are as many, so that none is let go by chance.
constexpr std::size_t crowd = 50;

/// All have a session, or none, as the bus and its server say.
bool there_are(ServerProcess& server, std::size_t sessions, std::size_t connections) {
  const auto numbers = server.numbers();
  return numbers.at("clients") == sessions && numbers.at("server_connections") == connections;
}

template <class Client>
std::vector<std::unique_ptr<Client>> come(const ServerProcess& server) {
  std::vector<std::unique_ptr<Client>> all;
  for (std::size_t i = 0; i < crowd; ++i) all.push_back(std::make_unique<Client>(server.port()));
  return all;
}

}  // namespace

TEST_CASE("WebSockets whose peers are there no more are gone after their pings, and then their sessions", "[dead]") {
  ServerProcess server({"ping_interval=300", "max_interval=300"});
  SocketClient alive(server.port());
  // Whoever does not read does not answer. Their sockets stay open: no FIN tells anything.
  const auto dead = come<SocketClient>(server);
  REQUIRE(server.number("clients") >= 1);
  CHECK(eventually([&] {
    alive.ask(alive.nothing());
    return there_are(server, 1, 1);
  }));
  const auto numbers = server.numbers();
  CHECK(numbers.at("server_ping_timeouts") == crowd);
  CHECK(numbers.at("expired") == crowd);
  CHECK(numbers.at("server_websockets") == 1);
}

TEST_CASE("polls whose peers are there no more end in time, and then their sessions and connections", "[dead]") {
  ServerProcess server({"timeout=300", "max_interval=300", "idle_timeout=300"});
  {
    const auto dead = come<HttpClient>(server);
    for (const auto& client : dead) client->ask(client->connect());
    for (const auto& client : dead) client->say(client->connect());
    CHECK(eventually([&] { return there_are(server, 0, 0); }));
  }
  const auto numbers = server.numbers();
  CHECK(numbers.at("held") == 0);
  CHECK(numbers.at("expired") == crowd);
  CHECK(numbers.at("server_idle_timeouts") == crowd);
}

TEST_CASE("sessions that never come back end, though their connections were never cut", "[dead]") {
  ServerProcess server({"max_interval=300"});
  const auto dead = come<HttpClient>(server);
  CHECK(eventually([&] { return there_are(server, 0, crowd); }));
  CHECK(server.number("expired") == crowd);
}

TEST_CASE("streams whose peers take nothing any more are let go, and then their sessions", "[dead]") {
  ServerProcess server({"timeout=300", "max_interval=300", "idle_timeout=300", "write_timeout=300"});
  std::vector<std::unique_ptr<HttpClient>> dead;
  std::vector<std::unique_ptr<Peer>> streams;
  for (std::size_t i = 0; i < crowd; ++i) {
    auto client = std::make_unique<HttpClient>(server.port());
    client->subscribe("/flood");
    streams.push_back(std::make_unique<Peer>(server.port(), 1));
    streams.back()->send(client->stream_request()).receive();
    client->ask(client->connect("eventsource"));
    dead.push_back(std::move(client));
  }
  server.begin_offer("/flood", 10'000, 1);
  REQUIRE(server.answered(30'000));
  CHECK(eventually([&] { return there_are(server, 0, 0); }));
  CHECK(server.number("server_write_timeouts") == crowd);
}
