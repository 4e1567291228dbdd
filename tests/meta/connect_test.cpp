#include "support/catch.hpp"

#include "meta/answers.hpp"

using namespace bayeux;
using namespace bayeux::test;
using namespace std::chrono_literals;

TEST_CASE("the first connect of a session is answered at once, without being asked to", "[connect]") {
  TestBus bus;
  auto first = poll(*bus, shake_hands(*bus));
  CHECK(first.ready());
  CHECK(first.text() == R"([{"channel":"/meta/connect","id":"3","successful":true}])");
}

TEST_CASE("later connects are held for the timeout, and then answered with nothing but the reply", "[connect]") {
  TestBus bus;
  auto held = poll(*bus, join(*bus));
  CHECK_FALSE(held.ready());
  bus.advance(24'999ms);
  CHECK_FALSE(held.ready());
  CHECK(held.wakes() == 0);
  bus.advance(1ms);
  CHECK(held.ready());
  CHECK(held.wakes() == 1);
  CHECK(held.text() == R"([{"channel":"/meta/connect","id":"3","successful":true}])");
  CHECK(held.link().finished());
}

TEST_CASE("an event ends a held connect, and stands before its reply", "[connect]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  auto held = poll(*bus, client);
  bus->channel("/a").publish(1);
  bus->channel("/a").publish(2);
  CHECK(held.wakes() == 1);
  CHECK(held.text() == R"([{"channel":"/a","data":1},{"channel":"/a","data":2},)"
                       R"({"channel":"/meta/connect","id":"3","successful":true}])");
  CHECK_FALSE(held.ready());
}

TEST_CASE("a connect that finds something queued is answered at once", "[connect]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  bus->channel("/a").publish(1);
  auto connect = poll(*bus, client);
  CHECK(connect.ready());
  CHECK(channels(connect.response()) == "/a /meta/connect");
}

TEST_CASE("a second /meta/connect releases the first, which has nothing to say", "[connect]") {
  TestBus bus;
  const auto client = join(*bus);
  auto first = poll(*bus, client);
  auto second = poll(*bus, client);
  CHECK(first.ready());
  CHECK(first.wakes() == 1);
  CHECK_FALSE(second.ready());
  CHECK(first.text() == "[]");
  CHECK(first.link().superseded());
  CHECK(first.link().finished());
  bus->client(client).deliver("/x", 1);
  CHECK(channels(second.response()) == "/x /meta/connect");
  CHECK_FALSE(second.link().superseded());
}

TEST_CASE("a superseded connect that is taken late takes no events with it", "[connect]") {
  TestBus bus;
  const auto client = join(*bus);
  auto first = poll(*bus, client);
  auto second = poll(*bus, client);
  bus->client(client).deliver("/x", 1);
  CHECK(first.text() == "[]");
  CHECK(channels(second.response()) == "/x /meta/connect");
}

TEST_CASE("the older connect is released also when the newer one is answered at once", "[connect]") {
  TestBus bus;
  const auto client = join(*bus);
  auto first = poll(*bus, client);
  CHECK(channels(collect(*bus, client)) == "/meta/connect");
  CHECK(first.ready());
  CHECK(first.text() == "[]");
  CHECK(first.link().superseded());
}

TEST_CASE("of many connects of one session only the last is held", "[connect]") {
  TestBus bus;
  const auto client = join(*bus);
  std::vector<std::unique_ptr<Exchange>> all;
  for (int i = 0; i < 300; ++i) {
    all.push_back(std::make_unique<Exchange>(*bus, message(client, "/meta/connect", R"("id":"3")")));
  }
  int ready = 0;
  for (auto& exchange : all) ready += exchange->ready() ? 1 : 0;
  CHECK(ready == 299);
  CHECK_FALSE(all.back()->ready());
}

TEST_CASE("a connect that shares its request is not held, and takes along what the others caused", "[connect]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  Exchange batch(*bus, "[" + message(client, "/meta/connect", R"("id":"1")") + "," +
                           message(client, "/a", R"("id":"2","data":7)") + "]");
  CHECK(batch.ready());
  CHECK(batch.text() == R"([{"channel":"/a","data":7},{"channel":"/meta/connect","id":"1","successful":true},)"
                        R"({"channel":"/a","id":"2","successful":true}])");
}

TEST_CASE("what shares its request with a superseded connect is answered all the same", "[connect]") {
  TestBus bus;
  const auto client = join(*bus);
  Exchange batch(*bus, "[" + message(client, "/meta/connect", R"("id":"3")") + "," +
                           message(client, "/meta/subscribe", R"("id":"4","subscription":"/a")") + "]");
  auto newer = poll(*bus, client);
  CHECK(channels(batch.response()) == "/meta/subscribe");
  CHECK(batch.link().superseded());
}

TEST_CASE("two connects in one request are both answered", "[connect]") {
  TestBus bus;
  const auto client = join(*bus);
  Exchange batch(*bus, "[" + message(client, "/meta/connect", R"("id":"1")") + "," +
                           message(client, "/meta/connect", R"("id":"2")") + "]");
  CHECK(batch.ready());
  CHECK(channels(batch.response()) == "/meta/connect /meta/connect");
}

TEST_CASE("a connect is held whatever connection type it names", "[connect]") {
  TestBus bus;
  const auto client = join(*bus);
  CHECK_FALSE(Exchange(*bus, message(client, "/meta/connect")).ready());
  CHECK_FALSE(Exchange(*bus, message(client, "/meta/connect", R"("connectionType":"carrier-pigeon")")).ready());
}

TEST_CASE("a connect of an unknown client is told to shake hands again", "[connect]") {
  TestBus bus;
  const char* const expected = R"({"channel":"/meta/connect","id":"3","successful":false,)"
                               R"("error":"402::session_unknown","advice":{"reconnect":"handshake","interval":0}})";
  CHECK(poll(*bus, "nobody").response()[0].text() == expected);
  CHECK(ask(*bus, R"({"channel":"/meta/connect","id":"3"})")[0].text() == expected);
}

TEST_CASE("a known client whose connect cannot be read is not sent back to its handshake", "[connect]") {
  TestBus bus;
  const auto client = join(*bus);
  const Json reply = tell(*bus, client, "/meta/connect", R"("id":"3","advice":5)");
  CHECK(reply.text() == R"({"channel":"/meta/connect","id":"3","successful":false,"error":"400::bad_request"})");
}

TEST_CASE("a peer that hangs up on a held connect loses nothing and blocks nobody", "[connect]") {
  TestBus bus;
  const auto client = join(*bus);
  auto held = poll(*bus, client);
  held.hang_up();
  bus->client(client).deliver("/x", 1);
  CHECK(held.wakes() == 0);
  CHECK(held.text() == "[]");
  CHECK(channels(poll(*bus, client).response()) == "/x /meta/connect");
}

TEST_CASE("a peer that hangs up after it was woken, before the response was taken, loses nothing", "[connect]") {
  TestBus bus;
  const auto client = join(*bus);
  auto held = poll(*bus, client);
  bus->client(client).deliver("/x", 1);
  CHECK(held.ready());
  held.hang_up();
  CHECK_FALSE(held.ready());
  CHECK(channels(poll(*bus, client).response()) == "/x /meta/connect");
}

TEST_CASE("a response carries no more bytes of events than it may, and the rest comes with the next", "[connect]") {
  TestBus bus;
  const auto client = join(*bus);
  for (int i = 1; i <= 3; ++i) bus->client(client).deliver("/x", i);
  const std::size_t one = std::string_view(R"({"channel":"/x","data":1})").size();
  auto first = poll(*bus, client);
  CHECK(events(Json::parse(first.text(2 * one + 1)).value()) == "1 2");
  auto second = poll(*bus, client);
  CHECK(second.ready());
  CHECK(second.text(1) == R"([{"channel":"/x","data":3},{"channel":"/meta/connect","id":"3","successful":true}])");
  CHECK_FALSE(poll(*bus, client).ready());
}

TEST_CASE("over a lasting connection events come without a connect, which is only a heartbeat", "[connect]") {
  TestBus bus;
  Socket socket(*bus);
  const auto client = socket.join();
  CHECK(socket.say(message(client, "/meta/connect", R"("id":"3")")).empty());
  bus->client(client).deliver("/x", 1);
  CHECK(channels(socket.hear()) == "/x");
  bus.advance(25s);
  CHECK(socket.hear().text() == R"([{"channel":"/meta/connect","id":"3","successful":true}])");
}

TEST_CASE("a frame with a connect and more holds the connect alone", "[connect]") {
  TestBus bus;
  Socket socket(*bus);
  const auto client = socket.join();
  const Json answers = socket.say("[" + message(client, "/meta/connect", R"("id":"3")") + "," +
                                  message(client, "/a", R"("id":"4","data":1)") + "]");
  CHECK(answers.text() == R"([{"channel":"/a","id":"4","successful":true}])");
  bus.advance(25s);
  CHECK(channels(socket.hear()) == "/meta/connect");
}

TEST_CASE("a second connect on one lasting connection forgets the first, silently", "[connect]") {
  TestBus bus;
  Socket socket(*bus);
  const auto client = socket.join();
  socket.say(message(client, "/meta/connect", R"("id":"3")"));
  CHECK(socket.say(message(client, "/meta/connect", R"("id":"4")")).empty());
  bus.advance(60s);
  CHECK(socket.hear().text() == R"([{"channel":"/meta/connect","id":"4","successful":true}])");
}

TEST_CASE("a session moves from polling to a lasting connection and back", "[connect]") {
  TestBus bus;
  const auto client = join(*bus);
  Socket socket(*bus);
  auto held = poll(*bus, client);
  socket.say(message(client, "/meta/connect", R"("id":"4")"));
  CHECK(held.ready());
  CHECK(held.text() == "[]");
  bus->client(client).deliver("/x", 1);
  CHECK(channels(socket.hear()) == "/x");

  auto back = poll(*bus, client);
  bus->client(client).deliver("/x", 2);
  CHECK(events(back.response()) == "2");
  CHECK(socket.hear().empty());
  CHECK(socket.link().finished());
}

TEST_CASE("a lasting connection that its session has left takes no events with it", "[connect]") {
  TestBus bus;
  Socket socket(*bus);
  const auto client = socket.join();
  auto held = poll(*bus, client);
  bus->client(client).deliver("/x", 1);
  CHECK(socket.hear().empty());
  CHECK(channels(held.response()) == "/x /meta/connect");
}

TEST_CASE("two clients take turns on one lasting connection", "[connect]") {
  TestBus bus;
  Socket socket(*bus);
  const auto one = socket.join();
  const auto two = socket.join();
  CHECK(one != two);
  bus->client(one).deliver("/x", 1);
  CHECK(socket.hear().empty());
  socket.say(message(one, "/meta/subscribe", R"("subscription":"/a")"));
  bus->client(one).deliver("/x", 2);
  CHECK(socket.hear()[0]["data"] == Json(2));
}

TEST_CASE("what waited for a client that has gone comes before the handshake of the next one on its connection", "[connect]") {
  TestBus bus;
  Socket socket(*bus);
  const auto one = socket.join();
  bus->client(one).deliver("/x", 1);
  CHECK_FALSE(socket.link().receive(message(one, "/meta/disconnect")));
  CHECK_FALSE(socket.link().receive(R"({"channel":"/meta/handshake"})"));
  CHECK(channels(socket.hear()) == "/x /meta/disconnect /meta/handshake");
}
