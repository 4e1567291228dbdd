#include <atomic>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

#include <bayeux/bayeux.hpp>

#include "answers.hpp"
#include "support/catch.hpp"

namespace bayeux::test {

TEST_CASE("a new subscriber gets the state behind the reply and before what is published later", "[snapshot]") {
  TestBus bus;
  const auto registration = bus->channel("/a").on_snapshot([&](Snapshot& snapshot) {
    bus->channel("/a").publish("before");
    snapshot.deliver("state");
    bus->channel("/a").publish("after");
  });
  const auto client = join(*bus);
  const auto response = ask(*bus, message(client, "/meta/subscribe", R"("id":"1","subscription":"/a")"));
  CHECK(channels(response) == "/meta/subscribe /a /a");
  CHECK(events(response) == "\"state\" \"after\"");
}

TEST_CASE("over a lasting connection the state comes behind the reply too", "[snapshot]") {
  TestBus bus;
  const auto registration = bus->channel("/a/*").on_snapshot([](Snapshot& snapshot) {
    snapshot.deliver({{"channel", snapshot.channel().name()}, {"connected", snapshot.client().connected()}});
  });
  Socket socket(*bus);
  const auto client = socket.join();
  const auto heard = socket.say(message(client, "/meta/subscribe", R"("id":"1","subscription":["/a/b","/c"])"));
  CHECK(channels(heard) == "/meta/subscribe /a/b");
  CHECK(events(heard) == R"({"channel":"/a/b","connected":true})");
}

TEST_CASE("who is subscribed already gets no second state", "[snapshot]") {
  TestBus bus;
  int calls = 0;
  const auto registration = bus->channel("/a").on_snapshot([&](Snapshot& snapshot) {
    ++calls;
    snapshot.deliver(1);
  });
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  subscribe(*bus, client, "/a");
  CHECK(calls == 1);
  tell(*bus, client, "/meta/unsubscribe", R"("subscription":"/a")");
  subscribe(*bus, client, "/a");
  CHECK(calls == 2);
}

TEST_CASE("a channel that is swept before the subscription to it stands is there again with it", "[snapshot]") {
  TestBus bus;
  const auto client = join(*bus);
  const auto registration = bus->channel("/a").on_snapshot([&](Snapshot&) { bus.advance(Milliseconds(4'000)); });
  CHECK(subscribe(*bus, client, "/a")["successful"] == Json(true));
  CHECK(bus->channel("/a").exists());
  CHECK(bus->channel("/a").subscribers() == 1);
  CHECK(tell(*bus, client, "/meta/unsubscribe", R"("subscription":"/a")")["successful"] == Json(true));
}

TEST_CASE("a handler that delivers nothing, or throws, leaves the client subscribed", "[snapshot]") {
  TestBus bus;
  const auto silent = bus->channel("/silent").on_snapshot([](Snapshot&) {});
  const auto broken = bus->channel("/broken").on_snapshot([](Snapshot&) { throw std::runtime_error("x"); });
  const auto client = join(*bus);
  for (const char* name : {"/silent", "/broken"}) {
    CHECK(subscribe(*bus, client, name)["successful"] == Json(true));
    CHECK(bus->channel(name).subscribers() == 1);
  }
}

TEST_CASE("the state of a pattern needs the name of a channel", "[snapshot]") {
  TestBus bus;
  std::vector<std::error_code> errors;
  const auto registration = bus->channel("/a/*").on_snapshot([&](Snapshot& snapshot) {
    errors.push_back(snapshot.deliver(1));
    errors.push_back(snapshot.deliver("/a/b", 2));
    errors.push_back(snapshot.deliver("/a/c", 3));
  });
  const auto client = join(*bus);
  const auto response = ask(*bus, message(client, "/meta/subscribe", R"("subscription":"/a/*")"));
  CHECK(channels(response) == "/meta/subscribe /a/b /a/c");
  CHECK(errors[0] == Errc::channel_wild);
  CHECK_FALSE(errors[1]);
}

TEST_CASE("with many shards and publishers there is neither a gap nor a duplicate", "[snapshot]") {
  // On a busy machine the publisher may be far ahead before anybody hears: what a full queue drops would be a gap.
  Config config;
  config.max_queue_messages = config.max_queue_bytes = std::size_t(1) << 30;
  Bus bus(config);
  std::mutex mutex;
  int state = 0;
  const auto registration = bus.channel("/count").on_snapshot([&](Snapshot& snapshot) {
    const std::lock_guard lock(mutex);
    snapshot.deliver(state);
  });
  std::atomic<bool> stop{false};
  std::thread publisher([&] {
    while (!stop) {
      const std::lock_guard lock(mutex);
      bus.channel("/count").publish(++state);
    }
  });
  int wrong = 0;
  for (int i = 0; i < 200; ++i) {
    Socket socket(bus);
    const auto client = socket.join();
    auto heard = socket.say(message(client, "/meta/subscribe", R"("subscription":"/count")"));
    while (heard.size() < 20) {
      const auto more = socket.hear();
      for (const auto& item : more.items()) heard.push_back(item);
    }
    if (heard[0]["channel"] != Json("/meta/subscribe")) ++wrong;
    for (std::size_t k = 2; k < heard.size(); ++k) {
      if (heard.items()[k]["data"].as_integer() != heard.items()[k - 1]["data"].as_integer() + 1) ++wrong;
    }
    bus.client(client).disconnect();
  }
  stop = true;
  publisher.join();
  CHECK(wrong == 0);
}

}  // namespace bayeux::test
