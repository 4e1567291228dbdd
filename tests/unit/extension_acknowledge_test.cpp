#include <memory>
#include <string>

#include <bayeux/extensions/acknowledge.hpp>

#include "support/catch.hpp"

#include "meta/answers.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

std::string ext_ack(const std::string& ack) {
  return R"("ext":{"ack":)" + ack + "}";
}

/// A bus that lets clients acknowledge.
struct Acknowledging {
  explicit Acknowledging(Config config = {}) : bus(std::move(config)) {}

  Json shake(const std::string& ack) {
    return ask(*bus, R"([{"channel":"/meta/handshake","id":"1",)" + ext_ack(ack) + "}]")[0];
  }

  /// A client that acknowledges, has connected once and is subscribed to `/a`.
  std::string join() {
    auto id = shake("true")["clientId"].as_string();
    connect(id, "0");
    subscribe(*bus, id, "/a");
    return id;
  }

  /// What comes at once with a connect that acknowledges.
  Json connect(const std::string& id, const std::string& ack) {
    return ask(*bus, message(id, "/meta/connect", R"("id":"c","advice":{"timeout":0},)" + ext_ack(ack)));
  }

  void publish(int data) { REQUIRE_FALSE(bus->channel("/a").publish(data)); }

  TestBus bus;
  Registration added = bus->add_extension(std::make_shared<Acknowledge>());
};

/// The number of the batch that a response completes.
Json batch(const Json& response) {
  return response.items().back()["ext"]["ack"];
}

struct Refusing final : SecurityPolicy {
  Verdict can_handshake(const Attempt&) override { return Verdict::deny(); }
};

}  // namespace

TEST_CASE("a client that asks for it acknowledges", "[ack]") {
  Acknowledging server;
  const Json reply = server.shake("true");
  CHECK(reply["successful"].as_bool());
  CHECK(reply["ext"].text() == R"({"ack":true})");
  CHECK(server.bus->client(reply["clientId"].as_string()).attribute<bool>("ack") == true);
}

TEST_CASE("only true asks for it", "[ack]") {
  Acknowledging server;
  for (const char* ack : {"false", "null", "1", R"("true")", "{}", R"({"enabled":true})", "[true]"}) {
    INFO(ack);
    const Json reply = server.shake(ack);
    CHECK(reply["successful"].as_bool());
    CHECK(reply.find("ext") == nullptr);
    const Json response = server.connect(reply["clientId"].as_string(), "0");
    CHECK(response[0]["successful"].as_bool());
    CHECK(response[0].find("ext") == nullptr);
  }
}

TEST_CASE("a handshake that is refused promises nothing", "[ack]") {
  Config config;
  config.policy = std::make_shared<Refusing>();
  Acknowledging server(config);
  const Json reply = server.shake("true");
  CHECK_FALSE(reply["successful"].as_bool(true));
  CHECK(reply.find("ext") == nullptr);
}

TEST_CASE("every reply to a connect completes a batch, whether there is anything in it or not", "[ack]") {
  Acknowledging server;
  const auto id = server.shake("true")["clientId"].as_string();
  for (int number = 1; number < 6; ++number) {
    CHECK(batch(server.connect(id, std::to_string(number - 1))) == Json(number));
  }
}

TEST_CASE("what was acknowledged does not come again", "[ack]") {
  Acknowledging server;
  const auto id = server.join();
  server.publish(1);
  server.publish(2);
  const Json first = server.connect(id, "1");
  CHECK(events(first) == "1 2");
  CHECK(batch(first) == Json(2));
  server.publish(3);
  CHECK(events(server.connect(id, "2")) == "3");
  CHECK(events(server.connect(id, "3")).empty());
  CHECK(server.bus->client(id).waiting().messages == 0);
}

TEST_CASE("what was not acknowledged comes again, in its order and before what is new", "[ack]") {
  Acknowledging server;
  const auto id = server.join();
  server.publish(1);
  server.publish(2);
  CHECK(events(server.connect(id, "1")) == "1 2");
  server.publish(3);
  const Json again = server.connect(id, "1");
  CHECK(events(again) == "1 2 3");
  CHECK(batch(again) == Json(3));
  server.publish(4);
  CHECK(events(server.connect(id, "1")) == "1 2 3 4");
  CHECK(events(server.connect(id, "4")).empty());
}

