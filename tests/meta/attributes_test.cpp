#include <memory>
#include <optional>
#include <string>

#include "support/catch.hpp"

#include "meta/answers.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

/// Says something about whoever shakes hands, and then decides.
struct Clerk final : SecurityPolicy {
  Verdict can_handshake(const Attempt& attempt) override {
    last = attempt.client;
    CHECK_FALSE(attempt.client.set_attribute("account", account));
    CHECK_FALSE(attempt.client.set_user("ann"));
    CHECK(attempt.client.attribute<std::shared_ptr<int>>("account") == account);
    if (throws) throw 42;
    return allows ? Verdict::allow() : Verdict::deny();
  }
  Client last;
  std::shared_ptr<int> account = std::make_shared<int>(12);
  bool allows = true;
  bool throws = false;
};

}  // namespace

TEST_CASE("a client keeps values by name and type", "[attributes]") {
  TestBus bus;
  const Client client = bus->client(join(*bus));
  const Client other = bus->client(join(*bus));
  CHECK_FALSE(client.attribute<int>("n"));
  CHECK_FALSE(client.set_attribute("n", 1));
  CHECK_FALSE(client.set_attribute("name", std::string("ann")));
  CHECK(client.attribute<int>("n") == 1);
  CHECK(client.attribute<std::string>("name") == "ann");
  CHECK_FALSE(client.attribute<long>("n"));
  CHECK_FALSE(client.attribute<int>("name"));
  CHECK_FALSE(client.attribute<int>("N"));
  CHECK_FALSE(other.attribute<int>("n"));
}

TEST_CASE("a value is replaced, by one of another type too, and removed", "[attributes]") {
  TestBus bus;
  const Client client = bus->client(join(*bus));
  client.set_attribute("n", 1);
  client.set_attribute("n", std::string("two"));
  CHECK_FALSE(client.attribute<int>("n"));
  CHECK(client.attribute<std::string>("n") == "two");
  CHECK_FALSE(client.remove_attribute("n"));
  CHECK_FALSE(client.attribute<std::string>("n"));
  CHECK_FALSE(client.remove_attribute("n"));
}

TEST_CASE("values go with the session, however it ends", "[attributes]") {
  TestBus bus;
  const auto value = std::make_shared<int>(1);
  const auto says_goodbye = join(*bus);
  const auto is_kicked = join(*bus);
  const auto expires = join(*bus);
  for (const auto& id : {says_goodbye, is_kicked, expires}) bus->client(id).set_attribute("v", value);
  CHECK(value.use_count() == 4);
  ask(*bus, message(says_goodbye, "/meta/disconnect"));
  CHECK(value.use_count() == 3);
  bus->client(is_kicked).disconnect();
  CHECK(value.use_count() == 2);
  bus.advance(std::chrono::hours(1));
  CHECK(value.use_count() == 1);
}

TEST_CASE("nothing is kept for a client that is unknown, nor by a bus that is closed", "[attributes]") {
  std::optional<TestBus> bus(std::in_place);
  const auto value = std::make_shared<int>(1);
  const Client gone = (*bus)->client(join(**bus));
  gone.disconnect();
  CHECK(gone.set_attribute("v", value) == Errc::client_unknown);
  CHECK(gone.set_user("ann") == Errc::client_unknown);
  CHECK(gone.set_timeout(Milliseconds(1)) == Errc::client_unknown);
  CHECK(gone.set_interval(Milliseconds(1)) == Errc::client_unknown);
  CHECK(gone.set_broadcast_to_publisher(false) == Errc::client_unknown);
  CHECK_THROWS_AS(gone.add_extension(std::make_shared<Extension>()), std::system_error);
  CHECK(Client().set_attribute("v", value) == Errc::client_unknown);
  CHECK_FALSE(Client().attribute<int>("v"));
  CHECK(value.use_count() == 1);

  const Client client = (*bus)->client(join(**bus));
  CHECK_THROWS_AS(client.add_extension(nullptr), std::system_error);
  client.set_attribute("v", value);
  bus.reset();
  CHECK(value.use_count() == 1);
  CHECK(client.set_attribute("v", value) == Errc::bus_closed);
  CHECK(client.set_user("ann") == Errc::bus_closed);
  CHECK_FALSE(client.attribute<std::shared_ptr<int>>("v"));
  CHECK(client.user().empty());
}

TEST_CASE("what a policy says during a handshake stays when it allows, and goes when it does not", "[attributes]") {
  const auto clerk = std::make_shared<Clerk>();
  Config config;
  config.policy = clerk;
  TestBus bus(config);
  const Client client = bus->client(join(*bus));
  CHECK(client == clerk->last);
  CHECK(client.attribute<std::shared_ptr<int>>("account") == clerk->account);
  CHECK(client.user() == "ann");
  CHECK(clerk->account.use_count() == 2);

  const auto turned_away = [&] {
    shake_hands(*bus);
    CHECK(clerk->account.use_count() == 2);
    CHECK(clerk->last.user().empty());
    CHECK(clerk->last.set_attribute("late", 1) == Errc::client_unknown);
  };
  clerk->allows = false;
  turned_away();
  clerk->throws = true;
  turned_away();
  CHECK(bus->user("ann").clients().size() == 1);
}

TEST_CASE("what a policy says about a client for whom there is no room goes too", "[attributes]") {
  const auto clerk = std::make_shared<Clerk>();
  Config config;
  config.policy = clerk;
  config.max_sessions = 1;
  TestBus bus(config);
  join(*bus);
  const auto before = clerk->account.use_count();
  shake_hands(*bus);
  CHECK(bus->stats().clients == 1);
  CHECK(clerk->account.use_count() == before);
  CHECK(clerk->last.user().empty());
}

TEST_CASE("listeners of a client's leaving still find its values", "[attributes]") {
  TestBus bus;
  std::optional<int> found;
  const auto removed =
      bus->on_client_removed([&](const Client& client, Removal) { found = client.attribute<int>("n"); });
  const Client client = bus->client(join(*bus));
  client.set_attribute("n", 5);
  client.disconnect();
  CHECK(found == 5);
  CHECK_FALSE(client.attribute<int>("n"));
}

TEST_CASE("a value that is destroyed may use the bus", "[attributes]") {
  TestBus bus;
  const Client client = bus->client(join(*bus));
  const auto farewell = [&] {
    return std::shared_ptr<void>(nullptr, [&](void*) {
      bus->channel("/news").publish(1);
      client.attribute<int>("n");
    });
  };
  client.set_attribute("v", farewell());
  client.set_attribute("v", farewell());
  client.remove_attribute("v");
  client.set_attribute("w", farewell());
  client.disconnect();
  CHECK_FALSE(client.connected());
}
