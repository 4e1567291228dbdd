#include "support/catch.hpp"

#include "meta/answers.hpp"

using namespace bayeux;
using namespace bayeux::test;
using namespace std::chrono_literals;

TEST_CASE("a disconnect ends the session", "[disconnect]") {
  TestBus bus;
  const auto client = join(*bus);
  CHECK(tell(*bus, client, "/meta/disconnect", R"("id":"9")").text() ==
        R"({"channel":"/meta/disconnect","id":"9","successful":true})");
  CHECK_FALSE(bus->client(client).valid());
  CHECK(bus->stats().clients == 0);
  CHECK(tell(*bus, client, "/meta/disconnect")["error"] == Json("402::session_unknown"));
  CHECK(poll(*bus, client).response()[0]["advice"]["reconnect"] == Json("handshake"));
}

TEST_CASE("a disconnect answers the held connect as a plain success, without advice", "[disconnect]") {
  TestBus bus;
  const auto client = join(*bus);
  Exchange held(*bus, message(client, "/meta/connect", R"("id":"3","advice":{"timeout":20000})"));
  CHECK_FALSE(held.ready());
  tell(*bus, client, "/meta/disconnect");
  CHECK(held.wakes() == 1);
  CHECK(held.ready());
  CHECK(held.text() == R"([{"channel":"/meta/connect","id":"3","successful":true}])");
}

TEST_CASE("what a client publishes in the request of its disconnect is delivered, and what follows is not",
          "[disconnect]") {
  TestBus bus;
  const auto other = join(*bus);
  subscribe(*bus, other, "/a");
  const auto client = join(*bus);
  Exchange batch(*bus, "[" + message(client, "/a", R"("id":"1","data":"bye")") + "," +
                           message(client, "/meta/disconnect", R"("id":"2")") + "," +
                           message(client, "/a", R"("id":"3","data":"ghost")") + "," +
                           message(client, "/meta/connect", R"("id":"4")") + "]");
  const Json response = batch.response();
  REQUIRE(response.size() == 4);
  CHECK(response[1]["successful"] == Json(true));
  CHECK(response[2]["error"] == Json("402::session_unknown"));
  CHECK(response[3]["error"] == Json("402::session_unknown"));
  CHECK(events(collect(*bus, other)) == R"("bye")");
}

TEST_CASE("what is queued for a client that disconnects rides on the held connect, or else on the response",
          "[disconnect]") {
  TestBus bus;
  const auto client = join(*bus);
  const auto alone = join(*bus);
  bus->client(alone).deliver("/x", 1);
  CHECK(channels(ask(*bus, message(alone, "/meta/disconnect"))) == "/x /meta/disconnect");

  subscribe(*bus, client, "/a");
  auto held = poll(*bus, client);
  const Json response =
      ask(*bus, "[" + message(client, "/a", R"("data":1)") + "," + message(client, "/meta/disconnect") + "]");
  CHECK(channels(response) == "/a /meta/disconnect");
  CHECK(response[0].find("data") == nullptr);
  CHECK(channels(held.response()) == "/a /meta/connect");
}

TEST_CASE("a client that is ended by the application is told on its held connect, and to stay away", "[disconnect]") {
  TestBus bus;
  const auto client = join(*bus);
  auto held = poll(*bus, client);
  CHECK_FALSE(bus->client(client).disconnect());
  CHECK(held.text() == R"([{"channel":"/meta/disconnect","successful":true},)"
                       R"({"channel":"/meta/connect","id":"3","successful":true,"advice":{"reconnect":"none"}}])");
  CHECK(bus->stats().clients == 0);
}

TEST_CASE("a last word to a client that is then ended arrives before the farewell", "[disconnect]") {
  TestBus bus;
  const auto client = join(*bus);
  auto held = poll(*bus, client);
  bus->client(client).deliver("/bye", 1);
  bus->client(client).disconnect();
  CHECK(held.wakes() == 1);
  const Json response = held.response();
  CHECK(channels(response) == "/bye /meta/disconnect /meta/connect");
  CHECK(response[2]["advice"].text() == R"({"reconnect":"none"})");
}

TEST_CASE("a last word is not written to a connect whose response was taken before", "[disconnect]") {
  TestBus bus;
  const auto client = join(*bus);
  auto held = poll(*bus, client);
  bus->client(client).deliver("/bye", 1);
  CHECK(channels(held.response()) == "/bye /meta/connect");
  bus->client(client).disconnect();
  CHECK(held.link().take(1000).empty());
}

TEST_CASE("a client that is ended between two polls learns it from its next connect", "[disconnect]") {
  TestBus bus;
  const auto client = join(*bus);
  bus->client(client).disconnect();
  CHECK(poll(*bus, client).response()[0].text() ==
        R"({"channel":"/meta/connect","id":"3","successful":false,"error":"402::session_unknown",)"
        R"("advice":{"reconnect":"handshake","interval":0}})");
}

TEST_CASE("over a lasting connection the held connect is answered before the disconnect", "[disconnect]") {
  TestBus bus;
  Socket socket(*bus);
  const auto client = socket.join();
  socket.say(message(client, "/meta/connect", R"("id":"3")"));
  CHECK(socket.say(message(client, "/meta/disconnect", R"("id":"4")")).text() ==
        R"([{"channel":"/meta/connect","id":"3","successful":true},)"
        R"({"channel":"/meta/disconnect","id":"4","successful":true}])");
  CHECK(socket.link().finished());
}

TEST_CASE("over a lasting connection a client that is ended gets the farewell even without a connect", "[disconnect]") {
  TestBus bus;
  Socket socket(*bus);
  const auto client = socket.join();
  bus->client(client).deliver("/bye", 1);
  bus->client(client).disconnect();
  CHECK(socket.wakes() > 0);
  CHECK_FALSE(socket.link().finished());
  CHECK(channels(socket.hear()) == "/bye /meta/disconnect");
  CHECK(socket.link().finished());
}

TEST_CASE("a client that re-subscribes and leaves in one request still reads its replies first", "[disconnect]") {
  TestBus bus;
  const auto client = join(*bus);
  for (int i = 0; i < 5; ++i) bus->client(client).deliver("/x", i);
  collect(*bus, client);
  const Json response =
      ask(*bus, "[" + message(client, "/meta/subscribe", R"("subscription":"/a")") + "," +
                    message(client, "/a", R"("data":1)") + "," + message(client, "/meta/disconnect") + "]");
  CHECK(channels(response) == "/meta/subscribe /a /a /meta/disconnect");
}

TEST_CASE("listeners hear why a client has gone, once", "[disconnect]") {
  TestBus bus;
  std::string heard;
  const auto listening = bus->on_client_removed([&](const Client& client, Removal why) {
    CHECK_FALSE(client.connected());
    heard += client.id() + (why == Removal::disconnect ? " left " : why == Removal::kicked ? " kicked " : " expired ");
  });
  tell(*bus, join(*bus), "/meta/disconnect");
  bus->client(join(*bus)).disconnect();
  join(*bus);
  bus.advance(60s);
  CHECK(heard == "client1 left client2 kicked client3 expired ");
}
