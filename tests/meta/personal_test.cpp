#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <bayeux/bayeux.hpp>

#include "answers.hpp"
#include "support/catch.hpp"

namespace bayeux::test {
namespace {

struct PerReceiver final : DeliveryPolicy {
  Verdict can_deliver(const Client& to, const Message& message) override { return answer(to, message); }
  std::function<Verdict(const Client&, const Message&)> answer = [](const auto&, const auto&) {
    return Verdict::allow();
  };
};

struct Fixture {
  Fixture() : bus(with_policy()) {
    for (const char* name : {"/a", "/b"}) {
      subscribe(*bus, first, name);
      subscribe(*bus, second, name);
    }
  }
  Config with_policy() {
    Config config;
    config.policy = policy;
    return config;
  }
  std::shared_ptr<PerReceiver> policy = std::make_shared<PerReceiver>();
  TestBus bus;
  std::string first = join(*bus);
  std::string second = join(*bus);
};

struct Named final : ReceiverFilter {
  std::optional<Json> filter(const Client& to, const ChannelId&, Json data) override {
    if (data == Json("throw")) throw std::runtime_error("x");
    if (data == Json("secret") && to.user() != "ann") return std::nullopt;
    return Json{{"to", to.user()}, {"data", std::move(data)}};
  }
};

struct Marker final : Extension {
  Flow outgoing(const Client&, Message& message) override {
    if (message.data.json() == Json("drop")) return Flow::drop;
    message.ext["mark"] = true;
    return Flow::pass;
  }
  Flow incoming(const Client&, Message& message, Message& reply) override {
    if (message.data.json() != Json("ask me")) return Flow::pass;
    reply.successful = false;
    reply.error = "400::asked";
    return Flow::answer;
  }
  Flow reply(const Client&, Message& message) override {
    ++replies;
    message.ext["seen"] = replies;
    return Flow::pass;
  }
  int replies = 0;
};

}  // namespace

TEST_CASE("a delivery policy keeps a message from some of its subscribers", "[personal]") {
  Fixture f;
  f.policy->answer = [&](const Client& to, const Message& message) {
    return to.id() == f.first && message.data.json() == Json(1) ? Verdict::deny() : Verdict::allow();
  };
  f.bus->channel("/a").publish(1);
  f.bus->channel("/a").publish(2);
  CHECK(events(collect(*f.bus, f.first)) == "2");
  CHECK(events(collect(*f.bus, f.second)) == "1 2");
}

TEST_CASE("a delivery policy that throws keeps the message from that subscriber", "[personal]") {
  Fixture f;
  f.policy->answer = [&](const Client& to, const Message&) -> Verdict {
    if (to.id() == f.first) throw std::runtime_error("x");
    return Verdict::allow();
  };
  CHECK_FALSE(f.bus->channel("/a").publish(1));
  CHECK(events(collect(*f.bus, f.first)).empty());
  CHECK(events(collect(*f.bus, f.second)) == "1");
}

TEST_CASE("a delivery that is decided later keeps its place in the queue", "[personal]") {
  Fixture f;
  std::map<std::string, Decision> decisions;
  f.policy->answer = [&](const Client&, const Message& message) {
    if (message.channel == "/b") return Verdict::allow();
    return Verdict::defer(decisions[std::string(message.data.text())]);
  };
  auto held = poll(*f.bus, f.first);
  f.bus->channel("/a").publish(1);
  f.bus->channel("/a").publish(2);
  f.bus->channel("/b").publish(3);
  CHECK(held.wakes() == 0);
  decisions["2"].allow();
  CHECK(held.wakes() == 0);
  decisions["1"].deny();
  CHECK(held.wakes() == 1);
  CHECK(events(held.response()) == "2 3");
  CHECK(events(collect(*f.bus, f.second)) == "2 3");
}

TEST_CASE("a delivery that is never decided is dropped when its time is up", "[personal]") {
  Fixture f;
  Decision never;
  f.policy->answer = [&](const Client&, const Message& message) {
    return message.channel == "/a" ? Verdict::defer(never) : Verdict::allow();
  };
  f.bus->channel("/a").publish(1);
  f.bus->channel("/b").publish(2);
  auto held = poll(*f.bus, f.first);
  CHECK_FALSE(held.ready());
  f.bus.advance(Milliseconds(10'000));
  CHECK(events(held.response()) == "2");
  never.allow();
  CHECK(events(collect(*f.bus, f.first)).empty());
}

TEST_CASE("nothing comes behind the reply to an unsubscribe, also when its verdict comes later", "[personal]") {
  Fixture f;
  const Decision decision;
  f.policy->answer = [&](const Client&, const Message&) { return Verdict::defer(decision); };
  f.bus->channel("/a").publish(1);
  tell(*f.bus, f.first, "/meta/unsubscribe", R"("subscription":"/a")");
  decision.allow();
  CHECK(events(collect(*f.bus, f.first)).empty());
  CHECK(events(collect(*f.bus, f.second)) == "1");
}

TEST_CASE("a receiver filter makes a message of its own for everybody", "[personal]") {
  TestBus bus;
  const auto ann = join(*bus);
  const auto bob = join(*bus);
  bus->client(ann).set_user("ann");
  bus->client(bob).set_user("bob");
  for (const auto& client : {ann, bob}) subscribe(*bus, client, "/a/*");
  auto registration = bus->channel("/a/**").add_receiver_filter(std::make_shared<Named>());
  for (const char* data : {"hi", "secret", "throw"}) CHECK_FALSE(bus->channel("/a/x").publish(data));
  CHECK(bus->client(bob).deliver("/a/x", "secret") == Errc::message_deleted);
  CHECK(events(collect(*bus, ann)) == R"({"to":"ann","data":"hi"} {"to":"ann","data":"secret"})");
  CHECK(events(collect(*bus, bob)) == R"({"to":"bob","data":"hi"})");
  registration.cancel();
  bus->channel("/a/x").publish("hi");
  CHECK(events(collect(*bus, bob)) == "\"hi\"");
}

TEST_CASE("an extension of one client sees what that client sends and is sent, and nobody else's", "[personal]") {
  TestBus bus;
  const auto first = join(*bus);
  const auto second = join(*bus);
  for (const auto& client : {first, second}) subscribe(*bus, client, "/a");
  const auto marker = std::make_shared<Marker>();
  auto registration = bus->client(first).add_extension(marker);
  bus->channel("/a").publish("drop");
  bus->channel("/a").publish(1);
  const auto marked = ask(*bus, message(first, "/b", R"("data":"ask me")"));
  CHECK(events(marked) == "1");
  CHECK(marked[0]["ext"]["mark"] == Json(true));
  CHECK(marked[1]["error"] == Json("400::asked"));
  CHECK(marker->replies == 1);
  const auto plain = ask(*bus, message(second, "/b", R"("data":"ask me")"));
  CHECK(events(plain) == "\"drop\" 1");
  CHECK(plain[2]["successful"] == Json(true));
  registration.cancel();
  bus->channel("/a").publish(2);
  CHECK(collect(*bus, first)[0].find("ext") == nullptr);
}

TEST_CASE("what an extension puts into the reply of a request leaves with it", "[personal]") {
  struct Greeter final : Extension {
    Flow incoming(const Client&, Message& message, Message& reply) override {
      if (message.channel == "/meta/handshake") reply.ext["hello"] = message.ext["name"];
      return Flow::pass;
    }
  };
  TestBus bus;
  const auto registration = bus->add_extension(std::make_shared<Greeter>());
  CHECK(ask(*bus, R"({"channel":"/meta/handshake","ext":{"name":"ann"}})")[0]["ext"]["hello"] == Json("ann"));
}

TEST_CASE("an extension that answers for itself cannot leave a client without advice or outcome", "[personal]") {
  struct Rude final : Extension {
    Flow incoming(const Client&, Message&, Message&) override { return Flow::answer; }
  };
  TestBus bus;
  const auto registration = bus->add_extension(std::make_shared<Rude>());
  const auto reply = ask(*bus, R"({"channel":"/meta/handshake","id":"1"})")[0];
  CHECK(reply["successful"] == Json(false));
  CHECK(reply["advice"]["reconnect"] == Json("none"));
  CHECK(bus->stats().clients == 0);
}

}  // namespace bayeux::test
