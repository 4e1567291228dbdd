#include <functional>

#include "support/catch.hpp"

#include "meta/answers.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

struct RecordingLog final : Log {
  void write(LogLevel level, std::string_view text) noexcept override {
    if (level == LogLevel::warning) warnings.append(text).append("\n");
  }
  std::string warnings;
};

struct ThrowingPolicy final : SecurityPolicy {
  Verdict can_handshake(const Attempt&) override { return ask_about("handshake"); }
  Verdict can_subscribe(const Attempt&, const ChannelId&) override { return ask_about("subscribe"); }
  Verdict can_publish(const Attempt&, const ChannelId&) override { return ask_about("publish"); }
  Verdict ask_about(const std::string& what) {
    if (throws == what) throw std::runtime_error("swordfish");
    if (throws == what + " badly") throw 42;
    return Verdict::allow();
  }
  std::string throws;
};

struct FunctionFilter final : DataFilter {
  using Function = std::function<std::optional<Json>(const Client&, const ChannelId&, Json)>;
  explicit FunctionFilter(Function f) : function(std::move(f)) {}
  std::optional<Json> filter(const Client& from, const ChannelId& channel, Json data) override {
    return function(from, channel, std::move(data));
  }
  Function function;
};

std::shared_ptr<DataFilter> appending(const std::string& letter) {
  return std::make_shared<FunctionFilter>(
      [letter](const Client&, const ChannelId&, Json data) { return Json(data.as_string() + letter); });
}

/// Writes down what it sees; drops or throws where it is told to.
struct Watcher final : Extension {
  Watcher(std::string n, std::string& t) : name(std::move(n)), trace(t) {}
  Flow incoming(const Client& from, Message& message, Message&) override { return see("in", from, message); }
  Flow outgoing(const Client& from, Message& message) override { return see("out", from, message); }
  Flow reply(const Client& to, Message& message) override { return see("reply", to, message); }
  Flow see(const std::string& what, const Client& client, Message& message) {
    trace += name + ":" + what + ":" + message.channel + (client.valid() ? "+ " : "- ");
    if (throws == what) throw std::runtime_error("swordfish");
    return drops == what ? Flow::drop : Flow::pass;
  }
  const std::string name;
  std::string& trace;
  std::string drops;
  std::string throws;
};

}  // namespace

TEST_CASE("a policy that throws denies, is logged, and gives nothing away", "[hooks]") {
  const auto policy = std::make_shared<ThrowingPolicy>();
  const auto log = std::make_shared<RecordingLog>();
  Config config;
  config.policy = policy;
  config.log = log;
  TestBus bus(config);
  const auto client = join(*bus);

  policy->throws = "handshake";
  const Json refused = ask(*bus, R"({"channel":"/meta/handshake"})")[0];
  CHECK(refused["error"] == Json("403:denied_by_security_policy:handshake_denied"));
  CHECK(bus->stats().clients == 1);
  policy->throws = "subscribe";
  CHECK(subscribe(*bus, client, "/a")["error"] == Json("403:denied_by_security_policy:subscribe_denied"));
  CHECK(bus->channel("/a").subscribers() == 0);
  CHECK(log->warnings.find("can_subscribe threw: swordfish") != std::string::npos);
  policy->throws = "publish badly";
  CHECK(tell(*bus, client, "/a", R"("data":1)")["error"] == Json("403:denied_by_security_policy:publish_denied"));
  CHECK(log->warnings.find("can_publish threw something") != std::string::npos);
  policy->throws = "";
  CHECK(tell(*bus, client, "/a", R"("data":1)")["successful"] == Json(true));
}

TEST_CASE("the application is never asked for permission", "[hooks]") {
  const auto policy = std::make_shared<ThrowingPolicy>();
  Config config;
  config.policy = policy;
  TestBus bus(config);
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  policy->throws = "publish";
  CHECK_FALSE(bus->channel("/a").publish(1));
  CHECK_FALSE(bus->client(client).deliver("/b", 2));
  CHECK(events(collect(*bus, client)) == "1 2");
}

TEST_CASE("a policy decides about service channels too, and sees the whole message", "[hooks]") {
  struct Reader final : SecurityPolicy {
    Verdict can_publish(const Attempt& attempt, const ChannelId& channel) override {
      const auto& [client, message, request] = attempt;
      seen += client.id() + channel.name() + std::string(message.data.text()) + message.ext["k"].text() + " ";
      return channel.is_service() ? Verdict::deny("no_service") : Verdict::allow();
    }
    std::string seen;
  };
  const auto policy = std::make_shared<Reader>();
  Config config;
  config.policy = policy;
  TestBus bus(config);
  const auto client = join(*bus);
  int heard = 0;
  const auto listening = bus->channel("/service/a").on_message([&](const Client&, const Message&) { ++heard; });
  CHECK(tell(*bus, client, "/service/a", R"("data":1)")["error"] == Json("403:no_service:publish_denied"));
  CHECK(tell(*bus, client, "/a", R"("data":2,"ext":{"k":3})")["successful"] == Json(true));
  CHECK(heard == 0);
  CHECK(policy->seen == "client1/service/a1null client1/a23 ");
}

