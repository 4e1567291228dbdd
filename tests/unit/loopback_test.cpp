#include <algorithm>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <bayeux/bus.hpp>
#include <bayeux/channel_id.hpp>
#include <bayeux/security_policy.hpp>
#include <bayeux/transports/loopback.hpp>

#include "support/catch.hpp"
#include "support/counted_ids.hpp"
#include "support/manual_clock.hpp"

#include "loopback_support.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

Config on_clock(std::shared_ptr<const Clock> clock) {
  Config config;
  config.clock = std::move(clock);
  config.ids = std::make_shared<test::CountedIds>();
  return config;
}

/// Lets nobody in who does not say the word, and nobody subscribe to /secret.
class Doorman final : public SecurityPolicy {
 public:
  Verdict can_handshake(const Attempt& attempt) override {
    return attempt.message.ext["word"].as_string() == "please" ? Verdict::allow() : Verdict::deny();
  }
  Verdict can_subscribe(const Attempt&, const ChannelId& channel) override {
    return channel.name() == "/secret" ? Verdict::deny() : Verdict::allow();
  }
};

}  // namespace

TEST_CASE("an in-process client hears what is published on its channels", "[loopback]") {
  Bus bus;
  Loopback client(bus);
  REQUIRE(client.connected());
  CHECK(client.error().empty());
  CHECK(bus.client(client.client_id()).connected());
  Heard heard;
  client.subscribe("/chat/*", heard.handler());
  bus.channel("/chat/room").publish({{"text", "hello"}});
  client.publish("/chat/other", 2);
  bus.channel("/elsewhere").publish(3);
  CHECK(heard.texts == std::vector<std::string>{R"(/chat/room {"text":"hello"})", "/chat/other 2"});
}

TEST_CASE("every request is answered", "[loopback]") {
  Bus bus;
  Loopback client(bus);
  std::vector<std::string> replies;
  const auto done = [&](const Message& reply) {
    replies.push_back(reply.channel + (reply.successful.value_or(false) ? " ok" : " " + reply.error));
    CHECK_FALSE(reply.data.present());
  };
  client.subscribe("/a", {}, done);
  client.publish("/a", nullptr, done);
  client.publish("/a/*", 1, done);
  client.publish("not a channel", 1, done);
  client.publish("/meta/handshake", 1, done);
  client.unsubscribe("/a", done);
  CHECK(replies == std::vector<std::string>{"/meta/subscribe ok", "/a ok", "/a/* 400::channel_wild",
                                            "not a channel 405::channel_invalid",
                                            "/meta/handshake 405::channel_invalid", "/meta/unsubscribe ok"});
  CHECK(client.error() == "405::channel_invalid");
  CHECK(client.connected());
}

TEST_CASE("a request that cannot be sent is answered too", "[loopback]") {
  Bus bus;
  Loopback client(bus);
  Json deep;
  for (int i = 0; i < 100; ++i) deep = Json::array({std::move(deep)});
  std::string error;
  client.publish("/a", deep, [&](const Message& reply) { error = reply.error; });
  CHECK(error.starts_with("400:"));
  Heard heard;
  client.subscribe("/a", heard.handler());
  client.publish("/a", 1);
  CHECK(heard.texts.size() == 1);
}

TEST_CASE("the handlers of every matching name get a message, each once", "[loopback]") {
  Bus bus;
  Loopback client(bus);
  std::string order;
  client.subscribe("/a/b", [&](const Message&) { order += '3'; });
  client.subscribe("/a/b/", [&](const Message&) { order += '4'; });
  client.subscribe("/a/*", [&](const Message&) { order += '2'; });
  client.subscribe("/**", [&](const Message&) { order += '1'; });
  bus.channel("/a/b").publish(1);
  CHECK(order == "1234");
}

TEST_CASE("after unsubscribing nothing is heard", "[loopback]") {
  Bus bus;
  Loopback client(bus);
  Heard heard;
  client.subscribe("/a", heard.handler());
  client.subscribe("/a", heard.handler());
  client.unsubscribe("/a");
  bus.channel("/a").publish(1);
  CHECK(heard.texts.empty());
  CHECK(bus.channel("/a").subscribers() == 0);
}

TEST_CASE("a handler whose subscription is refused is taken away", "[loopback]") {
  Config config;
  config.policy = std::make_shared<Doorman>();
  Bus bus(config);
  Loopback client(bus, {}, {{"word", "please"}});
  Heard heard;
  Heard rest;
  client.on_message(rest.handler());
  client.subscribe("/secret", heard.handler());
  CHECK(client.error() == "403:denied_by_security_policy:subscribe_denied");
  bus.client(client.client_id()).deliver("/secret", 1);
  CHECK(heard.texts.empty());
  CHECK(rest.texts == std::vector<std::string>{"/secret 1"});
}

TEST_CASE("a refused handshake leaves a client without a session", "[loopback]") {
  Config config;
  config.policy = std::make_shared<Doorman>();
  Bus bus(config);
  Loopback client(bus);
  CHECK_FALSE(client.connected());
  CHECK(client.error() == "403:denied_by_security_policy:handshake_denied");
  CHECK(client.client_id().empty());
  std::string error;
  client.publish("/a", 1, [&](const Message& reply) { error = reply.error; });
  CHECK(error.starts_with("402:"));
}

TEST_CASE("a strict bus shakes hands with an in-process client", "[loopback]") {
  Config config;
  config.strict_handshake = true;
  Bus bus(config);
  CHECK(Loopback(bus).connected());
}

