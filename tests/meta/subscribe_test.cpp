#include "support/catch.hpp"

#include "meta/answers.hpp"

using namespace bayeux;
using namespace bayeux::test;

TEST_CASE("a subscribe is answered with what was asked for, as it was asked", "[subscribe]") {
  TestBus bus;
  const auto client = join(*bus);
  CHECK(tell(*bus, client, "/meta/subscribe", R"("id":"4","subscription":"/a/b/")").text() ==
        R"({"channel":"/meta/subscribe","id":"4","successful":true,"subscription":"/a/b/"})");
  CHECK(tell(*bus, client, "/meta/subscribe", R"("id":5,"subscription":["/c","/d"])").text() ==
        R"({"channel":"/meta/subscribe","id":5,"successful":true,"subscription":["/c","/d"]})");
  CHECK(bus->channel("/a/b").subscribers() == 1);
  CHECK(bus->channel("/c").subscribers() == 1);
  CHECK(bus->channel("/d").subscribers() == 1);
}

TEST_CASE("subscribing twice is fine and changes nothing", "[subscribe]") {
  TestBus bus;
  const auto client = join(*bus);
  CHECK(subscribe(*bus, client, "/a")["successful"] == Json(true));
  CHECK(subscribe(*bus, client, "/a")["successful"] == Json(true));
  CHECK(tell(*bus, client, "/meta/subscribe", R"("subscription":["/a","/a/","/a"])")["successful"] == Json(true));
  CHECK(bus->channel("/a").subscribers() == 1);
  bus->channel("/a").publish(1);
  CHECK(events(collect(*bus, client)) == "1");
}

TEST_CASE("one bad name in a subscription means that none of it is done", "[subscribe]") {
  TestBus bus;
  const auto client = join(*bus);
  for (const char* bad : {R"("a")", R"("/a//b")", R"("/*/b")", R"("/a*")", R"("/***")", R"("")", R"("/")", R"("//")",
                          "7", "null", "[]", "{}", R"("/a<b>")", R"("/a\n")", R"("/é")"}) {
    CAPTURE(bad);
    const Json reply = tell(*bus, client, "/meta/subscribe", std::string(R"("subscription":["/good",)") + bad + "]");
    CHECK(reply["successful"] == Json(false));
    CHECK(reply["error"] == Json("403::subscription_invalid"));
    CHECK(bus->channel("/good").subscribers() == 0);
  }
}

