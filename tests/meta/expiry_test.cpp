#include "support/catch.hpp"

#include "meta/answers.hpp"

using namespace bayeux;
using namespace bayeux::test;
using namespace std::chrono_literals;

TEST_CASE("a client that never connects expires after the longest interval", "[expiry]") {
  TestBus bus;
  const auto client = shake_hands(*bus);
  bus.advance(9'999ms);
  CHECK(bus->client(client).connected());
  bus.advance(1ms);
  CHECK_FALSE(bus->client(client).connected());
  CHECK(bus->stats().clients == 0);
  CHECK_FALSE(bus->next_deadline());
}

TEST_CASE("a held connect keeps its client, and the time to come back begins with its end", "[expiry]") {
  TestBus bus;
  const auto client = join(*bus);
  auto held = poll(*bus, client);
  bus.advance(25s);
  held.response();
  bus.advance(9'999ms);
  CHECK(bus->client(client).connected());
  bus.advance(1ms);
  CHECK_FALSE(bus->client(client).connected());
}

TEST_CASE("expiry does not depend on a response that was never taken", "[expiry]") {
  TestBus bus;
  const auto client = join(*bus);
  auto held = poll(*bus, client);
  bus->client(client).deliver("/x", 1);
  bus.advance(10s);
  CHECK_FALSE(bus->client(client).connected());
  CHECK(channels(held.response()) == "/x /meta/connect");
}

TEST_CASE("a dropped connection starts the clock at once", "[expiry]") {
  TestBus bus;
  const auto client = join(*bus);
  auto held = poll(*bus, client);
  bus.advance(5s);
  held.hang_up();
  bus.advance(9'999ms);
  CHECK(bus->client(client).connected());
  bus.advance(1ms);
  CHECK_FALSE(bus->client(client).connected());
}

TEST_CASE("any message of the client prolongs its life, and none shortens it", "[expiry]") {
  TestBus bus;
  const auto client = join(*bus);
  for (int i = 0; i < 5; ++i) {
    bus.advance(9s);
    CHECK(tell(*bus, client, "/a", R"("data":1)")["successful"] == Json(true));
  }
  ask(*bus, message(client, "/meta/connect", R"("advice":{"timeout":0,"interval":20000})"));
  tell(*bus, client, "/a", R"("data":1)");
  bus.advance(29'999ms);
  CHECK(bus->client(client).connected());
  bus.advance(1ms);
  CHECK_FALSE(bus->client(client).connected());
}

TEST_CASE("messages while a connect is held do not change how long it is held", "[expiry]") {
  TestBus bus;
  const auto client = join(*bus);
  auto held = poll(*bus, client);
  bus.advance(20s);
  tell(*bus, client, "/a", R"("data":1)");
  bus.advance(4'999ms);
  CHECK_FALSE(held.ready());
  bus.advance(1ms);
  CHECK(held.ready());
}

TEST_CASE("the interval that clients are told is added to their life", "[expiry]") {
  Config config;
  config.interval = 3s;
  TestBus bus(config);
  const auto client = join(*bus);
  bus.advance(12'999ms);
  CHECK(bus->client(client).connected());
  bus.advance(1ms);
  CHECK_FALSE(bus->client(client).connected());
}

TEST_CASE("an expired client shakes hands again, is somebody new, and has no subscriptions", "[expiry]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  bus.advance(10s);
  CHECK(bus->channel("/a").subscribers() == 0);
  CHECK(poll(*bus, client).response()[0]["advice"]["reconnect"] == Json("handshake"));
  CHECK(join(*bus) != client);
}

TEST_CASE("what is published to the queue of an absent client does not keep it", "[expiry]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  bus.advance(9s);
  bus->channel("/a").publish(1);
  bus.advance(1s);
  CHECK_FALSE(bus->client(client).connected());
}

TEST_CASE("while its connection stands a client does not expire; when it closes the time begins", "[expiry]") {
  TestBus bus;
  std::string client;
  {
    Socket socket(*bus);
    client = socket.join();
    bus.advance(std::chrono::hours(1));
    CHECK(bus->client(client).connected());
    bus->client(client).deliver("/x", 1);
  }
  bus.advance(9'999ms);
  CHECK(channels(collect(*bus, client)) == "/x /meta/connect");
  bus.advance(10s);
  CHECK_FALSE(bus->client(client).connected());
}

TEST_CASE("a held connect of a lasting connection that closes does not keep its client", "[expiry]") {
  TestBus bus;
  std::string client;
  {
    Socket socket(*bus);
    client = socket.join();
    socket.say(message(client, "/meta/connect"));
  }
  bus.advance(10s);
  CHECK_FALSE(bus->client(client).connected());
}

TEST_CASE("the alarm rings when something is due sooner than was said", "[expiry]") {
  TestBus bus;
  int rings = 0;
  bus->set_alarm([&] { ++rings; });
  CHECK_FALSE(bus->next_deadline());
  const auto client = join(*bus);
  CHECK(rings == 1);
  const auto first = bus->next_deadline();
  REQUIRE(first);
  auto held = poll(*bus, client);
  CHECK(rings == 1);
  CHECK(*bus->next_deadline() > *first);
  shake_hands(*bus);
  CHECK(rings == 2);
  bus->set_alarm({});
  bus->next_deadline();
  ask(*bus, message(shake_hands(*bus), "/meta/connect", R"("advice":{"timeout":0})"));
  CHECK(rings == 2);
}

TEST_CASE("a listener may shake hands, publish and look around while clients expire", "[expiry]") {
  TestBus bus;
  const auto watcher = join(*bus);
  subscribe(*bus, watcher, "/gone");
  auto held = poll(*bus, watcher);
  const auto listening =
      bus->on_client_removed([&](const Client& client, Removal) { bus->channel("/gone").publish(client.id()); });
  join(*bus);
  bus.advance(10s);
  CHECK(events(held.response()) == R"("client2")");
}
