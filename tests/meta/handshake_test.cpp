#include "support/catch.hpp"

#include "meta/answers.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

const char* const plain =
    R"([{"channel":"/meta/handshake","id":"1","version":"1.0","supportedConnectionTypes":["long-polling"]}])";

std::string shake_with(const std::string& more) {
  return R"([{"channel":"/meta/handshake","id":"1",)" + more + "}]";
}

}  // namespace

TEST_CASE("a handshake is answered with an id, the version, the connection types and full advice", "[handshake]") {
  TestBus bus;
  bus->add_connection_type("callback-polling");
  const Json reply = ask(*bus, plain)[0];
  CHECK(reply["channel"] == Json("/meta/handshake"));
  CHECK(reply["id"] == Json("1"));
  CHECK(reply["successful"] == Json(true));
  CHECK(reply["clientId"] == Json("client1"));
  CHECK(reply["version"] == Json("1.0"));
  CHECK(reply["supportedConnectionTypes"].text() == R"(["long-polling","callback-polling"])");
  CHECK(reply["advice"].text() == R"({"reconnect":"retry","interval":0,"timeout":25000})");
  CHECK(reply.find("data") == nullptr);
  CHECK(reply.find("error") == nullptr);
}

TEST_CASE("a handshake never has to carry version, types or id", "[handshake]") {
  TestBus bus;
  const Json reply = ask(*bus, R"({"channel":"/meta/handshake"})")[0];
  CHECK(reply["successful"] == Json(true));
  CHECK(reply.find("id") == nullptr);
}

TEST_CASE("odd versions and unknown or repeated connection types are accepted", "[handshake]") {
  TestBus bus;
  for (const char* more : {R"("version":"2.0")", R"("version":7)", R"("version":"0.9","minimumVersion":{})",
                           R"("supportedConnectionTypes":["in-process","in-process"])",
                           R"("supportedConnectionTypes":"long-polling")", R"("supportedConnectionTypes":[])"}) {
    CAPTURE(more);
    CHECK(ask(*bus, shake_with(more))[0]["successful"] == Json(true));
  }
}

TEST_CASE("every handshake makes a new session, also one that names an old one", "[handshake]") {
  TestBus bus;
  const auto old = join(*bus);
  const Json reply = ask(*bus, shake_with(R"("clientId":")" + old + "\""))[0];
  CHECK(reply["clientId"] == Json("client2"));
  CHECK(bus->client(old).connected());
  CHECK(bus->stats().clients == 2);
}

TEST_CASE("companions of a handshake are not processed and each is told so", "[handshake]") {
  TestBus bus;
  const auto other = join(*bus);
  const Json response = ask(*bus, "[{\"channel\":\"/meta/handshake\",\"id\":\"1\"}," +
                                      message(other, "/meta/subscribe", R"("id":"2","subscription":"/a")") + "," +
                                      message("client2", "/meta/connect", R"("id":"3")") + R"(,{"id":"4"}])");
  REQUIRE(response.size() == 4);
  CHECK(response[0]["successful"] == Json(true));
  CHECK(
      response[1].text() ==
      R"({"channel":"/meta/subscribe","id":"2","successful":false,"error":"402::session_unknown","subscription":"/a"})");
  CHECK(response[2].text() ==
        R"({"channel":"/meta/connect","id":"3","successful":false,"error":"402::session_unknown"})");
  CHECK(response[3].text() == R"({"id":"4","successful":false,"error":"400::channel_missing"})");
  CHECK(bus->channel("/a").subscribers() == 0);
}

TEST_CASE("a second handshake in one request makes no second session", "[handshake]") {
  TestBus bus;
  const Json response = ask(*bus, R"([{"channel":"/meta/handshake","id":"1"},{"channel":"/meta/handshake","id":"2"}])");
  CHECK(response[1]["successful"] == Json(false));
  CHECK(response[1]["error"] == Json("402::session_unknown"));
  CHECK(bus->stats().clients == 1);
}

TEST_CASE("a handshake behind other messages fails the request and does nothing of it", "[handshake]") {
  TestBus bus;
  const auto client = join(*bus);
  Exchange exchange(
      *bus, "[" + message(client, "/meta/subscribe", R"("subscription":"/a")") + R"(,{"channel":"/meta/handshake"}])");
  CHECK(exchange.error() == Errc::handshake_not_first);
  CHECK_FALSE(exchange.ready());
  CHECK(bus->channel("/a").subscribers() == 0);
  CHECK(bus->stats().clients == 1);

  Exchange slashed(*bus, "[" + message(client, "/a", R"("data":1)") + R"(,{"channel":"/meta/handshake/"}])");
  CHECK(slashed.error() == Errc::handshake_not_first);
}

