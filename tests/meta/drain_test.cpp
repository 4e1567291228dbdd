#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <bayeux/bayeux.hpp>
#include <bayeux/extensions/acknowledge.hpp>

#include "answers.hpp"
#include "support/catch.hpp"
#include "support/slow_policy.hpp"

namespace bayeux::test {
namespace {

using namespace std::chrono_literals;

/// The reply to a connect that tells its client to shake hands elsewhere.
bool says_to_leave(const Json& reply) {
  return reply["channel"] == Json("/meta/connect") && reply["successful"] == Json(false) &&
         reply["error"] == Json("402::session_unknown") && reply["advice"]["reconnect"] == Json("handshake") &&
         reply["advice"]["interval"].as_integer() >= 0 && reply["advice"]["interval"].as_integer() < 1'000;
}

/// Counts how often a drain was over.
struct Done {
  int times = 0;
  std::function<void()> callback() {
    return [this] { ++times; };
  }
};

/// A client that acknowledges, is subscribed to `/a`, and goes on as it is told.
class Acknowledging {
 public:
  explicit Acknowledging(Bus& bus) : bus_(bus) {
    id_ = ask(bus, R"([{"channel":"/meta/handshake","id":"1","ext":{"ack":true}}])")[0]["clientId"].as_string();
    hear(ask(bus, connect()));
    subscribe(bus, id_, "/a");
  }

  Exchange poll() { return Exchange(bus_, connect()); }

  /// Takes a response; false when it was told to leave.
  bool hear(const Json& response) {
    for (const auto& item : response.items()) {
      if (item.find("data") != nullptr) heard.append(item["data"].text()).append(" ");
    }
    const auto& reply = response.items().back();
    if (says_to_leave(reply)) return false;
    if (reply["ext"]["ack"].is_number()) acknowledged_ = reply["ext"]["ack"].as_integer();
    return true;
  }

  const std::string& id() const { return id_; }
  std::string heard;

 private:
  std::string connect() const {
    return message(id_, "/meta/connect", R"("id":"c","ext":{"ack":)" + std::to_string(acknowledged_) + "}");
  }

