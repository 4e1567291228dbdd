#include <any>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <bayeux/bayeux.hpp>

#include "answers.hpp"
#include "support/catch.hpp"

namespace bayeux::test {
namespace {

/// Answers later, when the test says so; every question is written down.
class Later final : public SecurityPolicy {
 public:
  Verdict can_handshake(const Attempt&) override { return hold("handshake"); }
  Verdict can_create(const Attempt&, const ChannelId& channel) override { return hold("create " + channel.name()); }
  Verdict can_subscribe(const Attempt&, const ChannelId& channel) override {
    return hold("subscribe " + channel.name());
  }
  Verdict can_publish(const Attempt& attempt, const ChannelId& channel) override {
    target = attempt.request.target;
    return hold("publish " + channel.name());
  }

  Verdict hold(std::string question) {
    asked.push_back(std::move(question));
    if (!defers) return Verdict::allow();
    decision.emplace();
    return Verdict::defer(*decision);
  }

  bool defers = false;
  std::optional<Decision> decision;
  std::vector<std::string> asked;
  std::string target;
};

struct Fixture {
  explicit Fixture(Config config = {}) : bus(with(std::move(config))) {}
  Config with(Config config) {
    config.policy = policy;
    return config;
  }
  std::shared_ptr<Later> policy = std::make_shared<Later>();
  TestBus bus;
};

std::string publish(const std::string& client, const char* channel, const char* id) {
  return message(client, channel, std::string("\"id\":\"") + id + "\",\"data\":1");
}

}  // namespace

TEST_CASE("a publish waits for its verdict, and the transport is woken when it has come", "[verdict]") {
  Fixture f;
  const auto client = join(*f.bus);
  f.policy->defers = true;
  Exchange request(*f.bus, publish(client, "/a", "1"));
  CHECK_FALSE(request.ready());
  CHECK(f.policy->asked.back() == "create /a");
  f.policy->defers = false;
  f.policy->decision->allow();
  CHECK(request.wakes() == 1);
  CHECK(f.policy->asked.back() == "create /a");
  CHECK(request.ready());
  CHECK(f.policy->asked.back() == "publish /a");
  CHECK(request.text() == R"([{"channel":"/a","id":"1","successful":true}])");
}

TEST_CASE("a refusal that comes later is the same refusal", "[verdict]") {
  Fixture f;
  const auto client = join(*f.bus);
  f.policy->defers = true;
  Exchange request(*f.bus, message(client, "/meta/subscribe", R"("id":"1","subscription":"/a")"));
  f.policy->decision->deny("too_late");
  CHECK(request.response()[0]["error"] == Json("403:too_late:create_denied"));
  CHECK_FALSE(f.bus->channel("/a").exists());
}

TEST_CASE("the first answer counts, and nobody is woken for another", "[verdict]") {
  Fixture f;
  const auto client = join(*f.bus);
  f.bus->channel("/a").publish(1);
  f.policy->defers = true;
  Exchange request(*f.bus, publish(client, "/a", "1"));
  const Decision decision = *f.policy->decision;
  decision.deny("no");
  decision.allow();
  CHECK(request.wakes() == 1);
  REQUIRE(request.ready());
  CHECK(request.response()[0]["error"] == Json("403:no:publish_denied"));
}

TEST_CASE("a decision that everybody let go of denies", "[verdict]") {
  Fixture f;
  const auto client = join(*f.bus);
  f.policy->defers = true;
  Exchange request(*f.bus, publish(client, "/a", "1"));
  f.policy->decision.reset();
  REQUIRE(request.ready());
  CHECK(request.response()[0]["successful"] == Json(false));
}

TEST_CASE("a verdict that does not come in time denies, and one that comes after it changes nothing", "[verdict]") {
  Config config;
  config.verdict_timeout = Milliseconds(500);
  Fixture f(config);
  const auto client = join(*f.bus);
  f.policy->defers = true;
  Exchange request(*f.bus, publish(client, "/a", "1"));
  f.bus.advance(Milliseconds(499));
  CHECK_FALSE(request.ready());
  f.bus.advance(Milliseconds(1));
  CHECK(request.wakes() == 1);
  REQUIRE(request.ready());
  f.policy->decision->allow();
  CHECK(request.response()[0]["error"] == Json("403:denied_by_security_policy:channel_create_denied"));
}

TEST_CASE("the messages behind one that waits wait too, and are worked on in their order", "[verdict]") {
  Fixture f;
  const auto client = join(*f.bus);
  f.bus->channel("/a").publish(0);
  f.bus->channel("/b").publish(0);
  f.policy->asked.clear();
  f.policy->defers = true;
  Exchange request(*f.bus, "[" + publish(client, "/a", "1") + "," + publish(client, "/b", "2") + "]");
  CHECK(f.policy->asked == std::vector<std::string>{"publish /a"});
  f.policy->decision->allow();
  CHECK_FALSE(request.ready());
  CHECK(f.policy->asked == std::vector<std::string>{"publish /a", "publish /b"});
  f.policy->decision->deny();
  REQUIRE(request.ready());
  const auto response = request.response();
  CHECK(response[0]["id"] == Json("1"));
  CHECK(response[0]["successful"] == Json(true));
  CHECK(response[1]["id"] == Json("2"));
  CHECK(response[1]["successful"] == Json(false));
}

TEST_CASE("of several names each question is asked once, although the answers come one by one", "[verdict]") {
  Fixture f;
  const auto client = join(*f.bus);
  f.policy->asked.clear();
  f.policy->defers = true;
  Exchange request(*f.bus, message(client, "/meta/subscribe", R"("id":"1","subscription":["/a","/b"])"));
  for (int i = 0; i < 4; ++i) {
    CHECK_FALSE(request.ready());
    CHECK(f.bus->channel("/a").subscribers() == 0);
    f.policy->decision->allow();
  }
  CHECK(request.response()[0]["successful"] == Json(true));
  CHECK(f.policy->asked == std::vector<std::string>{"create /a", "subscribe /a", "create /b", "subscribe /b"});
  CHECK(f.bus->channel("/b").subscribers() == 1);
}

TEST_CASE("a handshake waits, and says whose session it became", "[verdict]") {
  Fixture f;
  f.policy->defers = true;
  Exchange request(*f.bus, R"({"channel":"/meta/handshake","id":"1"})");
  CHECK_FALSE(request.ready());
  CHECK(f.bus->stats().clients == 0);
  f.policy->decision->allow_as("ann");
  REQUIRE(request.ready());
  const auto id = request.response()[0]["clientId"].as_string();
  CHECK(f.bus->client(id).user() == "ann");
  CHECK(f.bus->user("ann").clients().size() == 1);
}

TEST_CASE("who hangs up while it waits has left nothing behind", "[verdict]") {
  Fixture f;
  f.policy->defers = true;
  {
    Exchange request(*f.bus, R"({"channel":"/meta/handshake","id":"1"})");
    request.hang_up();
    f.policy->decision->allow();
    CHECK(request.wakes() == 0);
  }
  CHECK(f.bus->stats().clients == 0);
}

TEST_CASE("the session may end while its message waits", "[verdict]") {
  Fixture f;
  const auto client = join(*f.bus);
  f.bus->channel("/a").publish(0);
  f.policy->defers = true;
  Exchange request(*f.bus, message(client, "/meta/subscribe", R"("id":"1","subscription":"/a")"));
  f.bus->client(client).disconnect();
  f.policy->decision->allow();
  REQUIRE(request.ready());
  CHECK(request.response()[0]["error"] == Json("402::session_unknown"));
}

TEST_CASE("what others send to the client does not wait with it", "[verdict]") {
  Fixture f;
  const auto client = join(*f.bus);
  subscribe(*f.bus, client, "/news");
  auto held = poll(*f.bus, client);
  f.policy->defers = true;
  Exchange request(*f.bus, publish(client, "/a", "1"));
  f.bus->channel("/news").publish("now");
  CHECK(held.wakes() == 1);
  CHECK(events(held.response()) == "\"now\"");
  CHECK_FALSE(request.ready());
}

TEST_CASE("on a lasting connection what comes in later waits in order, up to a bound", "[verdict]") {
  Config config;
  config.max_batch = 3;
  Fixture f(config);
  f.bus->channel("/a").publish(0);
  Socket socket(*f.bus);
  const auto client = socket.join();
  f.policy->defers = true;
  CHECK(socket.say(publish(client, "/a", "1")).empty());
  for (const char* id : {"2", "3", "4"}) CHECK(socket.say(publish(client, "/a", id)).empty());
  socket.say(publish(client, "/a", "5"));
  CHECK(socket.error() == Errc::messages_too_many);
  f.policy->defers = false;
  f.policy->decision->allow();
  const auto heard = socket.hear();
  REQUIRE(heard.size() == 4);
  for (int i = 0; i < 4; ++i) CHECK(heard[i]["id"] == Json(std::to_string(i + 1)));
}

TEST_CASE("what waits behind a verdict is bounded in bytes, and one request always fits", "[verdict]") {
  Config config;
  config.max_waiting_bytes = 1'000;
  Fixture f(config);
  f.bus->channel("/a").publish(0);
  Socket socket(*f.bus);
  const auto client = socket.join();
  const auto large = message(client, "/a", R"("id":"x","data":")" + std::string(2'000, 'x') + '"');
  f.policy->defers = true;
  socket.say(publish(client, "/a", "1"));
  CHECK_FALSE(socket.link().congested());
  socket.say(large);
  CHECK_FALSE(socket.error());
  CHECK(socket.link().congested());
  socket.say(publish(client, "/a", "3"));
  CHECK(socket.error() == Errc::messages_too_many);
  CHECK(f.bus->stats().over_batch == 1);
  f.policy->defers = false;
  f.policy->decision->allow();
  CHECK(socket.hear().size() == 2);
  CHECK_FALSE(socket.link().congested());
  // What no longer waits leaves room.
  f.policy->defers = true;
  socket.say(publish(client, "/a", "4"));
  CHECK_FALSE(socket.link().congested());
  for (int i = 0; i < 3; ++i) {
    socket.say(publish(client, "/a", "5"));
    CHECK_FALSE(socket.error());
  }
  CHECK(socket.link().congested());
}

TEST_CASE("replies that nobody takes are bounded: no more is worked on then", "[verdict]") {
  Config config;
  config.max_waiting_bytes = 1'000;
  TestBus bus(config);
  const auto link = bus->open_link({"websocket", true, false, std::nullopt}, std::make_shared<CountingCarrier>());
  int accepted = 0;
  while (accepted < 1'000 && !link->receive(R"([{"channel":"/a","id":"1"}])")) ++accepted;
  CHECK(accepted > 5);
  CHECK(accepted < 100);
  CHECK(link->take(1).size() == static_cast<std::size_t>(accepted));
  CHECK_FALSE(link->receive(R"([{"channel":"/a","id":"1"}])"));

  const auto own = bus->open_link({"in-process", true, false, std::nullopt, true}, std::make_shared<CountingCarrier>());
  for (int i = 0; i < 100; ++i) CHECK_FALSE(own->receive(R"([{"channel":"/a","id":"1"}])"));
}

TEST_CASE("a policy that throws or answers before it returns is understood", "[verdict]") {
  struct Odd final : SecurityPolicy {
    Verdict can_publish(const Attempt&, const ChannelId& channel) override {
      if (channel.name() == "/throws") throw std::runtime_error("secret");
      const Decision decision;
      if (channel.name() == "/allows") decision.allow();
      return Verdict::defer(decision);
    }
  };
  Config config;
  config.policy = std::make_shared<Odd>();
  TestBus bus(config);
  const auto client = join(*bus);
  CHECK(tell(*bus, client, "/throws", R"("data":1)")["error"] == Json("403:denied_by_security_policy:publish_denied"));
  CHECK(tell(*bus, client, "/allows", R"("data":1)")["successful"] == Json(true));
  CHECK(tell(*bus, client, "/drops", R"("data":1)")["successful"] == Json(false));
}

TEST_CASE("a message that waited still shows the request in which it came", "[verdict]") {
  Fixture f;
  const auto client = join(*f.bus);
  f.policy->defers = true;
  auto link = f.bus->open_link({"long-polling", false, false, std::nullopt}, std::make_shared<CountingCarrier>());
  {
    const std::string target = "/bayeux/x?y=1";
    const std::vector<Request::Header> headers{{"Cookie", "a=1; login=ann"}};
    link->receive(publish(client, "/a", "1"), {"POST", target, headers});
  }
  f.policy->decision->allow();
  CHECK_FALSE(link->ready());
  CHECK(f.policy->target == "/bayeux/x?y=1");
}

TEST_CASE("each message that waits behind another shows the request in which it came itself", "[verdict]") {
  Fixture f;
  f.bus->channel("/a").publish(0);
  Socket socket(*f.bus);
  const auto client = socket.join();
  f.policy->defers = true;
  for (int i = 1; i < 5; ++i) {
    const std::string target = "/" + std::to_string(i);
    socket.link().receive(publish(client, "/a", "1"), {"GET", target});
  }
  CHECK(f.policy->target == "/1");
  for (int i = 2; i < 5; ++i) {
    std::exchange(f.policy->decision, std::nullopt)->allow();
    CHECK(socket.hear().size() == 1);
    CHECK(f.policy->target == "/" + std::to_string(i));
  }
}

TEST_CASE("what waited when the connection went is counted", "[verdict]") {
  Fixture f;
  f.bus->channel("/a").publish(0);
  Socket socket(*f.bus);
  const auto client = socket.join();
  f.policy->defers = true;
  for (const char* id : {"1", "2", "3"}) socket.say(publish(client, "/a", id));
  CHECK(f.bus->stats().unanswered == 0);
  socket.link().close();
  CHECK(f.bus->stats().unanswered == 3);
  CHECK_FALSE(socket.link().congested());
}

}  // namespace bayeux::test
