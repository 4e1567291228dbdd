#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "audience.hpp"
#include "clients.hpp"
#include "server_process.hpp"
#include "support/catch.hpp"
#ifdef SURVIVAL_TLS
#include "tls.hpp"
#include "unit/asio_tls_peer.hpp"
#endif

using namespace bayeux::test;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t mebibyte = 1 << 20;
constexpr std::uint64_t queue = 4 * mebibyte;

/// What a server may take beyond the queue: the next response of 512 KiB, once as a value and once as bytes, what each
/// thread keeps to read and write, and what the allocator does not give back where messages of a queue come and go.
constexpr std::uint64_t slack = 8 * mebibyte;

constexpr std::uint64_t message = 64 * 1024;

#ifdef SURVIVAL_SANITIZED
// Sanitizers keep freed memory, so what is resident says nothing; that the queue is kept within its limit does.
constexpr bool measured = false;
constexpr std::uint64_t offered = 64 * mebibyte;
#else
constexpr bool measured = true;
constexpr std::uint64_t offered = 1024 * mebibyte;
#endif

/// Offers all that while a client does not read, and looks what the server takes for it.
void offer(ServerProcess& server, const char* what) {
  Audience audience(server.port(), 5, 10ms);
  const auto before = server.resident();
  std::uint64_t most = before;
  const auto began = Audience::Clock::now();
  server.begin_offer("/flood", message, offered / message);
  while (!server.answered(5)) most = std::max(most, server.resident());
  const auto ended = Audience::Clock::now();
  const auto numbers = server.numbers();
  audience.stop();
  const auto latencies = audience.latencies(began, ended);
  std::printf("%s: %llu MiB offered, %.1f MiB grown, %.1f MiB queued, %llu dropped; others: p99 %.2f ms\n", what,
              static_cast<unsigned long long>(offered / mebibyte),
              static_cast<double>(most - before) / static_cast<double>(mebibyte),
              static_cast<double>(numbers.at("queued_bytes")) / static_cast<double>(mebibyte),
              static_cast<unsigned long long>(numbers.at("dropped")), percentile(latencies, 0.99));

  if (measured) CHECK(most - before <= queue + slack);
  CHECK(numbers.at("queued_bytes") <= queue + mebibyte);
  // What was offered had to go somewhere: the system's buffers take some megabytes, and one response is under way.
  CHECK(numbers.at("dropped") >= (offered - queue - 16 * mebibyte) / message);
  // The others went on meanwhile.
  CHECK(latencies.size() > 0);
  CHECK(audience.complete());
  CHECK(audience.out_of_order() == 0);
}

std::unique_ptr<ServerProcess> small_server(const std::vector<std::string>& more = {}) {
  // Nobody is let go while he is looked at.
  std::vector<std::string> limits{"max_queue_bytes=" + std::to_string(queue), "write_timeout=600000",
                                  "max_interval=600000", "timeout=600000"};
  limits.insert(limits.end(), more.begin(), more.end());
  return std::make_unique<ServerProcess>(limits);
}

}  // namespace

TEST_CASE("a WebSocket that stalls costs its queue, and others go on", "[slow]") {
  const auto server = small_server();
  SocketClient stalled(server->port());
  stalled.subscribe("/flood");
  offer(*server, "WebSocket");
}

TEST_CASE("a poll whose answer is not read costs its queue, and others go on", "[slow]") {
  const auto server = small_server();
  HttpClient stalled(server->port());
  stalled.ask(stalled.connect());
  stalled.subscribe("/flood");
  stalled.say(stalled.connect());
  REQUIRE(eventually([&] { return server->number("held") == 1; }));
  offer(*server, "long-polling");
}

TEST_CASE("a stream that stalls costs its queue, and others go on", "[slow]") {
  const auto server = small_server();
  HttpClient stalled(server->port());
  stalled.subscribe("/flood");
  Peer stream(server->port());
  stream.send(stalled.stream_request()).receive();
  stalled.ask(stalled.connect("eventsource"));
  offer(*server, "EventSource");
}

TEST_CASE("clients that stall together share what they were not sent", "[slow]") {
  const auto server = small_server();
  std::vector<std::unique_ptr<SocketClient>> stalled;
  for (int i = 0; i < 10; ++i) {
    stalled.push_back(std::make_unique<SocketClient>(server->port()));
    stalled.back()->subscribe("/flood");
  }
  offer(*server, "ten WebSockets");
}

#ifdef SURVIVAL_TLS
TEST_CASE("a WebSocket over TLS that stalls costs its queue, and others go on", "[slow]") {
  const TlsFiles files;
  const auto server = small_server({certificate_option(files), key_option(files)});
  BasicSocketClient<TlsPeer> stalled(server->tls_port());
  stalled.subscribe("/flood");
  offer(*server, "WebSocket over TLS");
}

TEST_CASE("a poll over TLS whose answer is not read costs its queue, and others go on", "[slow]") {
  const TlsFiles files;
  const auto server = small_server({certificate_option(files), key_option(files)});
  BasicHttpClient<TlsPeer> stalled(server->tls_port());
  stalled.ask(stalled.connect());
  stalled.subscribe("/flood");
  stalled.say(stalled.connect());
  REQUIRE(eventually([&] { return server->number("held") == 1; }));
  offer(*server, "long-polling over TLS");
}
#endif
