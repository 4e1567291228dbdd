#include <stdexcept>

#include "support/catch.hpp"

#include "unit/rules_support.hpp"

using namespace bayeux;
using namespace bayeux::test;

TEST_CASE("what no rule mentions is open", "[rules]") {
  RuledBus bus("'/chat/**':{'publish':['member']},'/chat/a':{}");
  const auto guest = bus.client();
  CHECK(bus.publish(guest, "/news") == "yes");
  CHECK(bus.subscribe(guest, "/chat/a") == "yes");
  CHECK(bus.create(guest, "/chat/a") == "yes");
  CHECK(bus.publish(guest, "/chat/a") == not_granted_publish);
}

TEST_CASE("who has one of the roles is granted, everybody else is not", "[rules]") {
  RuledBus bus("'/chat/*':{'subscribe':['guest','member','admin'],'publish':['member'],'create':['admin']}");
  const auto nobody = bus.client();
  const auto guest = bus.client({"guest"});
  const auto member = bus.client({"other", "member"});
  const auto admin = bus.client({"admin"});
  CHECK(bus.subscribe(member, "/chat/a") == "403:denied_by_not_granting:create_denied");
  CHECK(bus.publish(member, "/chat/a") == "403:denied_by_not_granting:channel_create_denied");
  CHECK(bus.subscribe(admin, "/chat/a") == "yes");
  CHECK(bus.subscribe(nobody, "/chat/a") == not_granted_subscribe);
  CHECK(bus.subscribe(guest, "/chat/a") == "yes");
  CHECK(bus.subscribe(member, "/chat/a") == "yes");
  CHECK(bus.publish(guest, "/chat/a") == not_granted_publish);
  CHECK(bus.publish(member, "/chat/a") == "yes");
  CHECK(bus.create(member, "/chat/a") == "denied_by_not_granting");
  CHECK(bus.create(admin, "/chat/a") == "yes");
  CHECK(bus->channel("/chat/a").subscribers() == 3);
}

TEST_CASE("everybody is anyone, and who is logged in is a user", "[rules]") {
  RuledBus bus("'/a':{'publish':['anyone']},'/b':{'publish':['user']}");
  const auto guest = bus.client();
  const auto ann = bus.client({}, "ann");
  CHECK(bus.publish(guest, "/a") == "yes");
  CHECK(bus.publish(ann, "/a") == "yes");
  CHECK(bus.publish(guest, "/b") == not_granted_publish);
  CHECK(bus.publish(ann, "/b") == "yes");
}

TEST_CASE("a host cannot make somebody a user by a role of that name", "[rules]") {
  RuledBus bus("'/b':{'publish':['user']}");
  CHECK(bus.publish(bus.client({"user"}), "/b") == not_granted_publish);
}

TEST_CASE("an empty list grants nothing, and leaves granting to other patterns", "[rules]") {
  RuledBus bus("'/**':{'publish':[]},'/open/*':{'publish':['anyone']}");
  const auto guest = bus.client();
  CHECK(bus.publish(guest, "/a") == not_granted_publish);
  CHECK(bus.publish(guest, "/open/a") == "yes");
  CHECK(bus.publish(guest, "/open/a/b") == not_granted_publish);
  CHECK(bus.subscribe(guest, "/a") == "yes");
}

TEST_CASE("one grant on the way from the root to the channel is enough", "[rules]") {
  RuledBus bus(
      "'/**':{'publish':['admin']},'/a/**':{'publish':['deep']},'/a/*':{'publish':['one']},"
      "'/a/b':{'publish':['exact']}");
  for (const char* role : {"admin", "deep", "one", "exact"}) CHECK(bus.publish(bus.client({role}), "/a/b") == "yes");
  CHECK(bus.publish(bus.client({"none"}), "/a/b") == not_granted_publish);
  CHECK(bus.publish(bus.client({"one"}), "/a/b/c") == not_granted_publish);
  CHECK(bus.publish(bus.client({"deep"}), "/a/b/c") == "yes");
}