TEST_CASE("a refused name in a subscription means that none of it is done", "[subscribe]") {
  TestBus bus;
  const auto client = join(*bus);
  const auto error = [&](const char* subscription) {
    return tell(*bus, client, "/meta/subscribe", std::string("\"subscription\":") + subscription)["error"].as_string();
  };
  CHECK(error(R"(["/good","/meta/connect"])") == "403:denied_by_security_policy:subscribe_denied");
  CHECK(error(R"("/meta")") == "403:denied_by_security_policy:subscribe_denied");
  CHECK(error(R"(["/good","/meta/*"])") == "403:denied_by_security_policy:create_denied");
  CHECK(error(R"("/meta/**")") == "403:denied_by_security_policy:create_denied");
  CHECK(bus->channel("/good").subscribers() == 0);
}

TEST_CASE("a subscribe without a subscription, or with one of another type, says so", "[subscribe]") {
  TestBus bus;
  const auto client = join(*bus);
  CHECK(tell(*bus, client, "/meta/subscribe")["error"] == Json("403::subscription_missing"));
  CHECK(tell(*bus, client, "/meta/subscribe", R"("subscription":null)")["error"] == Json("403::subscription_missing"));
  for (const char* bad : {"5", "{}", "[]", "true", R"("")"}) {
    CAPTURE(bad);
    const Json reply = tell(*bus, client, "/meta/subscribe", std::string("\"subscription\":") + bad);
    CHECK(reply["error"] == Json("403::subscription_invalid"));
    CHECK(reply["subscription"].text() == bad);
  }
}

TEST_CASE("subscribing to a service channel is fine and does nothing", "[subscribe]") {
  TestBus bus;
  const auto client = join(*bus);
  CHECK(subscribe(*bus, client, "/service/echo")["successful"] == Json(true));
  CHECK(subscribe(*bus, client, "/service/**")["successful"] == Json(true));
  CHECK(bus->channel("/service/echo").subscribers() == 0);
  tell(*bus, join(*bus), "/service/echo", R"("data":1)");
  CHECK(events(collect(*bus, client)).empty());
}

TEST_CASE("an unknown client subscribes to nothing, and gets no advice", "[subscribe]") {
  TestBus bus;
  CHECK(subscribe(*bus, "nobody", "/a").text() == R"({"channel":"/meta/subscribe","id":"s","successful":false,)"
                                                  R"("error":"402::session_unknown","subscription":"/a"})");
  CHECK(ask(*bus, R"({"channel":"/meta/subscribe","subscription":"/a"})")[0]["error"] == Json("402::session_unknown"));
}

TEST_CASE("the policy is asked once for each name, and one refusal refuses all", "[subscribe]") {
  struct Picky final : SecurityPolicy {
    Verdict can_subscribe(const Attempt&, const ChannelId& channel) override {
      asked += channel.name() + " ";
      return channel.name() == "/no" ? Verdict::deny("not_yours") : Verdict::allow();
    }
    std::string asked;
  };
  const auto policy = std::make_shared<Picky>();
  Config config;
  config.policy = policy;
  TestBus bus(config);
  const auto client = join(*bus);
  const Json reply = tell(*bus, client, "/meta/subscribe", R"("subscription":["/yes","/yes/*","/service/x","/no"])");
  CHECK(reply["error"] == Json("403:not_yours:subscribe_denied"));
  CHECK(policy->asked == "/yes /yes/* /no ");
  CHECK(bus->channel("/yes").subscribers() == 0);
}

TEST_CASE("nobody has more subscriptions than allowed, and asking for too many gives none", "[subscribe]") {
  Config config;
  config.max_subscriptions = 3;
  TestBus bus(config);
  const auto client = join(*bus);
  CHECK(tell(*bus, client, "/meta/subscribe", R"("subscription":["/a","/b"])")["successful"] == Json(true));
  CHECK(tell(*bus, client, "/meta/subscribe", R"("subscription":["/c","/d"])")["error"] ==
        Json("403::subscription_limit"));
  CHECK(bus->channel("/c").subscribers() == 0);
  CHECK(tell(*bus, client, "/meta/subscribe", R"("subscription":["/a","/b","/c"])")["successful"] == Json(true));
  const Json huge = tell(*bus, client, "/meta/subscribe", R"("id":"9","subscription":["/1","/2","/3","/4"])");
  CHECK(huge.text() ==
        R"({"channel":"/meta/subscribe","id":"9","successful":false,"error":"403::subscription_limit"})");
  tell(*bus, client, "/meta/unsubscribe", R"("subscription":"/a")");
  CHECK(subscribe(*bus, client, "/d")["successful"] == Json(true));
}

TEST_CASE("all clients together have no more subscriptions than allowed", "[subscribe]") {
  Config config;
  config.max_total_subscriptions = 4;
  TestBus bus(config);
  const auto one = join(*bus);
  const auto two = join(*bus);
  CHECK(tell(*bus, one, "/meta/subscribe", R"("subscription":["/a","/b","/c"])")["successful"] == Json(true));
  CHECK(tell(*bus, two, "/meta/subscribe", R"("subscription":["/a","/b"])")["error"] ==
        Json("403::subscription_limit"));
  CHECK(bus->stats().over_total_subscriptions == 1);
  CHECK(bus->stats().over_subscriptions == 0);
  CHECK(subscribe(*bus, two, "/a")["successful"] == Json(true));
  // Who has it already asks for nothing more.
  CHECK(subscribe(*bus, two, "/a")["successful"] == Json(true));
  CHECK(tell(*bus, one, "/meta/subscribe", R"("subscription":["/a","/b"])")["successful"] == Json(true));
  CHECK(subscribe(*bus, two, "/b")["successful"] == Json(false));
  tell(*bus, one, "/meta/unsubscribe", R"("subscription":["/a","/b"])");
  CHECK(subscribe(*bus, two, "/b")["successful"] == Json(true));
  CHECK(bus->stats().subscriptions == 3);
  tell(*bus, one, "/meta/disconnect", R"("id":"9")");
  CHECK(tell(*bus, two, "/meta/subscribe", R"("subscription":["/x","/y"])")["successful"] == Json(true));
  CHECK(subscribe(*bus, two, "/z")["successful"] == Json(false));
}

TEST_CASE("a client that matches a message in several ways gets it once", "[subscribe]") {
  TestBus bus;
  const auto client = join(*bus);
  tell(*bus, client, "/meta/subscribe", R"("subscription":["/t/o","/t/*","/t/**","/**"])");
  bus->channel("/t/o").publish(1);
  CHECK(channels(collect(*bus, client)) == "/t/o /meta/connect");
}

TEST_CASE("a pattern matches as many segments as it says", "[subscribe]") {
  TestBus bus;
  const auto one = join(*bus);
  const auto deep = join(*bus);
  const auto root = join(*bus);
  subscribe(*bus, one, "/a/*");
  subscribe(*bus, deep, "/a/**");
  subscribe(*bus, root, "/*");
  for (const char* name : {"/a", "/ab", "/a/b", "/a/b/c", "/b"}) bus->channel(name).publish(1);
  CHECK(channels(collect(*bus, one)) == "/a/b /meta/connect");
  CHECK(channels(collect(*bus, deep)) == "/a/b /a/b/c /meta/connect");
  CHECK(channels(collect(*bus, root)) == "/a /ab /b /meta/connect");
}

TEST_CASE("who subscribes to everything sees neither service nor meta messages", "[subscribe]") {
  TestBus bus;
  const auto spy = join(*bus);
  subscribe(*bus, spy, "/**");
  const auto other = join(*bus);
  tell(*bus, other, "/service/secret", R"("data":1)");
  tell(*bus, other, "/meta/disconnect");
  bus->client(other).deliver("/secret", 2);
  CHECK(channels(collect(*bus, spy)) == "/meta/connect");
}

TEST_CASE("all subscriptions end with their session", "[subscribe]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  subscribe(*bus, client, "/a/**");
  tell(*bus, client, "/meta/disconnect");
  CHECK(bus->channel("/a").subscribers() == 0);
  CHECK(bus->channel("/a/**").subscribers() == 0);
}

TEST_CASE("a refusal shows what was asked for only as far as a name can be long", "[subscribe]") {
  TestBus bus;
  const auto shown = [&](const std::string& subscription) {
    const auto reply = tell(*bus, "nobody", "/meta/subscribe", R"("id":"1","subscription":)" + subscription);
    CHECK(reply["successful"] == Json(false));
    CHECK(reply["id"] == Json("1"));
    return !reply["subscription"].is_null();
  };
  const auto text = [](std::size_t size) { return '"' + std::string(size, 'a') + '"'; };
  CHECK(shown(text(ChannelId::max_length - 1)));
  CHECK(shown(text(ChannelId::max_length)));
  CHECK_FALSE(shown(text(ChannelId::max_length + 1)));
  CHECK(shown(R"(["/a","/b"])"));
  CHECK_FALSE(shown('[' + text(ChannelId::max_length) + ']'));
  const std::string spaces(2 * ChannelId::max_length, ' ');
  const auto half = text(ChannelId::max_length / 2);
  CHECK_FALSE(shown('[' + spaces + half + ',' + half + ']'));
  CHECK(shown(R"({"a":1})"));
  CHECK_FALSE(shown(R"({"a":)" + text(ChannelId::max_length) + '}'));
}

TEST_CASE("only who asks for a subscription is shown it in the reply", "[subscribe]") {
  TestBus bus;
  const auto client = join(*bus);
  const auto reply = tell(*bus, client, "/a", R"("id":"1","data":1,"subscription":"/b")");
  CHECK(reply["successful"] == Json(true));
  CHECK(reply["subscription"].is_null());
}
