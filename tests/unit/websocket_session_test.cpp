#include <any>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <bayeux/extensions/acknowledge.hpp>
#include <bayeux/transports/websocket.hpp>

#include "support/catch.hpp"
#include "support/talk.hpp"
#include "unit/request_witness.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

constexpr auto handshake = R"([{"channel":"/meta/handshake","id":"1","version":"1.0"}])";

HttpRequest upgrade(std::vector<Request::Header> headers = {}) {
  headers.emplace_back("Host", "localhost:8080");
  headers.emplace_back("Upgrade", "websocket");
  headers.emplace_back("Connection", "Upgrade");
  headers.emplace_back("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
  return {"GET", "/bayeux?room=1", std::move(headers), {}, "192.0.2.7", true};
}

/// A client on a WebSocket of its own.
class Talker final {
 public:
  explicit Talker(WebSocketGateway& gateway, const HttpRequest& request = upgrade())
      : session(gateway.open(request, carrier).session) {}

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
      if (output.complete()) CHECK_FALSE(session->ready());
    }
    return texts;
  }

  std::string message(std::string_view channel, std::string_view more = {}) const {
    return "[" + bayeux::test::message(id, channel, more) + "]";
  }

  /// Shakes hands, connects and subscribes to `/a`.
  void join() {
    id = Json::parse(say(handshake).at(0)).value_or(Json())[0]["clientId"].as_string();
    say(message("/meta/connect", R"("connectionType":"websocket")"));
    say(message("/meta/subscribe", R"("subscription":"/a")"));
  }

  std::shared_ptr<CountingCarrier> carrier = std::make_shared<CountingCarrier>();
  std::unique_ptr<WebSocketSession> session;
  std::string id;
};

}  // namespace

TEST_CASE("a WebSocket is offered to clients as soon as there is a gateway for it", "[websocket]") {
  TestBus bus;
  WebSocketGateway gateway(*bus);
  Talker client(gateway);
  const auto reply = Json::parse(client.say(handshake).at(0)).value_or(Json())[0];
  CHECK(reply["supportedConnectionTypes"] == Json::array({"long-polling", "websocket"}));
}