TEST_CASE("one refusal is enough, wherever it stands, and the first gives the reason", "[rules]") {
  RuledBus bus(
      "'/**':{'publish':['anyone'],'deny':{'publish':['banned'],'reason':'you_are_banned'}},"
      "'/a/*':{'deny':{'publish':['banned','quiet'],'reason':'be_quiet'}},"
      "'/a/b':{'publish':['quiet'],'deny':{'publish':['late']}}");
  CHECK(bus.publish(bus.client(), "/a/b") == "yes");
  CHECK(bus.publish(bus.client({"banned"}), "/a/b") == "403:you_are_banned:publish_denied");
  CHECK(bus.publish(bus.client({"quiet"}), "/a/b") == "403:be_quiet:publish_denied");
  CHECK(bus.publish(bus.client({"quiet"}), "/b") == "yes");
  CHECK(bus.publish(bus.client({"late"}), "/a/b") == "403:denied_by_rules:publish_denied");
  CHECK(bus.publish(bus.client({"late"}), "/a/c") == "yes");
}

TEST_CASE("within one pattern a refusal counts more than a grant", "[rules]") {
  RuledBus bus("'/a':{'publish':['member'],'deny':{'publish':['banned']}}");
  CHECK(bus.publish(bus.client({"member"}), "/a") == "yes");
  CHECK(bus.publish(bus.client({"member", "banned"}), "/a") == "403:denied_by_rules:publish_denied");
}

TEST_CASE("a pattern that only refuses mentions the operation, so that somebody has to grant it", "[rules]") {
  RuledBus bus("'/a':{'deny':{'publish':['banned']}}");
  CHECK(bus.publish(bus.client(), "/a") == not_granted_publish);
}

TEST_CASE("services have rules for publishing", "[rules]") {
  RuledBus bus("'/service/**':{'publish':['user']},'/service/echo':{'publish':['anyone']}");
  const auto guest = bus.client();
  CHECK(bus.publish(guest, "/service/echo") == "yes");
  CHECK(bus.publish(guest, "/service/vote") == not_granted_publish);
  CHECK(bus.publish(bus.client({}, "ann"), "/service/vote") == "yes");
}

TEST_CASE("patterns are asked without the blanks and slashes around them", "[rules]") {
  RuledBus bus("'/a/b/':{'publish':['x']}");
  CHECK(bus.publish(bus.client(), "/a/b/") == not_granted_publish);
  CHECK(bus.publish(bus.client(), "/a/b") == not_granted_publish);
}

TEST_CASE("the host can say which roles a client has, and is asked only when a rule needs them", "[rules]") {
  int asked = 0;
  RulesOptions options;
  options.roles = [&](const Client& client) {
    ++asked;
    return client.user() == "ann" ? std::vector<std::string>{"admin"} : std::vector<std::string>{};
  };
  RuledBus bus("'/a':{'publish':['admin']},'/b':{'publish':['anyone']}", options);
  const auto ann = bus.client({}, "ann");
  CHECK(bus.publish(ann, "/b") == "yes");
  CHECK(bus.publish(ann, "/c") == "yes");
  CHECK(asked == 0);
  CHECK(bus.publish(ann, "/a") == "yes");
  CHECK(bus.publish(bus.client({"admin"}), "/a") == not_granted_publish);
  CHECK(asked == 2);
}

TEST_CASE("roles that cannot be found deny", "[rules]") {
  RulesOptions options;
  options.roles = [](const Client&) -> std::vector<std::string> { throw std::runtime_error("no database"); };
  RuledBus bus("'/a':{'deny':{'publish':['banned']},'publish':['member']}", options);
  CHECK(bus.publish(bus.client(), "/a") == "403:denied_by_security_policy:publish_denied");
}

