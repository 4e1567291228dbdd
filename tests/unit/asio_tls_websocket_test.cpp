#include <string>
#include <thread>

#include "asio_tls_files.hpp"
#include "asio_tls_peer.hpp"
#include "support/catch.hpp"
#include "websocket_support.hpp"

using namespace bayeux;
using namespace bayeux::test;
namespace frames = websocket::test;

namespace {

/// A WebSocket client over TLS.
class SecureCaller final {
 public:
  explicit SecureCaller(std::uint16_t port) : peer(port, {.slow = true}) {
    answer = peer.send(get("/bayeux",
                           "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"))
                 .receive();
  }

  /// The text of the next frame; empty when the connection ended before that.
  std::string text() {
    for (;;) {
      const auto all = frames::take_apart(buffer_);
      if (!all.empty() && all.front().opcode != 255) {
        const auto size = all.front().payload.size();
        buffer_.erase(0, 2 + (size < 126 ? 0 : size < 0x10000 ? 2 : 8) + size);
        return all.front().payload;
      }
      const auto more = peer.receive_some();
      if (more.empty()) return {};
      buffer_ += more;
    }
  }

  std::string say(const std::string& message) {
    peer.send(frames::text_frame(message));
    return text();
  }

  /// Shakes hands, connects and subscribes to `/news`.
  void join() {
    const auto reply = Json::parse(say(R"([{"channel":"/meta/handshake","version":"1.0"}])"));
    id = reply.value_or(Json())[0]["clientId"].as_string();
    const std::string client = R"(","clientId":")" + id + "\"";
    say(R"([{"channel":"/meta/connect)" + client + R"(,"connectionType":"websocket"}])");
    say(R"([{"channel":"/meta/subscribe)" + client + R"(,"subscription":"/news"}])");
  }

  TlsPeer peer;
  Received answer;
  std::string id;

 private:
  std::string buffer_;
};

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a WebSocket over TLS carries messages both ways", "[tls][websocket]") {
  const TlsFiles files;
  RunningServer server(files.server());
  SecureCaller caller(server.port());
  REQUIRE(caller.answer.status == 101);
  caller.join();
  server.bus.channel("/news").publish({{"first", true}});
  CHECK(holds(caller.text(), "\"first\":true"));
  const std::string large(200'000, 'x');
  const std::string event = R"([{"channel":"/news","clientId":")" + caller.id + R"(","data":")" + large + "\"}]";
  const std::string one = caller.say(event);
  const std::string other = caller.text();
  CHECK((holds(one, large) || holds(other, large)));
  CHECK((holds(one, "\"successful\":true") || holds(other, "\"successful\":true")));
}

TEST_CASE("a WebSocket over TLS that is not read for a while loses nothing and mixes up nothing", "[tls][websocket]") {
  const TlsFiles files;
  RunningServer server(files.server());
  SecureCaller caller(server.port());
  caller.join();
  constexpr int events = 300;
  for (int i = 0; i < events; ++i) {
    const std::size_t size = i % 7 == 0 ? 20'000 : 3'000;
    server.bus.channel("/news").publish(
        {{"number", i}, {"filling", std::string(size, static_cast<char>('a' + i % 26))}});
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  for (int i = 0; i < events; ++i) REQUIRE(holds(caller.text(), "\"number\":" + std::to_string(i) + ","));
}

TEST_CASE("a WebSocket over TLS that goes is noticed at once", "[tls][websocket]") {
  const TlsFiles files;
  RunningServer server(files.server());
  SecureCaller caller(server.port());
  caller.join();
  const bool politely = GENERATE(true, false);
  politely ? caller.peer.finish() : caller.peer.below().hang_up();
  CHECK(eventually([&] { return server.server.connections() == 0; }));
}