TEST_CASE("a refused handshake says why, names no client and tells the peer to give up", "[handshake]") {
  struct Closed final : SecurityPolicy {
    Verdict can_handshake(const Attempt& attempt) override {
      const auto& [client, message, request] = attempt;
      CHECK(request.target.empty());
      CHECK(client.valid());
      CHECK_FALSE(client.connected());
      return message.ext["token"] == Json("right") ? Verdict::allow() : Verdict::deny("bad: \"token\"\n");
    }
  };
  Config config;
  config.policy = std::make_shared<Closed>();
  TestBus bus(config);
  const Json reply = ask(*bus, shake_with(R"("ext":{"token":"wrong"})"))[0];
  CHECK(reply["successful"] == Json(false));
  CHECK(reply["error"] == Json("403:badtoken:handshake_denied"));
  CHECK(reply["advice"].text() == R"({"reconnect":"none"})");
  CHECK(reply.find("clientId") == nullptr);
  CHECK(bus->stats().clients == 0);
  CHECK(ask(*bus, shake_with(R"("ext":{"token":"right"})"))[0]["successful"] == Json(true));
}

TEST_CASE("a bus that is full sends handshakes away for a while, and takes them again", "[handshake]") {
  Config config;
  config.max_sessions = 1;
  TestBus bus(config);
  const auto first = join(*bus);
  const Json reply = ask(*bus, plain)[0];
  CHECK(reply["error"] == Json("503::server_busy"));
  CHECK(reply["advice"]["reconnect"] == Json("handshake"));
  CHECK(reply["advice"]["interval"].as_integer() >= 10'000);
  CHECK(reply.find("clientId") == nullptr);
  bus->client(first).disconnect();
  CHECK(ask(*bus, plain)[0]["successful"] == Json(true));
}

TEST_CASE("strict mode wants a version 1.x and a common connection type", "[handshake]") {
  Config config;
  config.strict_handshake = true;
  TestBus bus(config);
  const auto error = [&](const std::string& more) { return ask(*bus, shake_with(more))[0]["error"].as_string(); };
  CHECK(ask(*bus, plain)[0]["successful"] == Json(true));
  CHECK(ask(*bus,
            shake_with(R"("version":"1.0beta-2","supportedConnectionTypes":["x","long-polling"])"))[0]["successful"] ==
        Json(true));
  CHECK(error(R"("supportedConnectionTypes":["long-polling"])") == "400::version_missing");
  CHECK(error(R"("version":"2.0","supportedConnectionTypes":["long-polling"])") == "300::version_mismatch");
  CHECK(error(R"("version":"10","supportedConnectionTypes":["long-polling"])") == "300::version_mismatch");
  CHECK(error(R"("version":1,"supportedConnectionTypes":["long-polling"])") == "300::version_mismatch");
  CHECK(error(R"("version":"1.0","supportedConnectionTypes":["websocket"])") == "405::no_transport");
  CHECK(error(R"("version":"1.0")") == "405::no_transport");
  const Json refused = ask(*bus, shake_with(R"("version":"1.0")"))[0];
  CHECK(refused["advice"].text() == R"({"reconnect":"none"})");
  CHECK(refused["supportedConnectionTypes"].text() == R"(["long-polling"])");
  CHECK(bus->stats().clients == 2);
}

TEST_CASE("a listener hears of every new client, and may speak to it before its first connect", "[handshake]") {
  TestBus bus;
  std::string heard;
  const auto listening = bus->on_client_added([&](const Client& client) {
    heard += client.id();
    CHECK(client.connected());
    client.deliver("/welcome", "hi");
  });
  const Json response = ask(*bus, plain);
  CHECK(response.size() == 1);
  CHECK(heard == "client1");
  CHECK(channels(collect(*bus, "client1")) == "/welcome /meta/connect");
}

TEST_CASE("a source of ids that fails or repeats itself fails the handshake closed", "[handshake]") {
  struct Broken final : IdSource {
    std::string client_id() override {
      if (++calls == 1) throw std::runtime_error("no entropy");
      return "same";
    }
    std::string browser_id() override { return "browser"; }
    int calls = 0;
  };
  Config config;
  config.ids = std::make_shared<Broken>();
  Bus bus(config);
  CHECK(ask(bus, plain)[0]["successful"] == Json(false));
  CHECK(ask(bus, plain)[0]["successful"] == Json(true));
  const Json again = ask(bus, plain)[0];
  CHECK(again["successful"] == Json(false));
  CHECK(again.find("clientId") == nullptr);
  CHECK(bus.stats().clients == 1);
}
