#include "support/catch.hpp"

#include "meta/answers.hpp"

using namespace bayeux;
using namespace bayeux::test;

TEST_CASE("a publish is acknowledged on its own channel, without data", "[publish]") {
  TestBus bus;
  CHECK(tell(*bus, join(*bus), "/a", R"("id":"7","data":{"x":1})").text() ==
        R"({"channel":"/a","id":"7","successful":true})");
  CHECK(tell(*bus, join(*bus), "/a", R"("id":0,"data":1)").text() == R"({"channel":"/a","id":0,"successful":true})");
}

TEST_CASE("publishing needs no subscription, and a subscribed publisher hears itself", "[publish]") {
  TestBus bus;
  const auto publisher = join(*bus);
  const auto subscriber = join(*bus);
  subscribe(*bus, subscriber, "/a");
  tell(*bus, publisher, "/a", R"("data":1)");
  CHECK(events(collect(*bus, subscriber)) == "1");
  CHECK(events(collect(*bus, publisher)).empty());
  const Json own = ask(*bus, message(subscriber, "/a", R"("data":2)"));
  CHECK(events(own) == "2");
}

TEST_CASE("a bus can keep publishers from hearing themselves", "[publish]") {
  Config config;
  config.broadcast_to_publisher = false;
  TestBus bus(config);
  const auto one = join(*bus);
  const auto two = join(*bus);
  subscribe(*bus, one, "/a");
  subscribe(*bus, two, "/**");
  tell(*bus, one, "/a", R"("data":1)");
  CHECK(events(collect(*bus, one)).empty());
  CHECK(events(collect(*bus, two)) == "1");
  bus->channel("/a").publish(2);
  CHECK(events(collect(*bus, one)) == "2");
}

TEST_CASE("of what a publisher sends its subscribers see channel, data and the allowed ext alone", "[publish]") {
  TestBus bus;
  const auto publisher = join(*bus);
  const auto subscriber = join(*bus);
  subscribe(*bus, subscriber, "/a");
  tell(*bus, publisher, "/a/",
       R"("id":"9","data":{"k":[1,2]},"advice":{"reconnect":"none"},"successful":false,"error":"500::x",)"
       R"("timestamp":"now","foo":1,"subscription":"/b","version":"1.0","ext":{"binary":{"n":1},"secret":2})");
  CHECK(collect(*bus, subscriber)[0].text() == R"({"channel":"/a","data":{"k":[1,2]},"ext":{"binary":{"n":1}}})");
  tell(*bus, publisher, "/a", R"("data":1,"ext":{"secret":2})");
  CHECK(collect(*bus, subscriber)[0].text() == R"({"channel":"/a","data":1})");
}

TEST_CASE("a host chooses which members of ext are relayed", "[publish]") {
  Config config;
  config.relayed_ext = {"trace", "none"};
  TestBus bus(config);
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  tell(*bus, join(*bus), "/a", R"("data":1,"ext":{"binary":1,"trace":{"id":"t"}})");
  CHECK(collect(*bus, client)[0]["ext"].text() == R"({"trace":{"id":"t"}})");
}

TEST_CASE("data leaves as the very bytes that came in", "[publish]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  const std::string data = R"({ "n" : 1.0e2, "big":12345678901234567890123, "s":"\u00e9\/", "n":2 })";
  tell(*bus, join(*bus), "/a", "\"data\":" + data);
  auto held = poll(*bus, client);
  CHECK(held.text().starts_with(R"([{"channel":"/a","data":)" + data + "},"));
}

TEST_CASE("null, false, zero and empty data are data", "[publish]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  for (const char* data : {"null", "false", "0", R"("")", "{}", "[]"}) {
    CHECK(tell(*bus, client, "/a", std::string("\"data\":") + data)["successful"] == Json(true));
  }
  bus->channel("/a").publish(Json());
  CHECK(events(collect(*bus, client)) == "null");
}

TEST_CASE("a broadcast without data is refused", "[publish]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  CHECK(tell(*bus, client, "/a", R"("id":"1")").text() ==
        R"({"channel":"/a","id":"1","successful":false,"error":"403::data_missing"})");
  CHECK(collect(*bus, client).size() == 1);
}

TEST_CASE("nothing is published on a pattern", "[publish]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a/*");
  subscribe(*bus, client, "/**");
  CHECK(tell(*bus, client, "/a/*", R"("data":1)")["error"] == Json("400::channel_wild"));
  CHECK(tell(*bus, client, "/**", R"("data":1)")["error"] == Json("400::channel_wild"));
  CHECK(tell(*bus, client, "/service/*", R"("data":1)")["error"] == Json("400::channel_wild"));
  CHECK(collect(*bus, client).size() == 1);
}

