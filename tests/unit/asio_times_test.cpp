#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "asio_peer.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

constexpr auto longest = Milliseconds::max();

/// One that waits for ever, wherever it may.
AsioServerConfig patient() {
  AsioServerConfig config;
  for (Milliseconds AsioServerConfig::*time :
       {&AsioServerConfig::tls_handshake_timeout, &AsioServerConfig::header_timeout, &AsioServerConfig::body_timeout,
        &AsioServerConfig::idle_timeout, &AsioServerConfig::write_timeout, &AsioServerConfig::stop_timeout,
        &AsioServerConfig::ping_interval, &AsioServerConfig::event_source_ping_interval,
        &AsioServerConfig::drain_timeout}) {
    config.*time = longest;
  }
  config.gateway.event_source_retry = longest;
  return config;
}

}  // namespace

TEST_CASE("with times as long as can be a server cuts nobody off, and does nothing before its time", "[times]") {
  RunningServer server(patient());
  std::atomic<int> runs{0};
  server.server.every(longest, [&] { ++runs; });
  Peer silent(server.port());
  Peer half(server.port());
  half.send("POST /bayeux HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n[");
  Peer slow(server.port());
  slow.send("GET /");
  // The clock of the server ticks each 50 ms where something is due.
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  CHECK(server.server.connections() == 3);
  CHECK(half.send("]").receive().status == 200);
  CHECK(slow.send(" HTTP/1.1\r\nHost: localhost\r\n\r\n").receive().status == 404);
  CHECK(silent.send(get("/")).receive().status == 404);
  CHECK(runs == 0);
  const auto stats = server.server.stats();
  CHECK(stats.header_timeouts + stats.body_timeouts + stats.idle_timeouts + stats.write_timeouts == 0);
}

TEST_CASE("with times as long as can be a server finishes what it has begun before it stops", "[times]") {
  RunningServer server(patient());
  const std::string all(16 * 1024 * 1024, 'x');
  server.server.route("/large", [&](const HttpRequest&) { return HttpResponse{200, {}, all}; });
  Peer peer(server.port(), 4096);
  peer.send(get("/large"));
  CHECK(peer.receive_bytes(15).starts_with("HTTP/1.1 200"));
  server.server.stop();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK(peer.receive_rest().ends_with(all));
  server.stop();
  CHECK(server.server.stats().stop_timeouts == 0);
}
