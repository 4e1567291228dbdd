#include <string>
#include <vector>

#include <bayeux/bayeux.hpp>

#include "answers.hpp"
#include "support/catch.hpp"

namespace bayeux::test {

TEST_CASE("a lazy message waits until the lazy timeout", "[lazy]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  auto held = poll(*bus, client);
  bus->channel("/a").publish("late", {.lazy = true});
  bus.advance(Milliseconds(4'999));
  CHECK(held.wakes() == 0);
  bus.advance(Milliseconds(1));
  CHECK(held.wakes() == 1);
  CHECK(events(held.response()) == "\"late\"");
}

TEST_CASE("lazy messages leave with the next that is not, in the order in which they came", "[lazy]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  auto held = poll(*bus, client);
  bus->channel("/a").publish(1, {.lazy = true});
  bus->client(client).deliver("/b", 2, {.lazy = true});
  CHECK(held.wakes() == 0);
  bus->channel("/a").publish(3);
  CHECK(events(held.response()) == "1 2 3");
}

TEST_CASE("whoever asks anyway gets what is lazy", "[lazy]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  bus->channel("/a").publish(1, {.lazy = true});
  CHECK(events(ask(*bus, message(client, "/b", R"("data":0)"))) == "1");
  bus->channel("/a").publish(2, {.lazy = true});
  CHECK(events(collect(*bus, client)) == "2");
}

TEST_CASE("a connect is held although lazy messages wait, and ends with them", "[lazy]") {
  Config config;
  config.lazy_timeout = Milliseconds(60'000);
  TestBus bus(config);
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  bus->channel("/a").publish(1, {.lazy = true});
  auto held = poll(*bus, client);
  CHECK_FALSE(held.ready());
  bus.advance(Milliseconds(25'000));
  CHECK(events(held.response()) == "1");
}

TEST_CASE("a channel is lazy when any pattern that matches it is, with the time of the most exact", "[lazy]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a/**");
  CHECK_FALSE(bus->channel("/a/**").configure({.lazy_timeout = Milliseconds(100)}));
  CHECK_FALSE(bus->channel("/a/b").configure({.lazy_timeout = Milliseconds(1'000)}));
  auto held = poll(*bus, client);
  bus->channel("/a/b").publish(1);
  bus.advance(Milliseconds(999));
  CHECK(held.wakes() == 0);
  bus->channel("/a/c").publish(2);
  bus.advance(Milliseconds(1));
  CHECK(events(held.response()) == "1 2");
  CHECK(bus->channel("/a").configure({.lazy_timeout = Milliseconds(-1)}) == Errc::config_invalid);
}

TEST_CASE("over a lasting connection lazy messages are pushed when their time is up", "[lazy]") {
  TestBus bus;
  Socket socket(*bus);
  const auto client = socket.join();
  subscribe(*bus, client, "/a");
  const int before = socket.wakes();
  bus->channel("/a").publish(1, {.lazy = true});
  CHECK(socket.wakes() == before);
  CHECK_FALSE(socket.link().ready());
  bus.advance(Milliseconds(5'000));
  CHECK(socket.wakes() == before + 1);
  CHECK(events(socket.hear()) == "1");
  bus.advance(Milliseconds(20'000));
  bus->channel("/a").publish(2, {.lazy = true});
  CHECK_FALSE(socket.link().ready());
}

TEST_CASE("a lazy publish to ten thousand parked polls wakes nobody", "[lazy]") {
  Config config;
  config.shards = 16;
  config.handshake_rate = 0;
  TestBus bus(config);
  std::vector<Exchange> polls;
  for (int i = 0; i < 10'000; ++i) {
    const auto client = join(*bus);
    subscribe(*bus, client, "/a");
    polls.push_back(poll(*bus, client));
  }
  const auto before = bus->stats();
  bus->channel("/a").publish("soon", {.lazy = true});
  CHECK(bus->stats().wakes == before.wakes);
  CHECK(bus->stats().delivered == before.delivered + 10'000);
  bus.advance(Milliseconds(5'000));
  CHECK(bus->stats().wakes == before.wakes + 10'000);
}

TEST_CASE("all of a batch leaves together", "[batch]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  auto held = poll(*bus, client);
  {
    const auto outer = bus->client(client).batch();
    bus->channel("/a").publish(1);
    {
      const auto inner = bus->client(client).batch();
      bus->channel("/a").publish(2);
    }
    CHECK(held.wakes() == 0);
    bus->channel("/a").publish(3);
  }
  CHECK(held.wakes() == 1);
  CHECK(events(held.response()) == "1 2 3");
}

TEST_CASE("a batch of the bus holds everybody's messages back, also of those who connect during it", "[batch]") {
  TestBus bus;
  const auto first = join(*bus);
  const auto second = join(*bus);
  for (const auto& client : {first, second}) subscribe(*bus, client, "/a");
  auto held = poll(*bus, first);
  auto batch = bus->batch();
  bus->channel("/a").publish(1);
  auto late = poll(*bus, second);
  bus->channel("/a").publish(2);
  CHECK(events(ask(*bus, message(first, "/b", R"("data":0)"))).empty());
  CHECK(held.wakes() + late.wakes() == 0);
  batch.end();
  batch.end();
  CHECK(events(held.response()) == "1 2");
  CHECK(events(late.response()) == "1 2");
}

TEST_CASE("a batch of some clients leaves the others alone, and outlives those who go", "[batch]") {
  TestBus bus;
  const auto first = join(*bus);
  const auto second = join(*bus);
  for (const auto& client : {first, second}) subscribe(*bus, client, "/a");
  auto held = poll(*bus, first);
  auto free = poll(*bus, second);
  const auto gone = bus->client(join(*bus));
  auto batch = bus->batch({bus->client(first), gone, Client()});
  gone.disconnect();
  bus->channel("/a").publish(1);
  CHECK(held.wakes() == 0);
  CHECK(free.wakes() == 1);
  batch = Batch();
  CHECK(held.wakes() == 1);
}

TEST_CASE("a batch that is never ended does not hold the answer back, only the messages", "[batch]") {
  TestBus bus;
  const auto client = join(*bus);
  auto held = poll(*bus, client);
  const auto batch = bus->client(client).batch();
  bus->client(client).deliver("/x", 1);
  bus.advance(Milliseconds(25'000));
  REQUIRE(held.ready());
  CHECK(channels(held.response()) == "/meta/connect");
}

}  // namespace bayeux::test
