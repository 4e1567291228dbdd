#include "support/catch.hpp"

#include "unit/rules_support.hpp"

using namespace bayeux;
using namespace bayeux::test;

TEST_CASE("a grant for a channel does not open the patterns above it", "[rules]") {
  RuledBus bus("'/chat/room':{'subscribe':['anyone']},'/made/room':{'create':['anyone']}");
  const auto client = bus.client();
  CHECK(bus.subscribe(client, "/chat/room") == "yes");
  CHECK(bus.subscribe(client, "/made/room") == "yes");
  for (const char* pattern : {"/made/*", "/made/**", "/**"}) {
    CHECK(bus.create(client, pattern) == "denied_by_not_granting");
    CHECK(bus.subscribe(client, pattern) == "403:denied_by_not_granting:create_denied");
  }
  for (const char* pattern : {"/chat/*", "/chat/**"}) {
    CHECK(bus.subscribe(client, pattern) == not_granted_subscribe);
    CHECK(bus->channel(pattern).subscribers() == 0);
  }
}

TEST_CASE("a grant for children is no grant for what is deeper", "[rules]") {
  RuledBus bus("'/chat/*':{'subscribe':['anyone']}");
  const auto client = bus.client();
  CHECK(bus.subscribe(client, "/chat/*") == "yes");
  CHECK(bus.subscribe(client, "/chat/**") == not_granted_subscribe);
  CHECK(bus.subscribe(client, "/chat/room/*") == "yes");
}

TEST_CASE("a grant for a pattern opens the patterns within it", "[rules]") {
  RuledBus bus("'/**':{'subscribe':[]},'/chat/**':{'subscribe':['anyone']}");
  const auto client = bus.client();
  for (const char* name : {"/chat/**", "/chat/*", "/chat/room/**", "/chat/room/*", "/chat/room"}) {
    CHECK(bus.subscribe(client, name) == "yes");
  }
  CHECK(bus.subscribe(client, "/**") == not_granted_subscribe);
  CHECK(bus.subscribe(client, "/chat") == not_granted_subscribe);
  CHECK(bus.subscribe(client, "/*") == not_granted_subscribe);
}

TEST_CASE("a refusal is not circumvented by subscribing to a pattern", "[rules]") {
  RuledBus bus(
      "'/**':{'subscribe':['anyone']},"
      "'/chat/secret':{'deny':{'subscribe':['guest'],'reason':'secret'}}");
  const auto guest = bus.client({"guest"});
  const auto other = bus.client({"other"});
  for (const char* name : {"/chat/secret", "/chat/*", "/chat/**", "/**"}) {
    CHECK(bus.subscribe(guest, name) == "403:secret:subscribe_denied");
    CHECK(bus.subscribe(other, name) == "yes");
  }
  for (const char* name : {"/*", "/chat/room/*", "/chat/secret/*", "/chat/secrets", "/cha/**"}) {
    CHECK(bus.subscribe(guest, name) == "yes");
  }
}

TEST_CASE("a refusal of patterns is not circumvented by wider ones", "[rules]") {
  RuledBus bus(
      "'/**':{'subscribe':['anyone']},"
      "'/a/b/*':{'deny':{'subscribe':['one']}},"
      "'/a/b/**':{'deny':{'subscribe':['deep']}}");
  const auto one = bus.client({"one"});
  const auto deep = bus.client({"deep"});
  const auto refused = [&](const std::string& id, const char* name) { return bus.subscribe(id, name) != "yes"; };
  for (const char* name : {"/a/b/*", "/a/b/**", "/a/**", "/**", "/a/b/c"}) {
    CHECK(refused(one, name));
    CHECK(refused(deep, name));
  }
  for (const char* name : {"/a/*", "/*", "/a/b", "/a/bc/*"}) {
    CHECK_FALSE(refused(one, name));
    CHECK_FALSE(refused(deep, name));
  }
  for (const char* name : {"/a/b/c/d", "/a/b/c/*", "/a/b/c/**"}) {
    CHECK_FALSE(refused(one, name));
    CHECK(refused(deep, name));
  }
}

TEST_CASE("what one operation says of a channel does not touch another", "[rules]") {
  RuledBus bus("'/a/b':{'publish':['x'],'deny':{'publish':['guest']}},'/c/d':{'deny':{'create':['guest']}}");
  const auto guest = bus.client({"guest"});
  CHECK(bus.subscribe(guest, "/a/*") == "yes");
  CHECK(bus.create(guest, "/c/*") == "denied_by_rules");
}

TEST_CASE("services do not stand in the way of subscribing to everything", "[rules]") {
  RuledBus bus("'/service/**':{'publish':['x'],'deny':{'publish':['anyone']}}");
  CHECK(bus.subscribe(bus.client(), "/**") == "yes");
}

TEST_CASE("of a list of channels that is asked for, one that is refused refuses all", "[rules]") {
  RuledBus bus("'/a':{'subscribe':['x']}");
  const auto client = bus.client();
  const Json reply = tell(*bus, client, "/meta/subscribe", R"("subscription":["/b","/a"])");
  CHECK(reply["error"].as_string() == not_granted_subscribe);
  CHECK(bus->channel("/b").subscribers() == 0);
}

TEST_CASE("patterns are decided at once, however many rules there are below", "[rules]") {
  std::string channels = "'/**':{'subscribe':['anyone']}";
  for (int i = 0; i < 10'000; ++i) {
    channels += ",'/c/" + std::to_string(i) + "':{'deny':{'subscribe':['r" + std::to_string(i % 10) + "']}}";
  }
  RuledBus bus(channels);
  const auto client = bus.client({"r10"});
  for (int i = 0; i < 1'000; ++i) REQUIRE(bus.subscribe(client, "/c/*") == "yes");
  CHECK(bus.subscribe(bus.client({"r9"}), "/c/*") == "403:denied_by_rules:subscribe_denied");
  CHECK(bus.subscribe(bus.client({"r9"}), "/c/1") == "yes");
}
