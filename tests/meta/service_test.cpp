#include "support/catch.hpp"

#include "meta/answers.hpp"

using namespace bayeux;
using namespace bayeux::test;

TEST_CASE("a service message reaches the application and no client", "[service]") {
  TestBus bus;
  const auto spy = join(*bus);
  subscribe(*bus, spy, "/**");
  const auto client = join(*bus);
  std::string heard;
  const auto listening = bus->channel("/service/room").on_message([&](const Client& from, const Message& message) {
    heard = from.id() + " " + message.channel + " " + std::string(message.data.text());
  });
  CHECK(ask(*bus, message(client, "/service/room", R"("id":"5","data":{"n":1})")).text() ==
        R"([{"channel":"/service/room","id":"5","successful":true}])");
  CHECK(heard == client + R"( /service/room {"n":1})");
  CHECK(collect(*bus, spy).size() == 1);
}

TEST_CASE("a service message is accepted though nobody listens, and without data", "[service]") {
  TestBus bus;
  const auto client = join(*bus);
  CHECK(tell(*bus, client, "/service/void", R"("data":1)")["successful"] == Json(true));
  CHECK(tell(*bus, client, "/service/void")["successful"] == Json(true));
}

TEST_CASE("an echo service answers its sender with the same id and data, in the same response", "[service]") {
  TestBus bus;
  const auto echo = bus->channel("/service/echo").on_message([](const Client& from, const Message& message) {
    from.deliver(message.channel, message.data.json(), {.id = message.id});
  });
  const auto client = join(*bus);
  auto held = poll(*bus, client);
  CHECK(ask(*bus, message(client, "/service/echo", R"("id":"5","data":"hi")")).text() ==
        R"([{"channel":"/service/echo","id":"5","data":"hi"},{"channel":"/service/echo","id":"5","successful":true}])");
  CHECK_FALSE(held.ready());
}

TEST_CASE("a pattern of service channels listens to all of them, and a broadcast pattern to none", "[service]") {
  TestBus bus;
  int service = 0;
  int all = 0;
  const auto one = bus->channel("/service/*").on_message([&](const Client&, const Message&) { ++service; });
  const auto two = bus->channel("/*").on_message([&](const Client&, const Message&) { ++all; });
  const auto client = join(*bus);
  tell(*bus, client, "/service/a", R"("data":1)");
  tell(*bus, client, "/service/b", R"("data":1)");
  CHECK(service == 2);
  CHECK(all == 0);
}

TEST_CASE("a service answers on any channel that is not meta, subscribed or not", "[service]") {
  TestBus bus;
  const auto client = join(*bus);
  const auto service = bus->channel("/service/a").on_message([](const Client& from, const Message&) {
    CHECK_FALSE(from.deliver("/news", 1));
    CHECK(from.deliver("/meta/connect", 1) == Errc::channel_reserved);
  });
  CHECK(channels(ask(*bus, message(client, "/service/a", R"("data":1)"))) == "/news /service/a");
}

TEST_CASE("a service that fails drops the message, and says no more than that", "[service]") {
  TestBus bus;
  const auto service = bus->channel("/service/a").on_message([](const Client&, const Message&) {
    throw std::runtime_error("the password is swordfish");
  });
  const Json reply = tell(*bus, join(*bus), "/service/a", R"("id":"1","data":1)");
  CHECK(reply.text() == R"({"channel":"/service/a","id":"1","successful":false,"error":"404::message_deleted"})");
}

TEST_CASE("a service may end the session of the client that asks", "[service]") {
  TestBus bus;
  const auto service =
      bus->channel("/service/quit").on_message([](const Client& from, const Message&) { from.disconnect(); });
  const auto client = join(*bus);
  auto held = poll(*bus, client);
  CHECK(tell(*bus, client, "/service/quit", R"("data":1)")["successful"] == Json(true));
  CHECK(channels(held.response()) == "/meta/disconnect /meta/connect");
  CHECK(tell(*bus, client, "/service/quit", R"("data":1)")["error"] == Json("402::session_unknown"));
}
