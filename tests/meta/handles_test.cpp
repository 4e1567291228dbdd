#include <optional>

#include "support/catch.hpp"

#include "meta/answers.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

template <class Work>
std::error_code thrown_by(Work&& work) {
  try {
    work();
  } catch (const std::system_error& error) {
    return error.code();
  }
  return {};
}

}  // namespace

TEST_CASE("handles outlive the bus, and say that it is gone", "[handles]") {
  std::optional<TestBus> bus(std::in_place);
  const auto id = join(**bus);
  const Channel channel = (*bus)->channel("/a");
  const Client client = (*bus)->client(id);
  Registration listening = channel.on_message([](const Client&, const Message&) {});
  Registration adding = (*bus)->on_client_added([](const Client&) {});
  Registration extending = (*bus)->add_extension(std::make_shared<Extension>());
  bus.reset();

  CHECK(channel.publish(1) == Errc::bus_closed);
  CHECK(channel.publish_text("1") == Errc::bus_closed);
  CHECK(channel.subscribers() == 0);
  CHECK(channel.name() == "/a");
  CHECK(thrown_by([&] { listening = channel.on_message([](const Client&, const Message&) {}); }) == Errc::bus_closed);
  CHECK(client.valid());
  CHECK_FALSE(client.connected());
  CHECK(client.deliver("/a", 1) == Errc::bus_closed);
  CHECK(client.disconnect() == Errc::bus_closed);
  listening.cancel();
  listening.cancel();
}

TEST_CASE("a bus that a call still keeps in memory has gone for its handles all the same", "[handles]") {
  std::optional<TestBus> bus(std::in_place);
  const auto id = join(**bus);
  subscribe(**bus, id, "/a");
  const Channel channel = (*bus)->channel("/a");
  const Client client = (*bus)->client(id);
  client.set_user("ann");
  client.deliver("/b", 1);
  int looked = 0;
  const auto listening = channel.on_message([&](const Client&, const Message&) {
    bus.reset();
    CHECK_FALSE(channel.exists());
    CHECK(channel.subscribers() == 0);
    CHECK_FALSE(client.connected());
    CHECK(client.user().empty());
    CHECK(client.waiting().messages == 0);
    CHECK(client.deliver("/b", 1) == Errc::bus_closed);
    ++looked;
  });
  channel.publish(1);
  CHECK(looked == 1);
}

TEST_CASE("a channel made from a bad name says so with every call", "[handles]") {
  TestBus bus;
  const Channel channel = bus->channel("/a//b");
  CHECK(channel.name() == "/a//b");
  CHECK(channel.publish(1) == Errc::channel_invalid);
  CHECK(channel.publish_text("1") == Errc::channel_invalid);
  CHECK(channel.subscribers() == 0);
  CHECK(thrown_by([&] { channel.on_message([](const Client&, const Message&) {}).cancel(); }) == Errc::channel_invalid);
  CHECK(thrown_by([&] { channel.add_filter(nullptr).cancel(); }) == Errc::channel_invalid);
}

TEST_CASE("the application publishes on broadcast channels alone", "[handles]") {
  TestBus bus;
  CHECK(bus->channel("/a/*").publish(1) == Errc::channel_wild);
  CHECK(bus->channel("/**").publish(1) == Errc::channel_wild);
  CHECK(bus->channel("/meta/connect").publish(1) == Errc::channel_reserved);
  CHECK(bus->channel("/service/a").publish(1) == Errc::channel_reserved);
  CHECK(thrown_by([&] { bus->channel("/meta/connect").on_message([](const Client&, const Message&) {}).cancel(); }) ==
        Errc::channel_reserved);
  CHECK(thrown_by([&] { bus->channel("/meta/**").add_filter(nullptr).cancel(); }) == Errc::channel_reserved);
}

TEST_CASE("text is published as it is, once it is known to be JSON", "[handles]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  CHECK(bus->channel("/a").publish_text("{") == Errc::json_invalid);
  CHECK(bus->channel("/a").publish_text("") == Errc::json_invalid);
  CHECK(bus->channel("/a").publish_text("1 2") == Errc::json_invalid);
  CHECK_FALSE(bus->channel("/a").publish_text(R"({ "n": 1.50 })"));
  CHECK(poll(*bus, client).text().starts_with(R"([{"channel":"/a","data":{ "n": 1.50 }},)"));
}

TEST_CASE("names are tidied before they are used", "[handles]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a/b");
  CHECK(bus->channel(" /a/b/ ").name() == "/a/b");
  CHECK(bus->channel("/a/b/").subscribers() == 1);
  CHECK_FALSE(bus->channel("/a/b/").publish(1));
  CHECK_FALSE(bus->client(client).deliver("/c/", 2));
  CHECK(channels(collect(*bus, client)) == "/a/b /c /meta/connect");
}

TEST_CASE("no client at all can do nothing", "[handles]") {
  TestBus bus;
  const Client nobody;
  CHECK_FALSE(nobody.valid());
  CHECK_FALSE(nobody.connected());
  CHECK(nobody.deliver("/a", 1) == Errc::client_unknown);
  CHECK(nobody.disconnect() == Errc::client_unknown);
  CHECK_FALSE(bus->client("nobody").valid());
  CHECK(bus->client("nobody") == nobody);
}

