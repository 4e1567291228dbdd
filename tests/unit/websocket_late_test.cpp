#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <bayeux/transports/websocket.hpp>

#include "support/catch.hpp"
#include "support/talk.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

constexpr auto handshake = R"([{"channel":"/meta/handshake","id":"1","version":"1.0"}])";

/// A peer on a WebSocket of its own.
class Talker final {
 public:
  explicit Talker(WebSocketGateway& gateway)
      : session(gateway.open({"GET", "/bayeux", {{"Host", "localhost"}}, {}, "192.0.2.7", true}, carrier).session) {}

  /// Sends a text and gives the WebSocket messages that come of it.
  std::vector<std::string> say(std::string_view text) {
    session->receive(text);
    return heard();
  }

  std::vector<std::string> heard() {
    std::vector<std::string> texts;
    while (session->ready()) {
      const auto output = session->take();
      for (std::size_t i = 0; i < output.size(); ++i) texts.push_back(output.text(i));
    }
    return texts;
  }

  std::shared_ptr<CountingCarrier> carrier = std::make_shared<CountingCarrier>();
  std::unique_ptr<WebSocketSession> session;
};

}  // namespace

TEST_CASE("a WebSocket over which nobody shakes hands in time is closed, and counted", "[websocket]") {
  TestBus bus;
  WebSocketConfig config;
  config.handshake_timeout = Milliseconds(100);
  WebSocketGateway gateway(*bus, config);
  Talker silent(gateway);
  Talker asking(gateway);
  Talker client(gateway);
  client.say(handshake);
  bus.advance(Milliseconds(99));
  CHECK(asking.say("[]") == std::vector<std::string>{"[]"});
  CHECK(asking.say(R"([{"channel":"/a","data":1,"clientId":"nobody"}])").size() == 1);
  CHECK(silent.heard().empty());
  CHECK_FALSE(silent.session->closing());
  CHECK_FALSE(asking.session->closing());
  bus.advance(Milliseconds(1));
  CHECK(silent.carrier->wakes() == 1);
  CHECK(silent.session->take().empty());
  CHECK(asking.heard().empty());
  REQUIRE(silent.session->closing());
  REQUIRE(asking.session->closing());
  CHECK(silent.session->closing()->code == 1008);
  CHECK(asking.session->closing()->code == 1008);
  CHECK(client.carrier->wakes() == 0);
  CHECK(client.heard().empty());
  CHECK_FALSE(client.session->closing());
  CHECK(gateway.stats().handshake_timeouts == 2);
}

TEST_CASE("a WebSocket that goes before anybody shook hands is not woken for that", "[websocket]") {
  TestBus bus;
  WebSocketGateway gateway(*bus);
  Talker gone(gateway);
  gone.session->abort();
  bus.advance(gateway.config().handshake_timeout);
  CHECK(gone.carrier->wakes() == 0);
  CHECK(gateway.stats().handshake_timeouts == 0);
}

TEST_CASE("a time to shake hands that is none is refused, and one as long as can be is a year", "[websocket]") {
  TestBus bus;
  WebSocketConfig config;
  config.handshake_timeout = Milliseconds(0);
  CHECK_THROWS_AS(WebSocketGateway(*bus, config), std::system_error);
  config.handshake_timeout = Milliseconds::max();
  CHECK(WebSocketGateway(*bus, config).config().handshake_timeout == longest_time);
}