TEST_CASE("filters run from the widest pattern to the channel, once, in the order of their adding", "[hooks]") {
  TestBus bus;
  const auto e = bus->channel("/a/b").add_filter(appending("e"));
  const auto f = bus->channel("/a/b").add_filter(appending("f"));
  const auto b = bus->channel("/a/**").add_filter(appending("b"));
  const auto d = bus->channel("/a/*").add_filter(appending("d"));
  const auto a = bus->channel("/**").add_filter(appending("a"));
  const auto x = bus->channel("/a").add_filter(appending("x"));
  const auto one = join(*bus);
  const auto two = join(*bus);
  subscribe(*bus, one, "/a/b");
  subscribe(*bus, two, "/**");
  bus->channel("/a/b").publish("");
  CHECK(events(collect(*bus, one)) == R"("abdef")");
  CHECK(events(collect(*bus, two)) == R"("abdef")");
}

TEST_CASE("a filter that drops or throws keeps the message from everybody", "[hooks]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/**");
  int later = 0;
  const auto drop = bus->channel("/drop").add_filter(std::make_shared<FunctionFilter>(
      [](const Client&, const ChannelId&, const Json&) { return std::optional<Json>(); }));
  const auto fail = bus->channel("/throw").add_filter(std::make_shared<FunctionFilter>(
      [](const Client&, const ChannelId&, const Json&) -> std::optional<Json> { throw std::runtime_error("x"); }));
  const auto count = bus->channel("/*").on_message([&](const Client&, const Message&) { ++later; });
  for (const char* name : {"/drop", "/throw"}) {
    CHECK(tell(*bus, client, name, R"("id":"1","data":1)").text() ==
          std::string(R"({"channel":")") + name + R"(","id":"1","successful":false,"error":"404::message_deleted"})");
    CHECK(bus->channel(name).publish(1) == Errc::message_deleted);
  }
  CHECK(later == 0);
  CHECK(collect(*bus, client).size() == 1);
}

TEST_CASE("filters know who publishes: nobody, when it is the application", "[hooks]") {
  TestBus bus;
  std::string seen;
  const auto filter = bus->channel("/**").add_filter(
      std::make_shared<FunctionFilter>([&](const Client& from, const ChannelId& channel, Json data) {
        seen += (from.valid() ? from.id() : "application") + channel.name() + " ";
        return data;
      }));
  tell(*bus, join(*bus), "/a", R"("data":1)");
  bus->channel("/b").publish(1);
  CHECK(seen == "client1/a application/b ");
}

TEST_CASE("listeners see what the filters left, before any subscriber", "[hooks]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  auto held = poll(*bus, client);
  const auto filter = bus->channel("/a").add_filter(appending("!"));
  std::string seen;
  const auto listener = bus->channel("/*").on_message([&](const Client& from, const Message& message) {
    seen = message.channel + std::string(message.data.text());
    CHECK_FALSE(from.valid());
    CHECK_FALSE(held.ready());
  });
  bus->channel("/a").publish("hi");
  CHECK(seen == R"(/a"hi!")");
  CHECK(held.ready());
}

TEST_CASE("a listener that throws drops the message and is logged", "[hooks]") {
  const auto log = std::make_shared<RecordingLog>();
  Config config;
  config.log = log;
  TestBus bus(config);
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  const auto listener = bus->channel("/**").on_message([](const Client&, const Message&) { throw std::string("x"); });
  CHECK(bus->channel("/a").publish(1) == Errc::message_deleted);
  CHECK(tell(*bus, client, "/a", R"("data":1)")["error"] == Json("404::message_deleted"));
  CHECK(collect(*bus, client).size() == 1);
  CHECK(log->warnings.find("message listener threw") != std::string::npos);
}

TEST_CASE("listeners of coming and going may throw, and nothing else suffers", "[hooks]") {
  TestBus bus;
  int added = 0;
  int removed = 0;
  const auto one = bus->on_client_added([](const Client&) { throw std::runtime_error("x"); });
  const auto two = bus->on_client_added([&](const Client&) { ++added; });
  const auto three = bus->on_client_removed([](const Client&, Removal) { throw std::runtime_error("x"); });
  const auto four = bus->on_client_removed([&](const Client&, Removal) { ++removed; });
  CHECK(tell(*bus, join(*bus), "/meta/disconnect")["successful"] == Json(true));
  CHECK(added == 1);
  CHECK(removed == 1);
}

TEST_CASE("extensions see requests in the order of their adding and everything else in the reverse", "[hooks]") {
  TestBus bus;
  std::string trace;
  const auto a = bus->add_extension(std::make_shared<Watcher>("a", trace));
  const auto b = bus->add_extension(std::make_shared<Watcher>("b", trace));
  ask(*bus, R"({"channel":"/meta/handshake"})");
  CHECK(trace == "a:in:/meta/handshake- b:in:/meta/handshake- b:reply:/meta/handshake+ a:reply:/meta/handshake+ ");
  trace.clear();
  tell(*bus, "client1", "/a", R"("data":1)");
  CHECK(trace == "a:in:/a+ b:in:/a+ b:out:/a+ a:out:/a+ b:reply:/a+ a:reply:/a+ ");
  trace.clear();
  tell(*bus, "nobody", "/a", R"("data":1)");
  CHECK(trace == "a:in:/a- b:in:/a- b:reply:/a- a:reply:/a- ");
  trace.clear();
  bus->channel("/a").publish(1);
  bus->client("client1").deliver("/b", 1);
  CHECK(trace == "b:out:/a- a:out:/a- b:out:/b- a:out:/b- ");
}