TEST_CASE("a reply that is taken after a newer connect came numbers no batch, which would acknowledge what came with that",
          "[ack]") {
  Acknowledging server;
  const auto id = server.join();
  const auto connect = message(id, "/meta/connect", R"("id":"c",)" + ext_ack("1"));
  Exchange first(*server.bus, connect);
  server.publish(1);
  REQUIRE(first.ready());
  // A proxy has sent it twice, and the second copy comes late; nobody reads the answer to that.
  CHECK(events(ask(*server.bus, connect)) == "1");
  CHECK(first.text() == "[]");
  CHECK(first.link().superseded());
  CHECK(events(server.connect(id, "1")) == "1");
}

TEST_CASE("a session that has ended meanwhile numbers no batch", "[ack]") {
  Acknowledging server;
  const auto id = server.join();
  auto held = poll(*server.bus, id);
  server.publish(1);
  server.bus->client(id).disconnect();
  const Json response = held.response();
  CHECK(events(response) == "1");
  for (const auto& message : response.items()) CHECK(message.find("ext") == nullptr);
}

TEST_CASE("a connection whose client has gone on elsewhere takes no batch any more", "[ack]") {
  Acknowledging server;
  auto carrier = std::make_shared<CountingCarrier>();
  const auto stalled = server.bus->open_link({"websocket", true, false, std::nullopt}, carrier);
  const auto id = server.join();
  REQUIRE_FALSE(stalled->receive(message(id, "/meta/connect", R"("id":"c",)" + ext_ack("1"))));
  server.publish(1);
  REQUIRE(carrier->wakes() == 1);
  Socket other(*server.bus);
  CHECK(events(other.say(message(id, "/meta/connect", R"("id":"c",)" + ext_ack("1")))) == "1");
  CHECK(stalled->take(1 << 20).empty());
  CHECK(stalled->finished());
}

TEST_CASE("an acknowledgement counts for all batches before", "[ack]") {
  Acknowledging server;
  const auto id = server.join();
  server.publish(1);
  CHECK(batch(server.connect(id, "1")) == Json(2));
  server.publish(2);
  // Batch 3 holds both again.
  CHECK(events(server.connect(id, "1")) == "1 2");
  server.publish(3);
  CHECK(events(server.connect(id, "3")) == "3");
}

TEST_CASE("a connect is not held while there is something to send again", "[ack]") {
  Acknowledging server;
  const auto id = server.join();
  server.publish(1);
  CHECK(events(server.connect(id, "1")) == "1");
  Exchange again(*server.bus, message(id, "/meta/connect", R"("id":"3",)" + ext_ack("1")));
  REQUIRE(again.ready());
  CHECK(events(again.response()) == "1");
}

TEST_CASE("a connect that acknowledged everything is held", "[ack]") {
  Acknowledging server;
  const auto id = server.join();
  server.publish(1);
  server.connect(id, "1");
  Exchange held(*server.bus, message(id, "/meta/connect", R"("id":"3",)" + ext_ack("2")));
  REQUIRE_FALSE(held.ready());
  server.publish(2);
  const Json response = held.response();
  CHECK(events(response) == "2");
  CHECK(batch(response) == Json(3));
}

TEST_CASE("messages come with replies to connects and with nothing else", "[ack]") {
  Acknowledging server;
  const auto id = server.join();
  server.publish(1);
  CHECK(channels(ask(*server.bus, message(id, "/b", R"("data":1)"))) == "/b");
  Socket socket(*server.bus);
  CHECK(channels(socket.say(message(id, "/b", R"("data":1)"))) == "/b");
  CHECK(events(socket.say(message(id, "/meta/connect", R"("id":"3",)" + ext_ack("1")))) == "1");
}

TEST_CASE("the first client of its kind begins with -1 and loses nothing", "[ack]") {
  Acknowledging server;
  const auto id = server.join();
  server.publish(1);
  CHECK(events(server.connect(id, "-1")) == "1");
  CHECK(events(server.connect(id, "-1")) == "1");
  CHECK(events(server.connect(id, "0")) == "1");
  CHECK(events(server.connect(id, "-9223372036854775808")) == "1");
}

TEST_CASE("a connect that acknowledges nothing is answered as any other", "[ack]") {
  Acknowledging server;
  const auto id = server.join();
  server.publish(1);
  const Json response = collect(*server.bus, id);
  CHECK(events(response) == "1");
  CHECK(batch(response) == Json(2));
  CHECK(events(server.connect(id, "1")) == "1");
}

TEST_CASE("a whole number is one however it is written", "[ack]") {
  Acknowledging server;
  const auto id = server.join();
  server.publish(1);
  CHECK(events(server.connect(id, "1.0")) == "1");
  CHECK(events(server.connect(id, "2e0")).empty());
}