TEST_CASE("events are pushed one to a message, before and while a connect is held", "[websocket]") {
  TestBus bus;
  WebSocketGateway gateway(*bus);
  Talker client(gateway);
  client.join();
  const auto wakes = client.carrier->wakes();
  bus->channel("/a").publish(1);
  CHECK(client.carrier->wakes() == wakes + 1);
  bus->channel("/a").publish(2);
  CHECK(client.heard() == std::vector<std::string>{R"([{"channel":"/a","data":1}])", R"([{"channel":"/a","data":2}])"});
  CHECK(client.say(client.message("/meta/connect", R"("id":"7","connectionType":"websocket")")).empty());
  bus->channel("/a").publish(3);
  CHECK(client.heard() == std::vector<std::string>{R"([{"channel":"/a","data":3}])"});
  bus.advance(Milliseconds(25'000));
  CHECK(client.heard() == std::vector<std::string>{R"([{"channel":"/meta/connect","id":"7","successful":true}])"});
}

TEST_CASE("the replies to one message come in one message", "[websocket]") {
  TestBus bus;
  WebSocketGateway gateway(*bus);
  Talker client(gateway);
  client.join();
  const auto one = bayeux::test::message(client.id, "/b", R"("id":"8","data":1)");
  CHECK(client.say("[" + one + "," + one + "]") ==
        std::vector<std::string>{
            R"([{"channel":"/b","id":"8","successful":true},{"channel":"/b","id":"8","successful":true}])"});
}

TEST_CASE("what a client hears of its own publish and the reply to it have a message each", "[websocket]") {
  TestBus bus;
  WebSocketGateway gateway(*bus);
  Talker client(gateway);
  client.join();
  CHECK(client.say(client.message("/a", R"("id":"8","data":1)")) ==
        std::vector<std::string>{R"([{"channel":"/a","data":1}])", R"([{"channel":"/a","id":"8","successful":true}])"});
}

TEST_CASE("where messages are grouped, all that waits leaves in one", "[websocket]") {
  TestBus bus;
  WebSocketGateway gateway(*bus, {.grouped = true});
  Talker client(gateway);
  client.join();
  for (int i = 0; i < 3; ++i) bus->channel("/a").publish(i);
  CHECK(client.say(client.message("/b", R"("id":"8","data":1)")) ==
        std::vector<std::string>{R"([{"channel":"/a","data":0},{"channel":"/a","data":1},{"channel":"/a","data":2},)"
                                 R"({"channel":"/b","id":"8","successful":true}])"});
}

TEST_CASE("what a client acknowledges as a whole travels as a whole", "[websocket]") {
  TestBus bus;
  const auto extension = bus->add_extension(std::make_shared<Acknowledge>());
  WebSocketGateway gateway(*bus);
  Talker client(gateway);
  const auto shaken = client.say(R"([{"channel":"/meta/handshake","version":"1.0","ext":{"ack":true}}])");
  client.id = Json::parse(shaken.at(0)).value_or(Json())[0]["clientId"].as_string();
  client.say(client.message("/meta/connect", R"("connectionType":"websocket","ext":{"ack":0})"));
  client.say(client.message("/meta/subscribe", R"("subscription":"/a")"));
  bus->channel("/a").publish(1);
  bus->channel("/a").publish(2);
  const auto heard =
      client.say(client.message("/meta/connect", R"("id":"7","connectionType":"websocket","ext":{"ack":1})"));
  REQUIRE(heard.size() == 1);
  CHECK(Json::parse(heard[0]).value_or(Json()).size() == 3);
}

TEST_CASE("no more is taken at a time than the socket is to have", "[websocket]") {
  TestBus bus;
  WebSocketGateway gateway(*bus, {.grouped = true, .max_take = 100});
  Talker client(gateway);
  client.join();
  for (int i = 0; i < 10; ++i) bus->channel("/a").publish(std::string(30, 'x'));
  std::size_t events = 0;
  while (client.session->ready()) {
    const auto output = client.session->take();
    REQUIRE(output.size() == 1);
    CHECK(output.frames(0).size() == 1);
    events += output.frames(0).size();
    CHECK(output.complete() == (events == 10));
  }
  CHECK(events == 10);
}

TEST_CASE("an empty array is answered by one, in any spelling", "[websocket]") {
  TestBus bus;
  WebSocketGateway gateway(*bus);
  Talker client(gateway);
  CHECK(client.say("[]") == std::vector<std::string>{"[]"});
  CHECK(client.say(" [ \n] ") == std::vector<std::string>{"[]"});
  client.join();
  client.session->receive("[]");
  client.session->receive("[]");
  CHECK(client.heard() == std::vector<std::string>{"[]", "[]"});
  CHECK_FALSE(client.session->closing());
}

TEST_CASE("what cannot be read closes the socket, after the answers to what came before", "[websocket]") {
  TestBus bus;
  WebSocketGateway gateway(*bus);
  for (const auto& [text, code] : std::vector<std::pair<std::string, int>>{
           {"[{", 1007}, {"", 1007}, {"7", 1007}, {"[1]", 1007}, {"[{}]]", 1007}}) {
    INFO(text);
    Talker client(gateway);
    client.join();
    client.session->receive(client.message("/b", R"("id":"8","data":1)"));
    client.session->receive(text);
    client.session->receive(client.message("/b", R"("id":"9","data":1)"));
    REQUIRE(client.session->closing());
    CHECK(client.session->closing()->code == code);
    CHECK(client.session->closing()->reason.size() <= 123);
    CHECK(client.heard() == std::vector<std::string>{R"([{"channel":"/b","id":"8","successful":true}])"});
  }
}

TEST_CASE("a binary message closes the socket, and so does one with too many messages", "[websocket]") {
  Config config;
  config.max_batch = 2;
  TestBus bus(std::move(config));
  WebSocketGateway gateway(*bus);
  Talker binary(gateway);
  binary.session->receive_binary();
  CHECK(binary.session->closing()->code == 1003);
  Talker many(gateway);
  many.session->receive("[{},{},{}]");
  CHECK(many.session->closing()->code == 1009);
}

TEST_CASE("a client whose socket was lost resumes on another, and the first is finished", "[websocket]") {
  TestBus bus;
  WebSocketGateway gateway(*bus);
  Talker first(gateway);
  first.join();
  Talker second(gateway);
  second.id = first.id;
  second.say(second.message("/meta/connect", R"("connectionType":"websocket")"));
  CHECK(first.session->finished());
  CHECK_FALSE(second.session->finished());
  bus->channel("/a").publish(1);
  CHECK(first.heard().empty());
  CHECK(second.heard().size() == 1);
}

TEST_CASE("a dropped socket starts the clock of its session at once, and loses nothing", "[websocket]") {
  TestBus bus;
  WebSocketGateway gateway(*bus);
  Talker client(gateway);
  client.join();
  client.say(client.message("/meta/connect", R"("connectionType":"websocket")"));
  bus.advance(Milliseconds(60'000));
  bus->channel("/a").publish(1);
  client.session->abort();
  CHECK(client.heard().empty());
  bus.advance(Milliseconds(9'999));
  Talker again(gateway);
  again.id = client.id;
  CHECK(again.say(again.message("/meta/connect", R"("id":"9","connectionType":"websocket")")).at(0) ==
        R"([{"channel":"/a","data":1}])");
  again.session->abort();
  bus.advance(Milliseconds(10'000));
  CHECK(bus->stats().clients == 0);
}

TEST_CASE("a client may shake hands again on the socket on which its session ended", "[websocket]") {
  TestBus bus;
  WebSocketGateway gateway(*bus);
  Talker client(gateway);
  client.join();
  CHECK_FALSE(client.session->finished());
  client.say(client.message("/meta/disconnect"));
  CHECK(client.session->finished());
  client.join();
  CHECK_FALSE(client.session->finished());
  bus->channel("/a").publish(1);
  CHECK(client.heard().size() == 1);
}

TEST_CASE("pages of other origins are refused unless they are listed", "[websocket][security]") {
  TestBus bus;
  WebSocketGateway gateway(*bus, {.allowed_origins = {"https://friend.example"}});
  const auto status = [&](std::vector<Request::Header> headers) {
    const auto answer = gateway.open(upgrade(std::move(headers)), std::make_shared<CountingCarrier>());
    return answer.session != nullptr ? 101 : answer.refusal.status;
  };
  CHECK(status({}) == 101);
  CHECK(status({{"Origin", "https://localhost:8080"}}) == 101);
  CHECK(status({{"Origin", "https://friend.example"}}) == 101);
  CHECK(status({{"Origin", "https://evil.example"}}) == 403);
  CHECK(status({{"Origin", "https://friend.example.evil.example"}}) == 403);
  CHECK(status({{"Origin", "null"}}) == 403);
  CHECK(status({{"Origin", "https://friend.example"}, {"Origin", "https://evil.example"}}) == 403);
}

TEST_CASE("a subprotocol that is offered is selected", "[websocket]") {
  TestBus bus;
  const auto selected = [&](std::vector<std::string> spoken, std::vector<Request::Header> headers) -> std::string {
    WebSocketGateway gateway(*bus, {.protocols = std::move(spoken)});
    const auto answer = gateway.open(upgrade(std::move(headers)), std::make_shared<CountingCarrier>());
    return answer.session != nullptr ? answer.protocol : std::to_string(answer.refusal.status);
  };
  CHECK(selected({}, {}).empty());
  CHECK(selected({}, {{"Sec-WebSocket-Protocol", "a, b"}}) == "a");
  CHECK(selected({"b", "a"}, {{"sec-websocket-protocol", "x,a , b"}}) == "b");
  CHECK(selected({"b"}, {{"Sec-WebSocket-Protocol", "a"}, {"Sec-WebSocket-Protocol", "b"}}) == "b");
  CHECK(selected({"b"}, {{"Sec-WebSocket-Protocol", "a"}}) == "400");
  CHECK(selected({"b"}, {}) == "400");
  CHECK(selected({}, {{"Sec-WebSocket-Protocol", "a b"}}) == "400");
  CHECK(selected({}, {{"Sec-WebSocket-Protocol", "a,,b"}}) == "400");
}

TEST_CASE("policies see the request that opened the socket, with every message", "[websocket][policy]") {
  const auto witness = std::make_shared<RequestWitness>();
  Config config;
  config.policy = witness;
  TestBus bus(std::move(config));
  WebSocketGateway gateway(*bus);
  Talker client = [&] {
    auto request = upgrade({{"X-Color", "red"}, {"Cookie", "color=blue"}});
    request.attachment = std::any(7);
    return Talker(gateway, request);
  }();
  client.join();
  client.say(client.message("/b", R"("data":1)"));
  const auto seen = witness->seen();
  REQUIRE(seen.size() == 5);
  for (const auto& one : seen) {
    CHECK(one.method == "GET");
    CHECK(one.target == "/bayeux?room=1");
    CHECK(one.remote_address == "192.0.2.7");
    CHECK(one.color_header == "red");
    CHECK(one.color_cookie == "blue");
    CHECK(one.tls);
    CHECK(one.number == 7);
    CHECK(one.headers.size() == 3);
  }
}

TEST_CASE("a session that is bound to a browser is not to be had over a socket without its cookie",
          "[websocket][security]") {
  TestBus bus;
  WebSocketGateway gateway(*bus);
  const auto browser = "BAYEUX_BROWSER=" + std::string(26, 'a');
  const auto cookie = std::vector<Request::Header>{{"Cookie", browser}};
  Talker owner(gateway, upgrade(cookie));
  owner.join();
  Talker thief(gateway);
  thief.id = owner.id;
  CHECK(thief.say(thief.message("/meta/connect", R"("id":"1","connectionType":"websocket")")).at(0).find("402::") !=
        std::string::npos);
  bus->channel("/a").publish(1);
  CHECK(owner.heard().size() == 1);
  Talker again(gateway, upgrade(cookie));
  again.id = owner.id;
  again.say(again.message("/meta/connect", R"("connectionType":"websocket")"));
  CHECK(owner.session->finished());
}

TEST_CASE("a client without cookies shakes hands over a socket and is known there", "[websocket]") {
  Config config;
  config.cookie_binding = CookieBinding::always;
  TestBus bus(std::move(config));
  WebSocketGateway gateway(*bus);
  Talker client(gateway);
  client.join();
  bus->channel("/a").publish(1);
  CHECK(client.heard().size() == 1);
}

TEST_CASE("where the cookie is asked for from the beginning, a session without one belongs to its socket",
          "[websocket][security]") {
  Config config;
  config.cookie_binding = CookieBinding::always;
  TestBus bus(std::move(config));
  WebSocketGateway gateway(*bus);
  const auto publish = [](Talker& talker, const Talker& whose) {
    const auto replies = talker.say("[" + message(whose.id, "/b", R"("data":1)") + "]");
    return Json::parse(replies.at(0)).value_or(Json())[0]["error"].as_string();
  };
  Talker owner(gateway);
  owner.join();
  Talker thief(gateway);
  CHECK(publish(thief, owner) == "402::session_unknown");
  Talker other(gateway);
  other.join();
  CHECK(publish(other, owner) == "402::session_unknown");
  CHECK(publish(owner, owner).empty());
  bus->channel("/a").publish(1);
  CHECK(owner.heard().size() == 1);
  CHECK(thief.heard().empty());
}

TEST_CASE("where the cookie is asked for from the beginning, a session goes on over another socket that brings it",
          "[websocket][security]") {
  Config config;
  config.cookie_binding = CookieBinding::always;
  TestBus bus(std::move(config));
  WebSocketGateway gateway(*bus);
  const std::vector<Request::Header> cookie{{"Cookie", "BAYEUX_BROWSER=abc"}};
  Talker first(gateway, upgrade(cookie));
  first.join();
  first.session->abort();
  Talker second(gateway, upgrade(cookie));
  second.id = first.id;
  CHECK(second.say(second.message("/b", R"("data":1)")).at(0).find(R"("successful":true)") != std::string::npos);
  Talker without(gateway);
  without.id = first.id;
  CHECK(without.say(without.message("/b", R"("data":1)")).at(0).find("402::") != std::string::npos);
}

TEST_CASE("a gateway refuses what makes no sense", "[websocket][config]") {
  TestBus bus;
  CHECK_THROWS_AS(WebSocketGateway(*bus, {.allowed_origins = {"example.org"}}), std::system_error);
  CHECK_THROWS_AS(WebSocketGateway(*bus, {.protocols = {"a b"}}), std::system_error);
  CHECK_THROWS_AS(WebSocketGateway(*bus, {.max_message = 0}), std::system_error);
  CHECK_THROWS_AS(WebSocketGateway(*bus, {.max_take = 0}), std::system_error);
  CHECK_THROWS_AS(WebSocketGateway(*bus, {.cookie_name = ""}), std::system_error);
}
