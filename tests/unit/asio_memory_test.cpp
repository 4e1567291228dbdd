#include <cstddef>
#include <cstdlib>
#include <string>

#include "asio_peer.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

/// While it is so, this thread gets no memory for what it hands over to Asio.
thread_local bool starved = false;

/// A client whose poll is held.
class Parked final {
 public:
  explicit Parked(RunningServer& server) : peer(server.port()) {
    const auto held = server.bus.stats().held;
    const auto shaken = Json::parse(say(R"([{"channel":"/meta/handshake","version":"1.0"}])"));
    id = shaken.value_or(Json())[0]["clientId"].as_string();
    const auto connect =
        R"([{"channel":"/meta/connect","connectionType":"long-polling","clientId":")" + id + "\"}]";
    say(connect);
    peer.send(post("/bayeux", connect));
    REQUIRE(eventually([&] { return server.bus.stats().held == held + 1; }));
  }

  Peer peer;
  std::string id;

 private:
  std::string say(const std::string& text) { return peer.send(post("/bayeux", text)).receive().body; }
};

}  // namespace

// Asio takes its memory here, and the rest of the program from `operator new`.
extern "C" void* aligned_alloc(std::size_t alignment, std::size_t size) {
  void* memory = nullptr;
  if (starved || ::posix_memalign(&memory, alignment, size) != 0) return nullptr;
  return memory;
}

TEST_CASE("a wake for which there was no memory holds up nobody else's, and comes with the next", "[asio]") {
  RunningServer server;
  Parked first(server);
  Parked second(server);
  starved = true;
  CHECK_FALSE(server.bus.client(first.id).deliver("/news", 1));
  starved = false;
  CHECK_FALSE(server.bus.client(second.id).deliver("/news", 2));
  CHECK(second.peer.receive().body.find("/news") != std::string::npos);
  CHECK(first.peer.receive().body.find("/news") != std::string::npos);
}
