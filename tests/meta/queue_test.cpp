#include <memory>
#include <string>

#include <bayeux/bayeux.hpp>
#include <bayeux/extensions/acknowledge.hpp>

#include "answers.hpp"
#include "support/catch.hpp"

namespace bayeux::test {
namespace {

Config three_messages() {
  Config config;
  config.max_queue_messages = 3;
  return config;
}

void publish(TestBus& bus, const char* channel, int from, int to) {
  for (int i = from; i <= to; ++i) bus->channel(channel).publish(i);
}

}  // namespace

TEST_CASE("a channel says what gives way when a queue is full", "[queue]") {
  TestBus bus(three_messages());
  const auto client = join(*bus);
  int full = 0;
  const auto listener = bus->on_queue_full([&](const Client& slow) { full += slow.id() == client ? 1 : 100; });
  subscribe(*bus, client, "/**");
  publish(bus, "/oldest", 1, 5);
  CHECK(events(collect(*bus, client)) == "3 4 5");
  CHECK(full == 1);
  bus->channel("/newest").configure({.overflow = Overflow::drop_newest});
  publish(bus, "/newest", 1, 5);
  CHECK(events(collect(*bus, client)) == "1 2 3");
  CHECK(full == 2);
  CHECK(bus->stats().dropped == 4);
  CHECK(bus->stats().queued_messages == 0);
  CHECK(bus->stats().queued_bytes == 0);
}

TEST_CASE("a session whose queue is full may be ended, and finds out with its next connect", "[queue]") {
  auto config = three_messages();
  config.overflow = Overflow::disconnect;
  TestBus bus(config);
  std::string why;
  const auto listener = bus->on_client_removed(
      [&](const Client&, Removal removal) { why += removal == Removal::queue ? "queue" : "other"; });
  const auto slow = join(*bus);
  const auto quick = join(*bus);
  subscribe(*bus, slow, "/a");
  subscribe(*bus, quick, "/a");
  publish(bus, "/a", 1, 2);
  CHECK(events(collect(*bus, quick)) == "1 2");
  publish(bus, "/a", 3, 5);
  CHECK(why == "queue");
  CHECK(bus->stats().expelled == 1);
  CHECK(events(collect(*bus, quick)) == "3 4 5");
  const auto reply = collect(*bus, slow)[0];
  CHECK(reply["error"] == Json("402::session_unknown"));
  CHECK(reply["advice"]["reconnect"] == Json("handshake"));
}

TEST_CASE("a lasting connection that does not read is told to start anew", "[queue]") {
  auto config = three_messages();
  config.overflow = Overflow::disconnect;
  TestBus bus(config);
  Socket socket(*bus);
  const auto client = socket.join();
  socket.say(message(client, "/meta/connect", R"("id":"9")"));
  for (int i = 0; i < 4; ++i) bus->client(client).deliver("/x", i);
  const auto heard = socket.hear();
  REQUIRE(heard.size() == 1);
  CHECK(heard[0]["id"] == Json("9"));
  CHECK(heard[0]["advice"]["reconnect"] == Json("handshake"));
  CHECK(socket.link().finished());
}

TEST_CASE("only the latest stays for each key, and the others keep their order", "[queue]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/**");
  bus->channel("/price/*").configure({.latest_by = "name"});
  bus->channel("/state").configure({.latest_by = ""});
  const auto price = [&](const char* channel, const char* name, int value) {
    bus->channel(channel).publish({{"name", name}, {"v", value}});
  };
  price("/price/us", "A", 1);
  price("/price/us", "B", 2);
  bus->channel("/other").publish("x");
  price("/price/us", "A", 3);
  price("/price/eu", "A", 4);
  bus->channel("/state").publish("old");
  bus->channel("/state").publish("new");
  CHECK(events(collect(*bus, client)) == R"({"name":"B","v":2} "x" {"name":"A","v":3} {"name":"A","v":4} "new")");
  CHECK(bus->stats().replaced == 2);
  price("/price/us", "A", 5);
  CHECK(events(collect(*bus, client)) == R"({"name":"A","v":5})");
}

TEST_CASE("all queues together hold no more bytes than they may, and find room for what comes", "[queue]") {
  Config config;
  config.max_total_bytes = 1'000;
  TestBus bus(config);
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  for (int i = 0; i < 100; ++i) bus->channel("/a").publish(std::string(100, 'x'));
  CHECK(bus->stats().queued_bytes <= 1'000);
  CHECK(bus->stats().dropped > 80);
  CHECK(bus->stats().over_total > 0);
  CHECK(bus->client(client).waiting().messages == bus->stats().queued_messages);
  bus->channel("/a").publish("last");
  const auto response = collect(*bus, client);
  CHECK(response.items()[response.size() - 2]["data"] == Json("last"));
  CHECK(bus->stats().queued_bytes == 0);
}

TEST_CASE("who acknowledges loses nothing silently: the session ends when its queue is full", "[queue]") {
  TestBus bus(three_messages());
  const auto ack = bus->add_extension(std::make_shared<Acknowledge>());
  const auto client =
      ask(*bus, R"({"channel":"/meta/handshake","id":"1","ext":{"ack":true}})")[0]["clientId"].as_string();
  ask(*bus, message(client, "/meta/connect", R"("id":"2","ext":{"ack":0})"));
  for (int i = 0; i < 2; ++i) bus->client(client).deliver("/x", i);
  CHECK(events(ask(*bus, message(client, "/meta/connect", R"("id":"3","ext":{"ack":1})"))) == "0 1");
  CHECK(bus->client(client).waiting().messages == 2);
  bus->client(client).deliver("/x", 2);
  CHECK(bus->client(client).connected());
  bus->client(client).deliver("/x", 3);
  CHECK_FALSE(bus->client(client).connected());
}

TEST_CASE("with connects only, messages leave only with replies to connects", "[serving]") {
  TestBus bus;
  Socket socket(*bus);
  const auto client = socket.join();
  CHECK_FALSE(bus->client(client).set_connects_only(true));
  bus->client(client).deliver("/x", 1);
  CHECK_FALSE(socket.link().ready());
  CHECK(channels(socket.say(message(client, "/a", R"("id":"1","data":1)"))) == "/a");
  CHECK(channels(socket.say(message(client, "/meta/connect", R"("id":"2")"))) == "/x /meta/connect");
  CHECK(socket.say(message(client, "/meta/connect", R"("id":"3")")).empty());
  bus->client(client).deliver("/x", 2);
  CHECK(channels(socket.hear()) == "/x /meta/connect");
}

TEST_CASE("a client may be served with a timeout and an interval of its own", "[serving]") {
  TestBus bus;
  const auto id = join(*bus);
  const auto client = bus->client(id);
  CHECK_FALSE(client.set_timeout(Milliseconds(1'000)));
  CHECK_FALSE(client.set_interval(Milliseconds(50)));
  auto held = poll(*bus, id);
  bus.advance(Milliseconds(999));
  CHECK_FALSE(held.ready());
  bus.advance(Milliseconds(1));
  REQUIRE(held.ready());
  const auto advice = held.response()[0]["advice"];
  CHECK(advice["timeout"] == Json(1'000));
  CHECK(advice["interval"] == Json(50));
  auto again = poll(*bus, id);
  bus.advance(Milliseconds(1'000));
  CHECK(again.response()[0].find("advice") == nullptr);
  client.set_timeout(std::nullopt);
  CHECK(collect(*bus, id)[0]["advice"]["timeout"] == Json(25'000));
}

}  // namespace bayeux::test
