#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "support/catch.hpp"

#include "meta/answers.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

/// The replies and events of a batch, each as `channel` or as `channel=data`.
std::string order(const Json& response) {
  std::string all;
  for (const auto& item : response.items()) {
    all.append(all.empty() ? "" : " ").append(item["channel"].as_string());
    if (item.find("data") != nullptr) all.append("=").append(item["data"].text());
  }
  return all;
}

std::string batch(std::initializer_list<std::string> messages) {
  std::string all;
  for (const auto& one : messages) all.append(all.empty() ? "[" : ",").append(one);
  return all + "]";
}

std::string to_subscribe(const std::string& client, const std::string& name) {
  return message(client, "/meta/subscribe", "\"subscription\":\"" + name + "\"");
}

std::string to_publish(const std::string& client, const std::string& name, int data) {
  return message(client, name, "\"data\":" + std::to_string(data));
}

}  // namespace

TEST_CASE("events come before replies, and replies in the order of their requests", "[order]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  CHECK(order(ask(*bus, batch({to_publish(client, "/b", 1), to_publish(client, "/a", 2),
                               to_publish(client, "/c", 3)}))) == "/a=2 /b /a /c");
}

TEST_CASE("nothing arrives before the reply to the subscribe that lets it in", "[order]") {
  TestBus bus;
  const auto client = join(*bus);
  CHECK(order(ask(*bus, batch({to_subscribe(client, "/a"), to_publish(client, "/a", 1)}))) ==
        "/meta/subscribe /a=1 /a");
}

TEST_CASE("also when the subscribe stands behind other messages", "[order]") {
  TestBus bus;
  const auto client = join(*bus);
  CHECK(order(ask(*bus, batch({to_publish(client, "/b", 1), to_subscribe(client, "/a"),
                               to_publish(client, "/a", 2)}))) == "/b /meta/subscribe /a=2 /a");
  CHECK(order(ask(*bus, batch({to_publish(client, "/a", 3), to_subscribe(client, "/c"),
                               to_publish(client, "/c", 4)}))) == "/a=3 /a /meta/subscribe /c=4 /c");
}

TEST_CASE("what was let in by an earlier subscribe does not wait for the reply to a later one", "[order]") {
  TestBus bus;
  const auto client = join(*bus);
  const Json response = ask(*bus, batch({to_subscribe(client, "/a"), to_publish(client, "/a", 1),
                                         to_subscribe(client, "/b"), to_publish(client, "/b", 2)}));
  CHECK(order(response) == "/meta/subscribe /a=1 /a /meta/subscribe /b=2 /b");
}

TEST_CASE("marks hold in a queue that has been in use and has lost messages", "[order]") {
  Config config;
  config.max_queue_messages = 4;
  TestBus bus(config);
  const auto client = join(*bus);
  for (int i = 0; i < 9; ++i) bus->client(client).deliver("/x", i);
  collect(*bus, client);
  for (int i = 0; i < 6; ++i) bus->client(client).deliver("/x", i);
  CHECK(order(ask(*bus, batch({to_subscribe(client, "/a"), to_publish(client, "/a", 9)}))) ==
        "/x=3 /x=4 /x=5 /meta/subscribe /a=9 /a");
}

TEST_CASE("an unsubscribe is answered behind all that it still let in", "[order]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  CHECK(order(ask(*bus,
                  batch({to_publish(client, "/a", 1), message(client, "/meta/unsubscribe", R"("subscription":"/a")"),
                         to_publish(client, "/a", 2)}))) == "/a=1 /a /meta/unsubscribe /a");
}

TEST_CASE("what a request causes comes with its response, and does not end the held connect", "[order]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  auto held = poll(*bus, client);
  CHECK(order(ask(*bus, batch({to_publish(client, "/a", 1), to_publish(client, "/a", 2)}))) == "/a=1 /a=2 /a /a");
  CHECK_FALSE(held.ready());
  CHECK(held.wakes() == 0);
}

TEST_CASE("what does not fit into a response ends the held connect", "[order]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  auto held = poll(*bus, client);
  Exchange request(*bus, batch({to_publish(client, "/a", 1), to_publish(client, "/a", 2)}));
  CHECK(request.text(1).starts_with(R"([{"channel":"/a","data":1},{"channel":"/a","successful":true})"));
  CHECK(held.ready());
  CHECK(order(held.response()) == "/a=2 /meta/connect");
}

TEST_CASE("a request whose peer hangs up before its response leaves the events to the held connect", "[order]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  auto held = poll(*bus, client);
  Exchange request(*bus, to_publish(client, "/a", 1));
  request.hang_up();
  CHECK(order(held.response()) == "/a=1 /meta/connect");
}

TEST_CASE("where only connects carry events, other responses carry none", "[order]") {
  TestBus bus;
  const LinkOptions callback{"callback-polling", false, true, std::nullopt};
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  auto held = Exchange(*bus, message(client, "/meta/connect"), callback);
  Exchange request(*bus, to_publish(client, "/a", 1), callback);
  CHECK_FALSE(held.ready());
  CHECK(order(request.response()) == "/a");
  CHECK(held.ready());
  CHECK(order(held.response()) == "/a=1 /meta/connect");
  Exchange mixed(*bus, batch({to_publish(client, "/a", 2), message(client, "/meta/connect")}), callback);
  CHECK(order(mixed.response()) == "/a=2 /a /meta/connect");
}

TEST_CASE("a handshake reply comes first, and no events with it", "[order]") {
  TestBus bus;
  const auto greeting = bus->on_client_added([](const Client& client) { client.deliver("/hello", 1); });
  CHECK(order(ask(*bus, R"([{"channel":"/meta/handshake"},{"channel":"/a","data":1}])")) == "/meta/handshake /a");
  Socket socket(*bus);
  CHECK(order(socket.say(R"({"channel":"/meta/handshake"})")) == "/meta/handshake /hello=1");
}

TEST_CASE("over a lasting connection too a subscribe reply comes before what it lets in", "[order]") {
  TestBus bus;
  Socket socket(*bus);
  const auto client = socket.join();
  CHECK(order(socket.say(batch({to_publish(client, "/b", 1), to_subscribe(client, "/a"),
                                to_publish(client, "/a", 2)}))) == "/b /meta/subscribe /a=2 /a");
}

namespace {

/// Answers what it hears at once, on the very thread that woke it.
class Answerer final : public Carrier {
 public:
  explicit Answerer(Bus& bus) : channel_(bus.channel("/a")) {}
  void wake() noexcept override {
    if (!answered_.exchange(true)) channel_.publish("answer");
  }

 private:
  const Channel channel_;
  std::atomic<bool> answered_{false};
};

}  // namespace

TEST_CASE("whoever answers a message while it is woken is heard after it, by everybody", "[order]") {
  Config config;
  config.shards = 16;
  Bus bus(config);
  const auto answerer = bus.open_link(duplex(), std::make_shared<Answerer>(bus));
  REQUIRE_FALSE(answerer->receive(R"({"channel":"/meta/handshake","id":"1"})"));
  const auto id = Json::parse(answerer->take(1 << 20)[0].text()).value_or(Json())["clientId"].as_string();
  REQUIRE_FALSE(answerer->receive(to_subscribe(id, "/a")));
  answerer->take(1 << 20);

  std::vector<std::string> listeners;
  for (int i = 0; i < 64; ++i) {
    listeners.push_back(join(bus));
    subscribe(bus, listeners.back(), "/a");
  }
  bus.channel("/a").publish("question");
  for (const auto& listener : listeners) CHECK(events(collect(bus, listener)) == R"("question" "answer")");
}
