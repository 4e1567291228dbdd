#include <any>
#include <memory>
#include <string>
#include <vector>

#include <bayeux/bayeux.hpp>

#include "answers.hpp"
#include "support/catch.hpp"

namespace bayeux::test {
namespace {

/// Refuses to make channels below `/closed`.
struct Careful final : SecurityPolicy {
  Verdict can_create(const Attempt&, const ChannelId& channel) override {
    asked += channel.name() + " ";
    return channel.name().starts_with("/closed") ? Verdict::deny("closed") : Verdict::allow();
  }
  std::string asked;
};

}  // namespace

TEST_CASE("a policy decides whether a client may make a channel, by subscribing or by publishing", "[channels]") {
  const auto policy = std::make_shared<Careful>();
  Config config;
  config.policy = policy;
  TestBus bus(config);
  const auto client = join(*bus);
  CHECK(subscribe(*bus, client, "/closed/a")["error"] == Json("403:closed:create_denied"));
  CHECK(tell(*bus, client, "/closed/a", R"("data":1)")["error"] == Json("403:closed:channel_create_denied"));
  CHECK(subscribe(*bus, client, "/open/*")["successful"] == Json(true));
  CHECK(subscribe(*bus, client, "/open/*")["successful"] == Json(true));
  CHECK(tell(*bus, client, "/open/a", R"("data":1)")["successful"] == Json(true));
  CHECK(tell(*bus, client, "/service/closed", R"("data":1)")["successful"] == Json(true));
  CHECK(policy->asked == "/closed/a /closed/a /open/* /open/a ");
  bus->channel("/closed/a").publish(1);
  CHECK(subscribe(*bus, client, "/closed/a")["successful"] == Json(true));
}

TEST_CASE("channels are made when they are used and swept when nobody does any more", "[channels]") {
  TestBus bus;
  std::string news;
  const auto created = bus->on_channel_created([&](const Channel& channel) { news += "+" + channel.name() + " "; });
  const auto swept = bus->on_channel_swept([&](const Channel& channel) { news += "-" + channel.name() + " "; });
  Config config;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  bus->channel("/b").publish(1);
  bus->channel("/b").publish(2);
  CHECK(news == "+/a +/b ");
  CHECK(bus->stats().channels == 2);
  bus.advance(config.channel_timeout);
  CHECK(news == "+/a +/b -/b ");
  CHECK(bus->channel("/a").exists());
  tell(*bus, client, "/meta/unsubscribe", R"("subscription":"/a")");
  bus.advance(config.channel_timeout - Milliseconds(1));
  CHECK(bus->channel("/a").exists());
  bus.advance(Milliseconds(1));
  CHECK_FALSE(bus->channel("/a").exists());
  CHECK(bus->stats().channels == 0);
  CHECK(news == "+/a +/b -/b -/a ");
}

TEST_CASE("a channel that is published on stays, and so does one that somebody subscribes to again", "[channels]") {
  TestBus bus;
  const auto client = join(*bus);
  auto held = poll(*bus, client);
  subscribe(*bus, client, "/b");
  tell(*bus, client, "/meta/unsubscribe", R"("subscription":"/b")");
  for (int i = 0; i < 3; ++i) {
    bus->channel("/a").publish(i);
    bus.advance(Milliseconds(2'000));
    if (i == 0) subscribe(*bus, client, "/b");
  }
  CHECK(bus->channel("/a").exists());
  CHECK(bus->channel("/b").exists());
  bus.advance(Milliseconds(60'000));
  CHECK_FALSE(bus->channel("/a").exists());
  CHECK_FALSE(bus->channel("/b").exists());
}

TEST_CASE("a persistent channel stays until it is told not to", "[channels]") {
  TestBus bus;
  CHECK_FALSE(bus->channel("/a").configure({.persistent = true}));
  CHECK(bus->channel("/a").options().persistent);
  bus.advance(Milliseconds(60'000));
  CHECK(bus->channel("/a").exists());
  CHECK_FALSE(bus->channel("/a").configure({}));
  bus.advance(Milliseconds(60'000));
  CHECK_FALSE(bus->channel("/a").exists());
  CHECK(bus->channel("/a/*").configure({.persistent = true}) == Errc::channel_wild);
  CHECK(bus->channel("/service/a").configure({}) == Errc::channel_reserved);
}

TEST_CASE("attributes of a channel have a type and go with it", "[channels]") {
  TestBus bus;
  const auto channel = bus->channel("/a");
  CHECK_FALSE(channel.set_attribute("topic", std::string("weather")));
  CHECK(channel.exists());
  CHECK(channel.attribute<std::string>("topic") == std::string("weather"));
  CHECK_FALSE(channel.attribute<int>("topic"));
  CHECK_FALSE(channel.attribute<std::string>("other"));
  bus.advance(Milliseconds(60'000));
  CHECK_FALSE(channel.attribute<std::string>("topic"));
  CHECK(bus->channel("/a/*").set_attribute("x", 1) == Errc::channel_wild);
}

TEST_CASE("there is a limit to the number of channels", "[channels]") {
  Config config;
  config.max_channels = 2;
  TestBus bus(config);
  const auto client = join(*bus);
  CHECK(subscribe(*bus, client, "/a")["successful"] == Json(true));
  CHECK_FALSE(bus->channel("/b").publish(1));
  CHECK(bus->channel("/c").publish(1) == Errc::channel_limit);
  CHECK(subscribe(*bus, client, "/d")["error"] == Json("403::channel_limit"));
  CHECK(tell(*bus, client, "/e", R"("data":1)")["error"] == Json("403::channel_limit"));
  CHECK_FALSE(bus->channel("/a").publish(1));
}

TEST_CASE("clients cannot take all the channels that there may be", "[channels]") {
  Config config;
  config.max_channels = 32;
  TestBus bus(config);
  const auto client = join(*bus);
  int made = 0;
  for (int i = 0; i < 40; ++i) made += subscribe(*bus, client, "/a" + std::to_string(i))["successful"] == Json(true);
  CHECK(made == 30);
  CHECK(tell(*bus, client, "/b", R"("data":1)")["error"] == Json("403::channel_limit"));
  CHECK_FALSE(bus->channel("/b").publish(1));
  CHECK_FALSE(bus->channel("/c").configure({.persistent = true}));
  CHECK(bus->channel("/d").publish(1) == Errc::channel_limit);
}

TEST_CASE("subscribers of its ancestors get a channel's messages where that is wanted", "[channels]") {
  TestBus bus;
  const auto client = join(*bus);
  for (const char* name : {"/stocks", "/stocks/us", "/stocks/us/*"}) subscribe(*bus, client, name);
  bus->channel("/stocks/us/ORCL").publish(1);
  const auto parent = join(*bus);
  subscribe(*bus, parent, "/stocks");
  bus->channel("/stocks/us/ORCL").publish(2);
  CHECK(events(collect(*bus, parent)).empty());
  bus->channel("/stocks/**").configure({.to_ancestors = true});
  bus->channel("/stocks/us/ORCL").publish(3);
  CHECK(events(collect(*bus, client)) == "1 2 3");
  const auto response = collect(*bus, parent);
  CHECK(events(response) == "3");
  CHECK(response[0]["channel"] == Json("/stocks/us/ORCL"));
}

TEST_CASE("a publisher hears itself unless the bus, the channel or the client says no", "[channels]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/**");
  const auto heard = [&](const char* channel) { return events(ask(*bus, message(client, channel, R"("data":1)"))); };
  CHECK(heard("/a") == "1");
  bus->channel("/a").configure({.broadcast_to_publisher = false});
  CHECK(heard("/a").empty());
  CHECK(heard("/b") == "1");
  CHECK_FALSE(bus->client(client).set_broadcast_to_publisher(false));
  CHECK(heard("/b").empty());
  bus->channel("/b").publish(2);
  CHECK(events(collect(*bus, client)) == "2");
}

TEST_CASE("listeners hear who subscribes and who no longer does, also when a client goes", "[listeners]") {
  TestBus bus;
  std::string news;
  const auto on =
      bus->on_subscribed([&](const Client&, const Channel& channel) { news += "+" + channel.name() + " "; });
  const auto off =
      bus->on_unsubscribed([&](const Client&, const Channel& channel) { news += "-" + channel.name() + " "; });
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  subscribe(*bus, client, "/a");
  subscribe(*bus, client, "/b/*");
  subscribe(*bus, client, "/service/x");
  tell(*bus, client, "/meta/unsubscribe", R"("subscription":["/a","/b/*"])");
  CHECK(news == "+/a +/b/* -/a -/b/* ");
  subscribe(*bus, client, "/c");
  tell(*bus, client, "/meta/disconnect");
  CHECK(news == "+/a +/b/* -/a -/b/* +/c -/c ");
}

TEST_CASE("listeners hear when a connect is held and when it is let go, each time in that order", "[listeners]") {
  TestBus bus;
  std::string news;
  const auto on = bus->on_connect_held([&](const Client&) { news += "held "; });
  const auto off = bus->on_connect_released([&](const Client&) { news += "released "; });
  const auto client = join(*bus);
  CHECK(news.empty());
  auto first = poll(*bus, client);
  CHECK(news == "held ");
  bus->client(client).deliver("/x", 1);
  CHECK(news == "held released ");
  first.response();
  auto second = poll(*bus, client);
  second.hang_up();
  CHECK(news == "held released held released ");
  auto third = poll(*bus, client);
  bus.advance(Milliseconds(25'000));
  CHECK(news == "held released held released held released ");
  third.response();
  bus->client(client).deliver("/x", 1);
  poll(*bus, client).response();
  CHECK(news == "held released held released held released held released ");
}

TEST_CASE("a listener on a channel may end a message", "[listeners]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  const auto veto = bus->channel("/a").on_message(
      [](const Client&, const Message& message) { return message.data.json() == Json(1) ? Flow::drop : Flow::pass; });
  CHECK(tell(*bus, client, "/a", R"("data":1)")["error"] == Json("404::message_deleted"));
  CHECK(bus->channel("/a").publish(1) == Errc::message_deleted);
  CHECK_FALSE(bus->channel("/a").publish(2));
  CHECK(events(collect(*bus, client)) == "2");
}

}  // namespace bayeux::test
