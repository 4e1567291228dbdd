#include <string>

#include "asio_peer.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::test;

TEST_CASE("the numbers of the server and its bus can be read where the configuration says so", "[asio]") {
  AsioServerConfig config;
  config.metrics_path = "/metrics";
  config.max_header_fields = 5;
  RunningServer server(config);
  Peer peer(server.port());
  peer.send(post("/bayeux", R"([{"channel":"/meta/handshake","id":"1"}])")).receive();
  peer.send(post("/bayeux", "{")).receive();
  Peer verbose(server.port());
  verbose.send(get("/", "A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\nE: 5\r\n")).receive();
  verbose.hang_up();
  REQUIRE(eventually([&] { return server.server.connections() == 1; }));
  const auto answer = peer.send(get("/metrics")).receive();
  CHECK(answer.status == 200);
  CHECK(answer.header("Content-Type") == "text/plain; version=0.0.4");
  CHECK(answer.body.find("\nbayeux_handshakes_total 1\n") != std::string::npos);
  CHECK(answer.body.find("\nbayeux_unreadable_total 1\n") != std::string::npos);
  CHECK(answer.body.find("\nbayeux_server_connections 1\n") != std::string::npos);
  CHECK(answer.body.find("\nbayeux_server_too_many_header_fields_total 1\n") != std::string::npos);
  CHECK(answer.body.find("\nbayeux_server_over_connections_per_address_total 0\n") != std::string::npos);
  CHECK(peer.send("DELETE /metrics HTTP/1.1\r\nHost: a\r\n\r\n").receive().status == 405);
}

TEST_CASE("nobody reads numbers where nothing was said of it", "[asio]") {
  RunningServer server;
  Peer peer(server.port());
  CHECK(peer.send(get("/metrics")).receive().status == 404);
}

TEST_CASE("what was refused by HTTP and by WebSocket stands among the numbers", "[asio]") {
  AsioServerConfig config;
  config.metrics_path = "/metrics";
  RunningServer server(config);
  Peer peer(server.port());
  peer.send(post("/bayeux", "{")).receive();
  const auto answer = peer.send(get("/metrics")).receive();
  CHECK(answer.body.find("\nbayeux_http_unreadable_total 1\n") != std::string::npos);
  CHECK(answer.body.find("\nbayeux_http_foreign_origins_total 0\n") != std::string::npos);
  CHECK(answer.body.find("\nbayeux_websocket_opened_total 0\n") != std::string::npos);
}
