#include "support/catch.hpp"

#include "meta/answers.hpp"

using namespace bayeux;
using namespace bayeux::test;
using namespace std::chrono_literals;

namespace {

Exchange connect_with(TestBus& bus, const std::string& client, const std::string& advice) {
  return Exchange(*bus, message(client, "/meta/connect", "\"advice\":" + advice));
}

/// How long a connect with that advice is held; nothing when it is answered at once.
long held_for(const std::string& advice) {
  TestBus bus;
  auto held = connect_with(bus, join(*bus), advice);
  const auto begin = bus.clock().now();
  if (held.ready()) return 0;
  const auto next = bus->next_deadline();
  REQUIRE(next);
  bus.advance(std::chrono::duration_cast<Milliseconds>(*next - begin));
  CHECK(held.ready());
  return static_cast<long>(std::chrono::duration_cast<Milliseconds>(*next - begin).count());
}

/// How long a session lives after a connect with that advice was answered.
long lives_for(const std::string& advice) {
  Config config;
  config.max_client_interval = 30s;
  TestBus bus(config);
  const auto client = join(*bus);
  connect_with(bus, client, advice).response();
  const auto begin = bus.clock().now();
  const auto next = bus->next_deadline();
  REQUIRE(next);
  bus.advance(std::chrono::duration_cast<Milliseconds>(*next - begin));
  CHECK_FALSE(bus->client(client).connected());
  return static_cast<long>(std::chrono::duration_cast<Milliseconds>(*next - begin).count());
}

}  // namespace

TEST_CASE("a connect that carries advice is answered with full advice, and others with none", "[advice]") {
  TestBus bus;
  const auto client = join(*bus);
  const char* const full = R"({"reconnect":"retry","interval":0,"timeout":25000})";
  CHECK(connect_with(bus, client, R"({"timeout":0})").response()[0]["advice"].text() == full);
  auto asked = connect_with(bus, client, "{}");
  bus.advance(25s);
  CHECK(asked.response()[0]["advice"].text() == full);
  auto plain = poll(*bus, client);
  bus.advance(25s);
  CHECK(plain.response()[0].find("advice") == nullptr);
}

TEST_CASE("advice says what the bus was configured with", "[advice]") {
  Config config;
  config.timeout = 30s;
  config.interval = 100ms;
  config.handshake_reconnect = true;
  TestBus bus(config);
  const char* const full = R"({"reconnect":"retry","interval":100,"timeout":30000,"maxInterval":10000})";
  CHECK(ask(*bus, R"({"channel":"/meta/handshake"})")[0]["advice"].text() == full);
  CHECK(connect_with(bus, join(*bus), R"({"timeout":0})").response()[0]["advice"].text() == full);
}

TEST_CASE("only handshakes and connects are answered with advice", "[advice]") {
  TestBus bus;
  const auto client = join(*bus);
  for (const char* channel :
       {"/a", "/service/a", "/meta/subscribe", "/meta/unsubscribe", "/meta/foo", "/meta/disconnect"}) {
    CAPTURE(channel);
    CHECK(tell(*bus, client, channel, R"("subscription":"/a","data":1,"advice":{"timeout":0})").find("advice") ==
          nullptr);
    CHECK(tell(*bus, "nobody", channel, R"("subscription":"/a","data":1)").find("advice") == nullptr);
  }
}

TEST_CASE("a client may shorten how long it is held, and nothing else", "[advice]") {
  CHECK(held_for(R"({"timeout":0})") == 0);
  CHECK(held_for(R"({"timeout":0.5})") == 0);
  CHECK(held_for(R"({"timeout":500})") == 500);
  CHECK(held_for(R"({"timeout":1e3})") == 1000);
  CHECK(held_for(R"({"timeout":25001})") == 25000);
  CHECK(held_for(R"({"timeout":1e300})") == 25000);
  CHECK(held_for(R"({"timeout":18446744073709551615})") == 25000);
}

TEST_CASE("a timeout that is negative or no number is not looked at", "[advice]") {
  for (const char* advice : {R"({"timeout":-1})", R"({"timeout":"5"})", R"({"timeout":{}})", R"({"timeout":null})",
                             R"({"timeout":true})", "{}"}) {
    CAPTURE(advice);
    CHECK(held_for(advice) == 25000);
  }
}

TEST_CASE("an interval that the client announces prolongs its life, up to a limit", "[advice]") {
  CHECK(lives_for(R"({"timeout":0})") == 10'000);
  CHECK(lives_for(R"({"timeout":0,"interval":5000})") == 15'000);
  CHECK(lives_for(R"({"timeout":0,"interval":1e300})") == 40'000);
  CHECK(lives_for(R"({"timeout":0,"interval":-5000})") == 10'000);
  CHECK(lives_for(R"({"timeout":0,"interval":"5000"})") == 10'000);
}

TEST_CASE("an announced interval counts for one connect", "[advice]") {
  TestBus bus;
  const auto client = join(*bus);
  connect_with(bus, client, R"({"timeout":0,"interval":5000})").response();
  connect_with(bus, client, R"({"timeout":0})").response();
  bus.advance(10s);
  CHECK_FALSE(bus->client(client).connected());
}

TEST_CASE("a timeout of zero drains the queue and counts as a sign of life", "[advice]") {
  TestBus bus;
  const auto client = join(*bus);
  bus.advance(9s);
  bus->client(client).deliver("/x", 1);
  CHECK(channels(connect_with(bus, client, R"({"timeout":0})").response()) == "/x /meta/connect");
  bus.advance(9s);
  CHECK(bus->client(client).connected());
}
