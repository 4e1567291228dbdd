#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "support/catch.hpp"

#include "meta/answers.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

/// Takes whom the peer says it is for who it is; nobody called `bad` comes in, whatever was said about them before.
struct Guard final : SecurityPolicy {
  Verdict can_handshake(const Attempt& attempt) override {
    const auto name = attempt.message.ext["name"].as_string();
    if (name == "bad") {
      during = attempt.client.set_user(name);
      return Verdict::deny();
    }
    return name.empty() ? Verdict::allow() : Verdict::allow_as(name);
  }
  std::error_code during;
};

TestBus guarded(const std::shared_ptr<Guard>& guard = std::make_shared<Guard>()) {
  Config config;
  config.policy = guard;
  return TestBus(config);
}

std::string join_as(Bus& bus, const std::string& name) {
  const auto id =
      ask(bus, R"({"channel":"/meta/handshake","ext":{"name":")" + name + R"("}})")[0]["clientId"].as_string();
  ask(bus, message(id, "/meta/connect", R"("id":"2","connectionType":"long-polling")"));
  return id;
}

std::string ids(const User& user) {
  std::string all;
  for (const auto& client : user.clients()) all.append(all.empty() ? "" : " ").append(client.id());
  return all;
}

/// Writes into everything that leaves, and counts how often.
struct Stamp final : Extension {
  Flow outgoing(const Client&, Message& message) override {
    message.ext["stamp"] = ++count;
    return drops ? Flow::drop : Flow::pass;
  }
  int count = 0;
  bool drops = false;
};

}  // namespace

TEST_CASE("a session belongs to the user that the policy named, from the first moment", "[user]") {
  auto bus = guarded();
  std::string heard;
  const auto added = bus->on_client_added([&](const Client& client) { heard = client.user(); });
  const auto ann = join_as(*bus, "ann");
  CHECK(heard == "ann");
  CHECK(bus->client(ann).user() == "ann");
  const auto nobody = join_as(*bus, "");
  CHECK(bus->client(nobody).user().empty());
  CHECK(ids(bus->user("ann")) == ann);
  CHECK(bus->user("ann").name() == "ann");
  CHECK(ids(bus->user("")).empty());
  CHECK(ids(bus->user("bob")).empty());
}

TEST_CASE("a user has all their clients, until each leaves or becomes somebody else's", "[user]") {
  auto bus = guarded();
  const auto one = join_as(*bus, "ann");
  const auto two = join_as(*bus, "ann");
  const auto three = join_as(*bus, "bob");
  const auto ann = bus->user("ann");
  CHECK(ids(ann) == one + " " + two);
  CHECK_FALSE(bus->client(three).set_user("ann"));
  CHECK(ids(ann) == one + " " + two + " " + three);
  CHECK(ids(bus->user("bob")).empty());
  CHECK_FALSE(bus->client(two).set_user(""));
  ask(*bus, message(one, "/meta/disconnect"));
  CHECK(ids(ann) == three);
  bus.advance(std::chrono::hours(1));
  CHECK(ids(ann).empty());
}

TEST_CASE("who was turned away is nobody's client", "[user]") {
  const auto guard = std::make_shared<Guard>();
  auto bus = guarded(guard);
  join_as(*bus, "bad");
  CHECK_FALSE(guard->during);
  CHECK(ids(bus->user("bad")).empty());
  std::error_code error;
  CHECK(bus->user("bad").deliver("/a", 1, {}, &error) == 0);
  CHECK(error == Errc::client_unknown);
}

TEST_CASE("two windows of a user get one serialisation, and nobody else gets any", "[user]") {
  auto bus = guarded();
  const auto stamp = std::make_shared<Stamp>();
  const auto stamping = bus->add_extension(stamp);
  const auto one = join_as(*bus, "ann");
  const auto two = join_as(*bus, "ann");
  const auto other = join_as(*bus, "bob");
  auto first = poll(*bus, one);
  auto second = poll(*bus, two);
  auto third = poll(*bus, other);
  std::error_code error = Errc::client_unknown;
  CHECK(bus->user("ann").deliver("/inbox", {{"n", 1}}, {}, &error) == 2);
  CHECK_FALSE(error);
  CHECK(stamp->count == 1);
  REQUIRE(first.ready());
  REQUIRE(second.ready());
  CHECK_FALSE(third.ready());
  const auto here = first.link().take(1 << 20);
  const auto there = second.link().take(1 << 20);
  REQUIRE(here.size() == 2);
  REQUIRE(there.size() == 2);
  CHECK(here[0].text() == R"({"channel":"/inbox","data":{"n":1},"ext":{"stamp":1}})");
  CHECK(here[0].same_as(there[0]));
}