TEST_CASE("what cannot be an acknowledgement is refused, and nothing is lost", "[ack]") {
  Acknowledging server;
  const auto id = server.join();
  server.publish(1);
  CHECK(events(server.connect(id, "1")) == "1");
  for (const char* ack : {
           R"("2")",
           "true",
           "false",
           "null",
           "[]",
           "[2]",
           "{}",
           R"({"batch":2})",
           "1.5",
           "3",
           "1000000",
           "1e300",
           "-1e300",
           "9223372036854775807",
           "9223372036854775808",
           "18446744073709551615",
           "1e19",
       }) {
    INFO(ack);
    const Json response = server.connect(id, ack);
    REQUIRE(response.size() == 1);
    CHECK_FALSE(response[0]["successful"].as_bool(true));
    CHECK(response[0]["error"] == Json("400::ack_invalid"));
    CHECK(response[0]["id"] == Json("c"));
    CHECK(response[0].find("ext") == nullptr);
    CHECK(response[0].find("advice") == nullptr);
  }
  server.publish(2);
  CHECK(events(server.connect(id, "1")) == "1 2");
}

TEST_CASE("an acknowledgement from the future leaves a held connect alone", "[ack]") {
  Acknowledging server;
  const auto id = server.join();
  Exchange held(*server.bus, message(id, "/meta/connect", R"("id":"3",)" + ext_ack("1")));
  REQUIRE_FALSE(held.ready());
  CHECK(server.connect(id, "77")[0]["error"] == Json("400::ack_invalid"));
  CHECK_FALSE(held.ready());
  server.publish(1);
  CHECK(events(held.response()) == "1");
}

TEST_CASE("a number on anything but a connect acknowledges nothing", "[ack]") {
  Acknowledging server;
  const auto id = server.join();
  server.publish(1);
  CHECK(events(server.connect(id, "1")) == "1");
  CHECK(tell(*server.bus, id, "/b", R"("data":1,)" + ext_ack("2"))["successful"].as_bool());
  CHECK(tell(*server.bus, id, "/meta/subscribe", R"("subscription":"/b",)" + ext_ack("99"))["successful"].as_bool());
  CHECK(events(server.connect(id, "1")) == "1");
}

TEST_CASE("a response that was lost on its way is sent again", "[ack]") {
  Acknowledging server;
  const auto id = server.join();
  Exchange lost(*server.bus, message(id, "/meta/connect", R"("id":"3",)" + ext_ack("1")));
  server.publish(1);
  REQUIRE(lost.ready());
  CHECK(events(lost.response()) == "1");
  lost.hang_up();
  server.publish(2);
  CHECK(events(server.connect(id, "1")) == "1 2");
}

TEST_CASE("a client that never comes back is forgotten with all that it did not acknowledge", "[ack]") {
  Acknowledging server;
  const auto id = server.join();
  server.publish(1);
  server.connect(id, "1");
  CHECK(server.bus->client(id).waiting().messages == 1);
  server.bus.advance(server.bus->config().max_interval + Milliseconds(1));
  CHECK_FALSE(server.bus->client(id).connected());
  CHECK(server.bus->client(id).waiting().messages == 0);
}

TEST_CASE("a connect that is turned away completes no batch, and what waits goes on waiting", "[ack]") {
  Config config;
  config.max_sessions_per_browser = 0;
  config.multi_session_interval = Milliseconds(0);
  Acknowledging server(config);
  const auto id = server.join();
  Exchange refused(*server.bus, message(id, "/meta/connect", R"("id":"3",)" + ext_ack("1")), with_cookie("b"));
  const Json response = refused.response();
  REQUIRE(response.size() == 1);
  CHECK_FALSE(response[0]["successful"].as_bool(true));
  CHECK(response[0].find("ext") == nullptr);
  server.publish(1);
  CHECK(events(server.connect(id, "1")) == "1");
}

TEST_CASE("who has no session is told so, whatever it acknowledges", "[ack]") {
  Acknowledging server;
  CHECK(server.connect("nobody", "99")[0]["error"] == Json("402::session_unknown"));
}

TEST_CASE("clients that did not ask are served as ever", "[ack]") {
  Acknowledging server;
  const auto id = test::join(*server.bus);
  subscribe(*server.bus, id, "/a");
  server.publish(1);
  CHECK(channels(server.connect(id, "99")) == "/a /meta/connect");
  CHECK(server.bus->client(id).waiting().messages == 0);
}