TEST_CASE("what no handler waits for comes to the common one", "[loopback]") {
  Bus bus;
  const auto echo = bus.channel("/service/echo").on_message([](const Client& from, const Message& message) {
    from.deliver("/service/echo", message.data.json());
  });
  Loopback client(bus);
  Heard heard;
  client.on_message(heard.handler());
  client.publish("/service/echo", "x");
  CHECK(heard.texts == std::vector<std::string>{"/service/echo \"x\""});
}

TEST_CASE("a session outlives any silence", "[loopback]") {
  auto clock = std::make_shared<test::ManualClock>();
  Bus bus(on_clock(clock));
  Loopback client(bus);
  for (int i = 0; i < 10; ++i) {
    clock->advance(bus.config().timeout);
    bus.run_due();
  }
  CHECK(client.connected());
  CHECK(bus.stats().clients == 1);
}

TEST_CASE("a client that is sent away hears of it once", "[loopback]") {
  Bus bus;
  Loopback client(bus);
  int farewells = 0;
  client.on_disconnect([&] { ++farewells; });
  bus.client(client.client_id()).disconnect();
  CHECK(farewells == 1);
  CHECK_FALSE(client.connected());
  std::string error;
  client.publish("/a", 1, [&](const Message& reply) { error = reply.error; });
  CHECK(error.starts_with("402:"));
  client.disconnect();
  CHECK(farewells == 1);
}

TEST_CASE("the news of the end waits for its handler", "[loopback]") {
  Bus bus;
  Loopback client(bus);
  bus.client(client.client_id()).disconnect();
  int farewells = 0;
  client.on_disconnect([&] { ++farewells; });
  client.on_disconnect([&] { ++farewells; });
  CHECK(farewells == 1);
}

TEST_CASE("a client that says goodbye is gone and hears no farewell", "[loopback]") {
  Bus bus;
  Loopback client(bus);
  int farewells = 0;
  client.on_disconnect([&] { ++farewells; });
  client.disconnect();
  client.disconnect();
  CHECK_FALSE(client.connected());
  CHECK(client.error().empty());
  CHECK(bus.stats().clients == 0);
  CHECK(farewells == 0);
}

TEST_CASE("destroying a client says goodbye", "[loopback]") {
  Bus bus;
  std::vector<Removal> why;
  const auto listener = bus.on_client_removed([&](const Client&, Removal removal) { why.push_back(removal); });
  { Loopback client(bus); }
  CHECK(bus.stats().clients == 0);
  CHECK(why == std::vector<Removal>{Removal::disconnect});
}

TEST_CASE("what a handler owns goes with its client", "[loopback]") {
  Bus bus;
  auto owned = std::make_shared<int>(1);
  {
    Loopback client(bus);
    client.subscribe("/a", [owned](const Message&) {});
    client.on_message([owned](const Message&) {});
    client.on_disconnect([owned] {});
    CHECK(owned.use_count() > 1);
  }
  CHECK(owned.use_count() == 1);
}

TEST_CASE("a handler that answers on its own channel does not nest", "[loopback]") {
  Bus bus;
  Loopback client(bus);
  int depth = 0;
  int deepest = 0;
  int count = 0;
  client.subscribe("/a", [&](const Message& message) {
    deepest = std::max(deepest, ++depth);
    ++count;
    const auto left = message.data.json().as_integer();
    if (left > 0) client.publish("/a", left - 1);
    --depth;
  });
  client.publish("/a", 20'000);
  CHECK(count == 20'001);
  CHECK(deepest == 1);
}

TEST_CASE("clients that answer each other in a long chain do not nest", "[loopback]") {
  Bus bus;
  int depth = 0;
  int deepest = 0;
  int count = 0;
  std::vector<std::unique_ptr<Loopback>> clients;
  for (int i = 0; i < 500; ++i) {
    clients.push_back(std::make_unique<Loopback>(bus));
    clients.back()->subscribe("/" + std::to_string(i), [&, i](const Message&) {
      deepest = std::max(deepest, ++depth);
      ++count;
      bus.channel("/" + std::to_string(i + 1)).publish(1);
      --depth;
    });
  }
  bus.channel("/0").publish(1);
  CHECK(count == 500);
  CHECK(deepest == 1);
}

TEST_CASE("a handler may use its client as it likes", "[loopback]") {
  Bus bus;
  Loopback client(bus);
  Heard heard;
  client.subscribe("/first", [&](const Message&) {
    client.unsubscribe("/first");
    client.subscribe("/second", heard.handler());
    client.publish("/first", 2);
    client.publish("/second", 3);
    client.publish("/second", 4, [&](const Message&) { client.disconnect(); });
  });
  client.publish("/first", 1);
  CHECK(heard.texts == std::vector<std::string>{"/second 3", "/second 4"});
  CHECK_FALSE(client.connected());
}

TEST_CASE("a listener of the bus may use the client that it hears", "[loopback]") {
  Bus bus;
  Loopback client(bus);
  Heard heard;
  client.subscribe("/answer", heard.handler());
  const auto listener = bus.channel("/question").on_message([&](const Client&, const Message& message) {
    client.publish("/answer", message.data.json());
  });
  client.publish("/question", 1);
  CHECK(heard.texts == std::vector<std::string>{"/answer 1"});
}

TEST_CASE("a handler that throws costs nobody anything", "[loopback]") {
  Bus bus;
  Loopback client(bus);
  Heard heard;
  client.subscribe("/a", [](const Message&) { throw std::runtime_error("no"); });
  client.subscribe("/a", heard.handler());
  client.publish("/a", 1, [](const Message&) { throw 1; });
  client.publish("/a", 2);
  CHECK(heard.texts == std::vector<std::string>{"/a 1", "/a 2"});
  CHECK(bus.stats().callback_failures == 3);
}