TEST_CASE("a handle of a client that has gone says so", "[handles]") {
  TestBus bus;
  const auto id = join(*bus);
  const Client client = bus->client(id);
  CHECK(client.connected());
  CHECK_FALSE(client.disconnect());
  CHECK(client.valid());
  CHECK_FALSE(client.connected());
  CHECK(client.deliver("/a", 1) == Errc::client_unknown);
  CHECK(client.disconnect() == Errc::client_unknown);
}

TEST_CASE("a client is delivered to on channels it never asked for, but on no meta channel or pattern", "[handles]") {
  TestBus bus;
  const auto id = join(*bus);
  const Client client = bus->client(id);
  CHECK_FALSE(client.deliver("/never/asked", 1));
  CHECK_FALSE(client.deliver("/service/answer", 2, {.id = "77"}));
  CHECK(client.deliver("/meta/connect", 3) == Errc::channel_reserved);
  CHECK(client.deliver("/a/*", 3) == Errc::channel_wild);
  CHECK(client.deliver("a", 3) == Errc::channel_invalid);
  CHECK(poll(*bus, id).text() ==
        R"([{"channel":"/never/asked","data":1},{"channel":"/service/answer","id":"77","data":2},)"
        R"({"channel":"/meta/connect","id":"3","successful":true}])");
}

TEST_CASE("a registration keeps its listener until it goes", "[handles]") {
  TestBus bus;
  int heard = 0;
  {
    const auto listening = bus->channel("/a").on_message([&](const Client&, const Message&) { ++heard; });
    bus->channel("/a").publish(1);
  }
  bus->channel("/a").publish(2);
  CHECK(heard == 1);

  auto first = bus->channel("/a").on_message([&](const Client&, const Message&) { heard += 10; });
  first = bus->channel("/a").on_message([&](const Client&, const Message&) { heard += 100; });
  bus->channel("/a").publish(3);
  CHECK(heard == 101);
}

TEST_CASE("a filter or extension is let go with its registration", "[handles]") {
  TestBus bus;
  const auto extension = std::make_shared<Extension>();
  auto registration = bus->add_extension(extension);
  CHECK(extension.use_count() == 2);
  registration.cancel();
  CHECK(extension.use_count() == 1);
}

TEST_CASE("a carrier is kept no longer than its link", "[handles]") {
  TestBus bus;
  const auto carrier = std::make_shared<CountingCarrier>();
  auto link = bus->open_link({"long-polling", false, false, std::nullopt}, carrier);
  const auto id = join(*bus);
  link->receive(message(id, "/meta/connect"));
  CHECK(carrier.use_count() > 1);
  link.reset();
  CHECK(carrier.use_count() == 1);
  CHECK_FALSE(bus->client(id).deliver("/x", 1));
}

TEST_CASE("a configuration that contradicts itself is refused", "[handles]") {
  const auto refuses = [](auto change) {
    Config config;
    change(config);
    return thrown_by([&] { const Bus bus(config); }) == Errc::config_invalid;
  };
  CHECK_FALSE(refuses([](Config&) {}));
  CHECK(refuses([](Config& c) { c.timeout = Milliseconds(0); }));
  CHECK(refuses([](Config& c) { c.interval = Milliseconds(-1); }));
  CHECK(refuses([](Config& c) { c.max_interval = Milliseconds(0); }));
  CHECK(refuses([](Config& c) { c.max_client_interval = Milliseconds(-1); }));
  CHECK(refuses([](Config& c) { c.max_batch = 0; }));
  CHECK(refuses([](Config& c) { c.max_depth = 0; }));
  CHECK(refuses([](Config& c) { c.max_sessions = 0; }));
  CHECK(refuses([](Config& c) { c.publish_burst = 0; }));
  CHECK(refuses([](Config& c) { c.handshake_burst = 0; }));
  CHECK(refuses([](Config& c) { c.handshake_burst_per_address = 0; }));
  CHECK(refuses([](Config& c) { c.max_queue_messages = 0; }));
  CHECK(refuses([](Config& c) { c.shards = 0; }));
  CHECK(refuses([](Config& c) { c.shards = 65; }));
}

TEST_CASE("with many shards everybody is still reached, once", "[handles]") {
  Config config;
  config.shards = 64;
  Bus bus(config);
  std::vector<std::string> clients;
  for (int i = 0; i < 200; ++i) {
    clients.push_back(join(bus));
    tell(bus, clients.back(), "/meta/subscribe", R"("subscription":["/a","/*"])");
  }
  CHECK(bus.channel("/a").subscribers() == 200);
  bus.channel("/a").publish(1);
  int reached = 0;
  for (const auto& client : clients) reached += events(collect(bus, client)) == "1" ? 1 : 0;
  CHECK(reached == 200);
  for (const auto& client : clients) tell(bus, client, "/meta/unsubscribe", R"("subscription":["/a","/*"])");
  CHECK(bus.channel("/a").subscribers() == 0);
}

TEST_CASE("an empty callback is refused when it is registered, not when it is called", "[handles]") {
  TestBus bus;
  CHECK(thrown_by([&] { auto kept = bus->channel("/a").on_message(MessageListener()); }) == Errc::callback_empty);
  CHECK(thrown_by([&] { auto kept = bus->channel("/a").add_filter(nullptr); }) == Errc::callback_empty);
  CHECK(thrown_by([&] { auto kept = bus->add_extension(nullptr); }) == Errc::callback_empty);
  CHECK(thrown_by([&] { auto kept = bus->on_client_added({}); }) == Errc::callback_empty);
  CHECK(thrown_by([&] { auto kept = bus->on_client_removed({}); }) == Errc::callback_empty);
}