TEST_CASE("an extension of one window changes what that one is sent, and the others share", "[user]") {
  auto bus = guarded();
  const auto one = join_as(*bus, "ann");
  const auto two = join_as(*bus, "ann");
  const auto stamping = bus->client(one).add_extension(std::make_shared<Stamp>());
  CHECK(bus->user("ann").deliver("/inbox", 1) == 2);
  CHECK(collect(*bus, one)[0]["ext"]["stamp"] == Json(1));
  CHECK(collect(*bus, two)[0].find("ext") == nullptr);
}

TEST_CASE("what cannot be delivered to a user says why", "[user]") {
  auto bus = guarded();
  const auto ann = join_as(*bus, "ann");
  const auto failure = [&](const User& user, const char* channel) {
    std::error_code error;
    CHECK(user.deliver(channel, 1, {}, &error) == 0);
    return error;
  };
  CHECK(failure(bus->user("ann"), "a") == Errc::channel_invalid);
  CHECK(failure(bus->user("ann"), "/a/*") == Errc::channel_wild);
  CHECK(failure(bus->user("ann"), "/meta/connect") == Errc::channel_reserved);
  CHECK(failure(bus->user("bob"), "/a") == Errc::client_unknown);
  CHECK(failure(User(), "/a") == Errc::bus_closed);
  const auto stamp = std::make_shared<Stamp>();
  stamp->drops = true;
  const auto stamping = bus->add_extension(stamp);
  CHECK(failure(bus->user("ann"), "/a") == Errc::message_deleted);
  CHECK(events(collect(*bus, ann)).empty());
}

TEST_CASE("an answer may go to all windows of a user", "[user]") {
  auto bus = guarded();
  const auto one = join_as(*bus, "ann");
  CHECK(bus->user("ann").deliver("/service/a", 1, {.id = "9", .successful = false}) == 1);
  const Json event = collect(*bus, one)[0];
  CHECK(event["id"] == Json("9"));
  CHECK(event["successful"] == Json(false));
}

TEST_CASE("a user can be disconnected from everywhere at once", "[user]") {
  auto bus = guarded();
  const auto one = join_as(*bus, "ann");
  const auto two = join_as(*bus, "ann");
  const auto other = join_as(*bus, "bob");
  auto held = poll(*bus, one);
  CHECK(bus->user("ann").disconnect() == 2);
  CHECK(channels(held.response()) == "/meta/disconnect /meta/connect");
  CHECK(tell(*bus, two, "/meta/connect")["error"] == Json("402::session_unknown"));
  CHECK(bus->client(other).connected());
  CHECK(bus->user("ann").disconnect() == 0);
  CHECK(bus->stats().clients == 1);
}

TEST_CASE("whoever hears of a client's leaving still finds out whose it was", "[user]") {
  auto bus = guarded();
  std::string heard;
  std::error_code late;
  const auto removed = bus->on_client_removed([&](const Client& client, Removal) {
    heard = client.user();
    CHECK(ids(bus->user("ann")).empty());
    late = client.set_user("bob");
  });
  const auto ann = join_as(*bus, "ann");
  ask(*bus, message(ann, "/meta/disconnect"));
  CHECK(heard == "ann");
  CHECK(late == Errc::client_unknown);
  CHECK(bus->client(ann).user().empty());
}

TEST_CASE("a user may outlive the bus", "[user]") {
  User user;
  {
    auto bus = guarded();
    join_as(*bus, "ann");
    user = bus->user("ann");
  }
  CHECK(user.name() == "ann");
  CHECK(user.clients().empty());
  CHECK(user.deliver("/a", 1) == 0);
  CHECK(user.disconnect() == 0);
}
