#include <deque>
#include <map>
#include <string>
#include <vector>

#include "audience.hpp"
#include "clients.hpp"
#include "server_process.hpp"
#include "support/catch.hpp"
#ifdef SURVIVAL_TLS
#include "tls.hpp"
#endif

using namespace bayeux::test;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t crowd = 100;

/// Half of something, from as many peers, which then say nothing and stay; how the server counts them when it cuts them
/// off.
struct Half {
  const char* what;
  std::string bytes;
  std::string counter;
};

std::string half_frame() {
  return bayeux::websocket::test::text_frame(handshake_text).substr(0, 20);
}

const std::vector<Half>& halves() {
  static const std::vector<Half> all{
      {"a request line", "GET /bay", "server_header_timeouts"},
      {"headers", "POST /bayeux HTTP/1.1\r\nHost: a\r\nContent-", "server_header_timeouts"},
      {"a request for a WebSocket", upgrade_text().substr(0, 80), "server_header_timeouts"},
      {"a body", post("/bayeux", handshake_text).substr(0, 110), "server_body_timeouts"},
      {"a chunk", "POST /bayeux HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[",
       "server_body_timeouts"},
      {"a WebSocket message", upgrade_text() + half_frame(), "server_body_timeouts"},
      {"nothing", "", "server_idle_timeouts"},
  };
  return all;
}

}  // namespace

TEST_CASE("who sends half of something is cut off in time and counted, and others go on", "[half]") {
  ServerProcess server({"header_timeout=400", "body_timeout=400", "idle_timeout=400"});
  Audience audience(server.port(), 3, 10ms);
  std::map<std::string, std::uint64_t> expected;
  const auto own = server.number("server_connections");
  std::deque<Peer> peers;
  for (const Half& half : halves()) {
    for (std::size_t i = 0; i < crowd; ++i) peers.emplace_back(server.port()).send(half.bytes);
    expected[half.counter] += crowd;
  }
  for (const auto& [counter, count] : expected) {
    CAPTURE(counter);
    CHECK(eventually([&, name = counter, all = count] { return server.number(name) == all; }));
  }
  // Their sockets are open still: it is the server that has let go.
  CHECK(eventually([&] { return server.number("server_connections") == own; }));
  audience.stop();
  CHECK(audience.complete());
  CHECK(audience.out_of_order() == 0);
}

TEST_CASE("who sends half of something, byte by byte, has no more time for it", "[half]") {
  ServerProcess server({"header_timeout=400", "body_timeout=400"});
  const auto start = GENERATE(as<std::string>{}, "GET / HTTP/1.1\r\nX: ",
                              "POST /bayeux HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n[");
  Peer peer(server.port());
  peer.send(start);
  CHECK(eventually([&] {
    peer.send(" ");
    const auto numbers = server.numbers();
    return numbers.at("server_header_timeouts") + numbers.at("server_body_timeouts") == 1;
  }));
}

#ifdef SURVIVAL_TLS
TEST_CASE("who sends half a TLS hello is cut off in time and counted", "[half]") {
  const TlsFiles files;
  ServerProcess server({"tls_handshake_timeout=400", certificate_option(files), key_option(files)});
  std::deque<Peer> peers;
  for (std::size_t i = 0; i < crowd; ++i) {
    peers.emplace_back(server.tls_port()).send(std::string_view("\x16\x03\x01\x02\x00\x01\x00\x01", 8));
  }
  CHECK(eventually([&] { return server.number("tls_tls_handshake_timeouts") == crowd; }));
  CHECK(eventually([&] { return server.number("tls_connections") == 0; }));
}
#endif