  Bus& bus_;
  std::string id_;
  std::int64_t acknowledged_ = 0;
};

}  // namespace

TEST_CASE("a bus without clients has drained at once", "[drain]") {
  TestBus bus;
  Done done;
  CHECK_FALSE(bus->draining());
  bus->drain(10s, done.callback());
  CHECK(bus->draining());
  CHECK(done.times == 1);
  bus->drain(10s, done.callback());
  CHECK(done.times == 2);
}

TEST_CASE("while draining a handshake is told to come again elsewhere, each after another time", "[drain]") {
  TestBus bus;
  const auto client = join(*bus);
  bus->drain(10s);
  std::set<std::int64_t> intervals;
  for (int i = 0; i < 20; ++i) {
    const auto reply = ask(*bus, R"([{"channel":"/meta/handshake","id":"1"}])")[0];
    CHECK(reply["error"].as_string() == "503::server_draining");
    CHECK(reply["advice"]["reconnect"].as_string() == "handshake");
    intervals.insert(reply["advice"]["interval"].as_integer());
  }
  CHECK(intervals.size() > 15);
  CHECK(*intervals.begin() >= 500);
  CHECK(*intervals.rbegin() < 1'500);
  CHECK(bus->stats().while_draining == 20);
}

TEST_CASE("while draining nobody asks the policy about a handshake", "[drain]") {
  const auto policy = std::make_shared<SlowPolicy>();
  policy->take_time_over("handshake");
  Config config;
  config.policy = policy;
  TestBus bus(config);
  bus->drain(10s);
  CHECK(ask(*bus, R"([{"channel":"/meta/handshake","id":"1"}])")[0]["error"].as_string() == "503::server_draining");
  CHECK(policy->waiting() == 0);
}

TEST_CASE("a held connect is answered with advice to shake hands elsewhere, and the session has ended", "[drain]") {
  TestBus bus;
  const auto client = join(*bus);
  auto held = poll(*bus, client);
  REQUIRE_FALSE(held.ready());
  Done done;
  std::string why;
  const auto listener = bus->on_client_removed(
      [&](const Client&, Removal removal) { why += removal == Removal::drained ? "drained" : "other"; });
  bus->drain(10s, done.callback());
  bus.advance(100ms);
  REQUIRE(held.ready());
  CHECK(says_to_leave(held.response()[0]));
  CHECK(why == "drained");
  CHECK(done.times == 1);
  CHECK(bus->stats().clients == 0);
  CHECK(bus->stats().drained == 1);
}

TEST_CASE("many are told one after the other, as fast as they can be let in elsewhere", "[drain]") {
  Config config;
  config.handshake_rate = 100;
  TestBus bus(config);
  std::vector<std::unique_ptr<Exchange>> held;
  for (int i = 0; i < 200; ++i) held.push_back(std::make_unique<Exchange>(poll(*bus, join(*bus))));
  bus->drain(60s);
  const auto gone = [&] { return 200 - bus->stats().clients; };
  bus.advance(500ms);
  CHECK(gone() > 20);
  CHECK(gone() < 80);
  bus.advance(500ms);
  CHECK(gone() > 60);
  CHECK(gone() < 140);
  bus.advance(1'000ms);
  CHECK(gone() == 200);
}

TEST_CASE("what waits for a client leaves before it is told to go", "[drain]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  bus->channel("/a").publish(1);
  bus->drain(10s);
  bus.advance(100ms);
  bus->channel("/a").publish(2);
  const auto first = ask(*bus, message(client, "/meta/connect", R"("id":"3")"));
  CHECK(events(first) == "1 2");
  CHECK(first.items().back()["successful"] == Json(true));
  const auto second = ask(*bus, message(client, "/meta/connect", R"("id":"4")"));
  REQUIRE(second.size() == 1);
  CHECK(says_to_leave(second[0]));
}

TEST_CASE("a client that is sent something all the time has its turn like others, and gets what came before that", "[drain]") {
  TestBus bus;
  const auto added = bus->add_extension(std::make_shared<Acknowledge>());
  Acknowledging client(*bus);
  bus->channel("/a").publish(1);
  bus->drain(10s);
  bus.advance(100ms);
  int polls = 0;
  for (int number = 2; bus->client(client.id()).connected() && polls < 10; ++number, ++polls) {
    auto response = client.poll();
    bus->channel("/a").publish(number);
    client.hear(response.response());
  }
  CHECK(polls == 2);
  CHECK(client.heard == "1 ");
  CHECK(bus->stats().clients == 0);
  CHECK(bus->stats().dropped > 0);
}

TEST_CASE("without a deadline the bus drains for as long as it takes", "[drain]") {
  TestBus bus;
  const auto client = join(*bus);
  bus->client(client).deliver("/a", 1);
  bus->drain(Milliseconds::max());
  bus.advance(1'000ms);
  CHECK(bus->client(client).connected());
  CHECK(channels(ask(*bus, message(client, "/meta/connect", R"("id":"3")"))) == "/a /meta/connect");
}

TEST_CASE("a client that acknowledges goes when it has acknowledged everything", "[drain]") {
  TestBus bus;
  const auto added = bus->add_extension(std::make_shared<Acknowledge>());
  Acknowledging client(*bus);
  auto held = client.poll();
  bus->channel("/a").publish(1);
  REQUIRE(held.ready());
  bus->drain(10s);
  bus.advance(100ms);
  // The response was lost, so that the client connects with what it had before.
  static_cast<void>(held.response());
  CHECK(client.hear(client.poll().response()));
  CHECK(client.heard == "1 ");
  CHECK(bus->client(client.id()).connected());
  CHECK_FALSE(client.hear(client.poll().response()));
  CHECK_FALSE(bus->client(client.id()).connected());
}

TEST_CASE("a connect that is held while something is unacknowledged is let go, so that it can be", "[drain]") {
  TestBus bus;
  const auto added = bus->add_extension(std::make_shared<Acknowledge>());
  Acknowledging client(*bus);
  bus->channel("/a").publish(1);
  CHECK(client.hear(client.poll().response()));
  // This one says nothing about what it has.
  auto silent = poll(*bus, client.id());
  REQUIRE_FALSE(silent.ready());
  bus->drain(10s);
  bus.advance(200ms);
  REQUIRE(silent.ready());
  CHECK(silent.response().items().back()["successful"] == Json(true));
  CHECK_FALSE(client.hear(client.poll().response()));
}

TEST_CASE("a lasting connection is told, and is finished", "[drain]") {
  TestBus bus;
  Socket socket(*bus);
  const auto client = socket.join();
  SECTION("while a connect is held") {
    socket.say(message(client, "/meta/connect", R"("id":"3")"));
    bus->drain(10s);
    bus.advance(100ms);
    const auto last = socket.hear();
    REQUIRE(last.size() == 1);
    CHECK(says_to_leave(last[0]));
    CHECK(socket.link().finished());
  }
  SECTION("without one, too") {
    bus->drain(10s);
    bus.advance(100ms);
    CHECK(socket.link().finished());
  }
  CHECK(bus->stats().clients == 0);
}

TEST_CASE("a client that hears a stream is told by it", "[drain]") {
  TestBus bus;
  const auto client = join(*bus);
  const auto stream = bus->open_link({"eventsource", true, false, std::nullopt}, std::make_shared<CountingCarrier>());
  REQUIRE_FALSE(stream->listen(client));
  ask(*bus, message(client, "/meta/connect", R"("id":"3","connectionType":"eventsource")"));
  bus->drain(10s);
  bus.advance(100ms);
  const auto frames = stream->take(1 << 20);
  REQUIRE(frames.size() == 1);
  CHECK(says_to_leave(*Json::parse(frames[0].text())));
  CHECK(stream->finished());
}

TEST_CASE("at the deadline all sessions end, with what waits for them", "[drain]") {
  TestBus bus;
  const auto away = join(*bus);
  const auto here = join(*bus);
  subscribe(*bus, here, "/a");
  Done done;
  bus->drain(5s, done.callback());
  auto batch = bus->batch();
  auto held = poll(*bus, here);
  bus->channel("/a").publish(1);
  bus.advance(4'999ms);
  CHECK(done.times == 0);
  if (held.ready()) static_cast<void>(held.response());
  auto again = poll(*bus, here);
  bus.advance(1ms);
  CHECK(done.times == 1);
  CHECK(bus->stats().clients == 0);
  CHECK(bus->stats().queued_messages == 0);
  REQUIRE(again.ready());
  const auto last = again.response();
  CHECK(events(last) == "1");
  CHECK(says_to_leave(last.items().back()));
}

TEST_CASE("an earlier deadline takes the place of a later one, and never the other way round", "[drain]") {
  TestBus bus;
  join(*bus);
  Done done;
  bus->drain(5s, done.callback());
  bus->drain(9s, done.callback());
  bus->drain(1s, done.callback());
  bus.advance(999ms);
  CHECK(done.times == 0);
  bus.advance(1ms);
  CHECK(done.times == 3);
}

TEST_CASE("a handshake over which the policy took its time is turned away when the bus drains meanwhile", "[drain]") {
  const auto policy = std::make_shared<SlowPolicy>();
  policy->take_time_over("handshake");
  Config config;
  config.policy = policy;
  TestBus bus(config);
  Exchange shaking(*bus, R"([{"channel":"/meta/handshake","id":"1"}])");
  bus->drain(10s);
  policy->next().allow();
  REQUIRE(shaking.ready());
  CHECK(shaking.response()[0]["error"].as_string() == "503::server_draining");
  CHECK(bus->stats().clients == 0);
}

TEST_CASE("what the callback of a drain throws is logged", "[drain]") {
  TestBus bus;
  bus->drain(1s, [] { throw std::runtime_error("x"); });
  CHECK(bus->stats().callback_failures == 1);
}

}  // namespace bayeux::test