TEST_CASE("an extension that drops or throws on the way in stops the message", "[hooks]") {
  TestBus bus;
  const auto client = join(*bus);
  std::string trace;
  const auto first = std::make_shared<Watcher>("a", trace);
  const auto a = bus->add_extension(first);
  const auto b = bus->add_extension(std::make_shared<Watcher>("b", trace));
  for (auto* way : {&first->drops, &first->throws}) {
    *way = "in";
    trace.clear();
    CHECK(subscribe(*bus, client, "/a")["error"] == Json("404::message_deleted"));
    CHECK(trace.find("b:in") == std::string::npos);
    CHECK(bus->channel("/a").subscribers() == 0);
    const Json handshake = ask(*bus, R"({"channel":"/meta/handshake"})")[0];
    CHECK(handshake["error"] == Json("404::message_deleted"));
    CHECK(handshake["advice"].text() == R"({"reconnect":"none"})");
    way->clear();
  }
  CHECK(bus->stats().clients == 1);
}

TEST_CASE("an extension that drops or throws on the way out keeps the message from everybody", "[hooks]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  std::string trace;
  const auto watcher = std::make_shared<Watcher>("a", trace);
  const auto a = bus->add_extension(watcher);
  for (auto* way : {&watcher->drops, &watcher->throws}) {
    *way = "out";
    CHECK(tell(*bus, client, "/a", R"("data":1)")["error"] == Json("404::message_deleted"));
    CHECK(bus->channel("/a").publish(1) == Errc::message_deleted);
    CHECK(bus->client(client).deliver("/b", 1) == Errc::message_deleted);
    way->clear();
  }
  CHECK(collect(*bus, client).size() == 1);
}

TEST_CASE("an extension that fails on a reply takes that reply away and no other", "[hooks]") {
  TestBus bus;
  const auto client = join(*bus);
  struct Deaf final : Extension {
    Flow reply(const Client&, Message& message) override {
      if (message.channel == "/b") throw std::runtime_error("x");
      return message.channel == "/c" ? Flow::drop : Flow::pass;
    }
  };
  const auto deaf = bus->add_extension(std::make_shared<Deaf>());
  CHECK(channels(ask(*bus, "[" + message(client, "/a", R"("data":1)") + "," + message(client, "/b", R"("data":1)") +
                               "," + message(client, "/c", R"("data":1)") + "," + message(client, "/d", R"("data":1)") +
                               "]")) == "/a /d");
  CHECK(bus->stats().withheld == 2);
}

TEST_CASE("what an extension changes is what others see, but for who sends and where to", "[hooks]") {
  struct Meddler final : Extension {
    Flow incoming(const Client&, Message& message, Message&) override {
      message.channel = "/elsewhere";
      message.client_id = "somebody";
      message.id = "x";
      message.data = Payload(Json("changed"));
      return Flow::pass;
    }
    Flow outgoing(const Client&, Message& message) override {
      message.ext = Json{{"stamp", 1}};
      return Flow::pass;
    }
    Flow reply(const Client&, Message& message) override {
      message.ext = Json{{"ack", true}};
      return Flow::pass;
    }
  };
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  const auto meddler = bus->add_extension(std::make_shared<Meddler>());
  CHECK(ask(*bus, message(client, "/a", R"("id":"1","data":"as it was")")).text() ==
        R"([{"channel":"/a","data":"changed","ext":{"stamp":1}},)"
        R"({"channel":"/a","id":"1","successful":true,"ext":{"ack":true}}])");
}

TEST_CASE("the reply to a held connect passes the extensions when it leaves", "[hooks]") {
  TestBus bus;
  const auto client = join(*bus);
  std::string trace;
  const auto watching = bus->add_extension(std::make_shared<Watcher>("a", trace));
  auto held = poll(*bus, client);
  CHECK(trace == "a:in:/meta/connect+ ");
  bus->client(client).deliver("/x", 1);
  held.response();
  CHECK(trace == "a:in:/meta/connect+ a:out:/x- a:reply:/meta/connect+ ");
}

TEST_CASE("a hook may call the bus from within, also about its own client and channel", "[hooks]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  subscribe(*bus, client, "/copy");
  Registration once;
  once = bus->channel("/a").on_message([&](const Client& from, const Message& message) {
    once.cancel();
    bus->channel("/a").publish("nested");
    bus->channel("/copy").publish(message.data.json());
    from.deliver("/x", bus->stats().clients);
    bus->channel("/a").on_message([](const Client&, const Message&) {}).cancel();
  });
  CHECK(events(ask(*bus, message(client, "/a", R"("data":"outer")"))) == R"("nested" "outer" 1 "outer")");
}