namespace {

/// A policy whose answers are told.
struct Told final : SecurityPolicy {
  Verdict can_handshake(const Attempt& attempt) override {
    attempt.client.set_attribute("roles", std::vector<std::string>{attempt.message.ext["role"].as_string()});
    return handshake;
  }
  Verdict can_create(const Attempt&, const ChannelId&) override { return create; }
  Verdict can_subscribe(const Attempt&, const ChannelId&) override { return subscribe; }
  Verdict can_publish(const Attempt&, const ChannelId&) override { return publish; }
  Verdict handshake = Verdict::allow();
  Verdict create = Verdict::allow();
  Verdict subscribe = Verdict::allow();
  Verdict publish = Verdict::allow();
};

RulesOptions behind(std::shared_ptr<SecurityPolicy> policy) {
  RulesOptions options;
  options.policy = std::move(policy);
  return options;
}

}  // namespace

TEST_CASE("another policy decides who may have a session, and can give roles", "[rules]") {
  const auto login = std::make_shared<Told>();
  RuledBus bus("'/a':{'publish':['member']}", behind(login));
  const Json member = ask(*bus, R"({"channel":"/meta/handshake","ext":{"role":"member"}})")[0];
  CHECK(bus.publish(member["clientId"].as_string(), "/a") == "yes");
  const Json guest = ask(*bus, R"({"channel":"/meta/handshake","ext":{"role":"guest"}})")[0];
  CHECK(bus.publish(guest["clientId"].as_string(), "/a") == not_granted_publish);
  login->handshake = Verdict::deny("wrong_password");
  CHECK(ask(*bus, R"({"channel":"/meta/handshake"})")[0]["error"] == Json("403:wrong_password:handshake_denied"));
}

TEST_CASE("another policy's refusal is final, and its consent is not enough", "[rules]") {
  const auto other = std::make_shared<Told>();
  RuledBus bus(
      "'/open':{'create':['anyone'],'subscribe':['anyone'],'publish':['anyone']},"
      "'/half':{'create':['anyone']},'/**':{'create':[],'subscribe':[],'publish':[]}",
      behind(other));
  const auto client = bus.client();
  CHECK(bus.subscribe(client, "/open") == "yes");
  CHECK(bus.subscribe(client, "/half") == not_granted_subscribe);
  CHECK(bus.subscribe(client, "/shut") == "403:denied_by_not_granting:create_denied");
  CHECK(bus.create(client, "/shut") == "denied_by_not_granting");
  other->create = other->subscribe = other->publish = Verdict::deny("not_today");
  CHECK(bus.subscribe(client, "/open") == "403:not_today:subscribe_denied");
  CHECK(bus.publish(client, "/open") == "403:not_today:publish_denied");
  CHECK(bus.create(client, "/open") == "not_today");
  CHECK(bus.create(client, "/shut") == "not_today");
}

TEST_CASE("another policy's later answer counts where the rules allow, and only there", "[rules]") {
  const auto other = std::make_shared<Told>();
  const auto rules = Rules::from_text(channels_text("'/a':{'publish':['member']}"), behind(other));
  const Decision decision;
  other->handshake = other->create = other->subscribe = other->publish = Verdict::defer(decision);
  const auto asked = other->publish.pending();
  const Client nobody;
  const Message message;
  const Request request;
  const Attempt attempt{nobody, message, request};
  const auto channel = [](const char* name) { return *ChannelId::parse(name); };
  CHECK(rules->can_publish(attempt, channel("/b")).pending() == asked);
  CHECK(rules->can_subscribe(attempt, channel("/b")).pending() == asked);
  CHECK(rules->can_create(attempt, channel("/b")).pending() == asked);
  CHECK(rules->can_handshake(attempt).pending() == asked);
  const Verdict refused = rules->can_publish(attempt, channel("/a"));
  CHECK(refused.pending() == nullptr);
  CHECK_FALSE(refused.allowed());
  CHECK(refused.reason() == "denied_by_not_granting");
}

TEST_CASE("a policy whose say in deliveries would be lost is not taken", "[rules]") {
  struct Deliveries final : DeliveryPolicy {
    Verdict can_deliver(const Client&, const Message&) override { return Verdict::deny(); }
  };
  CHECK_THROWS_AS(Rules::from_text(channels_text(""), behind(std::make_shared<Deliveries>())), std::system_error);
}