TEST_CASE("unknown meta channels cannot be made", "[publish]") {
  TestBus bus;
  const auto client = join(*bus);
  for (const char* name : {"/meta/ping", "/meta", "/meta/*", "/meta/connect/x"}) {
    CAPTURE(name);
    CHECK(tell(*bus, client, name, R"("data":1)")["error"] ==
          Json("403:denied_by_security_policy:channel_create_denied"));
  }
}

TEST_CASE("who has no session publishes nothing and gets no advice", "[publish]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  const char* const expected = R"({"channel":"/a","id":"1","successful":false,"error":"402::session_unknown"})";
  CHECK(tell(*bus, "nobody", "/a", R"("id":"1","data":1)").text() == expected);
  CHECK(ask(*bus, R"({"channel":"/a","id":"1","data":1})")[0].text() == expected);
  CHECK(ask(*bus, R"({"channel":"/a","id":"1","clientId":"","data":1})")[0].text() == expected);
  CHECK(collect(*bus, client).size() == 1);
}

TEST_CASE("one request speaks for one client: messages of another are refused", "[publish]") {
  TestBus bus;
  const auto one = join(*bus);
  const auto two = join(*bus);
  const Json response = ask(*bus, "[" + message(one, "/a", R"("data":1)") + "," + message(two, "/a", R"("data":2)") +
                                      "," + message(one, "/a", R"("data":3)") + "]");
  CHECK(response[0]["successful"] == Json(true));
  CHECK(response[1]["error"] == Json("402::session_unknown"));
  CHECK(response[2]["successful"] == Json(true));
}

TEST_CASE("publishes of one request arrive in their order, by everybody", "[publish]") {
  TestBus bus;
  const auto publisher = join(*bus);
  const auto one = join(*bus);
  const auto two = join(*bus);
  subscribe(*bus, one, "/a");
  subscribe(*bus, two, "/*");
  std::string batch = "[";
  std::string expected;
  for (int i = 0; i < 100; ++i) {
    batch += (i == 0 ? "" : ",") + message(publisher, "/a", "\"data\":" + std::to_string(i));
    expected += (i == 0 ? "" : " ") + std::to_string(i);
  }
  CHECK(ask(*bus, batch + "]").size() == 100);
  CHECK(events(collect(*bus, one)) == expected);
  CHECK(events(collect(*bus, two)) == expected);
}

TEST_CASE("a message to many subscribers is serialised once", "[publish]") {
  TestBus bus;
  Socket one(*bus);
  Socket two(*bus);
  one.say(message(one.join(), "/meta/subscribe", R"("subscription":"/a")"));
  two.say(message(two.join(), "/meta/subscribe", R"("subscription":"/**")"));
  bus->channel("/a").publish(1);
  const auto first = one.link().take(1000);
  const auto second = two.link().take(1000);
  REQUIRE(first.size() == 1);
  REQUIRE(second.size() == 1);
  CHECK(first[0].same_as(second[0]));
  CHECK(first[0].kind() == Frame::Kind::event);
}

TEST_CASE("a full queue gives up its oldest messages, by number and by bytes", "[publish]") {
  Config config;
  config.max_queue_messages = 3;
  TestBus few(config);
  const auto client = join(*few);
  for (int i = 1; i <= 5; ++i) few->client(client).deliver("/x", i);
  CHECK(few->stats().dropped == 2);
  CHECK(events(collect(*few, client)) == "3 4 5");

  config.max_queue_messages = 100;
  config.max_queue_bytes = 2 * std::string_view(R"({"channel":"/x","data":1})").size();
  TestBus small(config);
  const auto other = join(*small);
  for (int i = 1; i <= 5; ++i) small->client(other).deliver("/x", i);
  CHECK(events(collect(*small, other)) == "4 5");
  small->client(other).deliver("/x", std::string(200, 'x'));
  CHECK(collect(*small, other).size() == 2);
}

TEST_CASE("statistics count what happens", "[publish]") {
  TestBus bus;
  const auto one = join(*bus);
  subscribe(*bus, one, "/a");
  subscribe(*bus, join(*bus), "/a");
  bus->channel("/a").publish(1);
  bus->client(one).deliver("/x", 1);
  CHECK(bus->stats().clients == 2);
  CHECK(bus->stats().published == 1);
  CHECK(bus->stats().delivered == 3);
  CHECK(bus->stats().dropped == 0);
}
