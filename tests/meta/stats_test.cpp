#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <bayeux/bayeux.hpp>
#include <bayeux/prometheus.hpp>

#include "answers.hpp"
#include "support/catch.hpp"
#include "support/slow_policy.hpp"

namespace bayeux::test {
namespace {

using namespace std::chrono_literals;

/// Denies what is named so.
struct Denying final : DeliveryPolicy {
  Verdict can_handshake(const Attempt& attempt) override {
    return attempt.message.members["no"].is_null() ? Verdict::allow() : Verdict::deny();
  }
  Verdict can_publish(const Attempt&, const ChannelId& channel) override {
    if (channel.name() == "/throws") throw std::runtime_error("x");
    return channel.name() == "/denied" ? Verdict::deny() : Verdict::allow();
  }
  Verdict can_deliver(const Client&, const Message& event) override {
    return event.channel == "/withheld" ? Verdict::deny() : Verdict::allow();
  }
};

/// Lets no event out.
struct Keeping final : Extension {
  Flow outgoing(const Client&, Message& event) override {
    return event.channel.starts_with("/meta/") ? Flow::pass : Flow::drop;
  }
};

struct KeptFromAll final : ReceiverFilter {
  std::optional<Json> filter(const Client&, const ChannelId&, Json) override { return std::nullopt; }
};

Config denying() {
  Config config;
  config.policy = std::make_shared<Denying>();
  return config;
}

struct Lines final : Log {
  void write(LogLevel, std::string_view line) noexcept override { text.append(line).append("\n"); }
  std::string text;
};

std::uint64_t at(const Histogram& histogram, double most) {
  for (std::size_t i = 0; i < histogram.bounds.size(); ++i) {
    if (histogram.bounds[i] == Approx(most)) return histogram.counts[i];
  }
  return histogram.counts.back();
}

}  // namespace

TEST_CASE("each kind of message that is refused is counted, once", "[stats]") {
  TestBus bus(denying());
  const auto client = join(*bus);
  const auto listener = bus->channel("/deleted").on_message([](const Client&, const Message&) { return Flow::drop; });
  Exchange(*bus, "{");
  Exchange(*bus, "17");
  tell(*bus, client, "a", R"("data":1)");
  tell(*bus, client, "/a/*", R"("data":1)");
  tell(*bus, client, "/a");
  tell(*bus, "nobody", "/a", R"("data":1)");
  tell(*bus, client, "/denied", R"("data":1)");
  tell(*bus, client, "/throws", R"("data":1)");
  tell(*bus, client, "/deleted", R"("data":1)");
  ask(*bus, R"([{"channel":"/meta/handshake","id":"1","no":true}])");
  const auto stats = bus->stats();
  CHECK(stats.unreadable == 2);
  CHECK(stats.malformed == 3);
  CHECK(stats.unknown == 1);
  CHECK(stats.denied == 3);
  CHECK(stats.deleted == 1);
  CHECK(stats.callback_failures == 1);
  CHECK(stats.handshakes == 1);
}

TEST_CASE("what is too much in one request, or too deep in one message, is counted as that", "[stats]") {
  Config config;
  config.max_batch = 2;
  config.max_depth = 5;
  const auto log = std::make_shared<Lines>();
  config.log = log;
  TestBus bus(config);
  const auto client = join(*bus);
  Exchange(*bus, R"([{"channel":"/a"},{"channel":"/a"}])");
  CHECK(bus->stats().over_batch == 0);
  Exchange(*bus, R"([{"channel":"/a"},{"channel":"/a"},{"channel":"/a"}])");
  CHECK(bus->stats().over_batch == 1);
  CHECK(bus->stats().unreadable == 0);
  tell(*bus, client, "/a", R"("data":[[[[[1]]]]])");
  CHECK(bus->stats().over_depth == 0);
  tell(*bus, client, "/a", R"("data":[[[[[[1]]]]]])");
  CHECK(bus->stats().over_depth == 1);
  CHECK(log->text.find("limit=max_batch count=1\n") != std::string::npos);
  CHECK(log->text.find("limit=max_depth count=1\n") != std::string::npos);
}

TEST_CASE("when all queues hold what they may, that is counted and logged", "[stats]") {
  Config config;
  config.max_total_bytes = 1'000;
  const auto log = std::make_shared<Lines>();
  config.log = log;
  TestBus bus(config);
  const auto client = join(*bus);
  for (int i = 0; i < 8; ++i) bus->client(client).deliver("/x", std::string(100, 'x'));
  CHECK(bus->stats().over_total > 0);
  CHECK(log->text.find("limit=max_total count=") != std::string::npos);
}

TEST_CASE("each limit on how many there may be is counted when it is crossed", "[stats]") {
  Config config;
  config.max_channels = 2;
  config.max_subscriptions = 1;
  config.max_sessions_per_browser = 1;
  config.max_queue_messages = 1;
  TestBus bus(config);
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  subscribe(*bus, client, "/b");
  CHECK(bus->stats().over_subscriptions == 1);
  tell(*bus, client, "/c", R"("data":1)");
  tell(*bus, client, "/d", R"("data":1)");
  CHECK(bus->stats().over_channels == 1);
  for (int i = 0; i < 3; ++i) bus->channel("/a").publish(i);
  CHECK(bus->stats().over_queue == 1);
  CHECK(bus->stats().dropped == 2);

  const auto window = [&] {
    const auto id =
        Exchange(*bus, R"([{"channel":"/meta/handshake","id":"1"}])", with_cookie("b")).response()[0]["clientId"];
    Exchange(*bus, message(id.as_string(), "/meta/connect", R"("id":"2")"), with_cookie("b")).text();
    return Exchange(*bus, message(id.as_string(), "/meta/connect", R"("id":"3")"), with_cookie("b"));
  };
  const auto first = window();
  const auto second = window();
  CHECK(bus->stats().over_windows == 1);
}

TEST_CASE("what waits for a session that ends is counted, and what was sent is not", "[stats]") {
  Config config;
  config.max_queue_messages = 3;
  config.overflow = Overflow::disconnect;
  TestBus bus(config);
  for (int round = 0; round < 2; ++round) {
    const auto client = join(*bus);
    subscribe(*bus, client, "/a");
    bus->channel("/a").publish(1);
    CHECK(events(collect(*bus, client)).size() == 1);
    for (int i = 0; i < 3; ++i) bus->channel("/a").publish(i);
    // Nobody hears of it again; or one message is too much for its queue.
    if (round == 0) bus.advance(std::chrono::minutes(1));
    if (round == 1) bus->channel("/a").publish(4);
    CHECK(bus->stats().clients == 0);
    CHECK(bus->stats().abandoned == static_cast<std::uint64_t>(3 * (round + 1)));
  }
  CHECK(bus->stats().expired == 1);
  CHECK(bus->stats().expelled == 1);
}

TEST_CASE("copies that are kept from their receiver, and verdicts that come too late, are counted", "[stats]") {
  TestBus bus(denying());
  const auto client = join(*bus);
  subscribe(*bus, client, "/withheld");
  bus->channel("/withheld").publish(1);
  CHECK(bus->stats().withheld == 1);
  CHECK(events(collect(*bus, client)).empty());

  const auto policy = std::make_shared<SlowPolicy>();
  policy->take_time_over("publish /a");
  Config config;
  config.policy = policy;
  TestBus slow(config);
  Exchange waiting(*slow, message(join(*slow), "/a", R"("data":1)"));
  slow.advance(config.verdict_timeout);
  REQUIRE(waiting.ready());
  static_cast<void>(waiting.response());
  CHECK(slow->stats().verdict_timeouts == 1);
  CHECK(slow->stats().denied == 1);
}

TEST_CASE("what an extension or a filter keeps of what the program sends is counted, and a client's as refused",
          "[stats]") {
  TestBus bus;
  const auto id = join(*bus);
  const auto client = bus->client(id);
  subscribe(*bus, id, "/a");
  const auto snapshot = bus->channel("/state").on_snapshot([](Snapshot& state) { state.deliver(1); });
  auto withheld = [&, before = std::uint64_t(0)]() mutable {
    const auto now = bus->stats().withheld;
    return now - std::exchange(before, now);
  };
  {
    const auto keeping = bus->add_extension(std::make_shared<Keeping>());
    CHECK(bus->channel("/a").publish(1) == Errc::message_deleted);
    CHECK(withheld() == 1);
    CHECK(client.deliver("/b", 1) == Errc::message_deleted);
    CHECK(withheld() == 1);
    subscribe(*bus, id, "/state");
    CHECK(withheld() == 1);
    CHECK(tell(*bus, id, "/a", R"("data":1)")["successful"] == Json(false));
    CHECK(withheld() == 0);
    CHECK(bus->stats().deleted == 1);
  }
  tell(*bus, id, "/meta/unsubscribe", R"("subscription":"/state")");
  const auto filter = bus->channel("/**").add_receiver_filter(std::make_shared<KeptFromAll>());
  CHECK(client.deliver("/b", 1) == Errc::message_deleted);
  CHECK(withheld() == 1);
  client.set_user("ann");
  CHECK(bus->user("ann").deliver("/b", 1) == 0);
  CHECK(withheld() == 1);
  subscribe(*bus, id, "/state");
  CHECK(withheld() == 1);
  CHECK(events(collect(*bus, id)).empty());
}

TEST_CASE("what there is now is shown: sessions, held connects, channels, subscriptions, queues", "[stats]") {
  TestBus bus;
  const auto one = join(*bus);
  const auto two = join(*bus);
  subscribe(*bus, one, "/a");
  subscribe(*bus, two, "/a");
  subscribe(*bus, two, "/b");
  auto held = poll(*bus, one);
  bus->channel("/b").publish("x");
  auto stats = bus->stats();
  CHECK(stats.clients == 2);
  CHECK(stats.held == 1);
  CHECK(stats.channels == 2);
  CHECK(stats.subscriptions == 3);
  CHECK(stats.queued_messages == 1);
  CHECK(stats.queued_bytes > 10);
  auto newer = poll(*bus, one);
  CHECK(bus->stats().superseded == 1);
  CHECK(bus->stats().held == 1);
  bus->client(one).disconnect();
  stats = bus->stats();
  CHECK(stats.held == 0);
  CHECK(stats.subscriptions == 2);
  CHECK(stats.kicked == 1);
  bus.advance(60s);
  stats = bus->stats();
  CHECK(stats.expired == 1);
  CHECK(stats.subscriptions == 0);
  CHECK(stats.queued_messages == 0);
}

TEST_CASE("each publish is counted by how many receive it", "[stats]") {
  TestBus bus;
  for (int i = 0; i < 12; ++i) subscribe(*bus, join(*bus), "/many");
  subscribe(*bus, join(*bus), "/one");
  bus->channel("/many").publish(1);
  bus->channel("/one").publish(1);
  bus->channel("/none").publish(1);
  const auto fan_out = bus->stats().fan_out;
  CHECK(at(fan_out, 0) == 1);
  CHECK(at(fan_out, 1) == 1);
  CHECK(at(fan_out, 100) == 1);
  CHECK(fan_out.sum == Approx(13));
}

TEST_CASE("it is measured how long messages take until they are taken, of one publish in 10 ms", "[stats]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  bus->channel("/a").publish(1);
  bus->channel("/a").publish(2);
  bus.advance(20ms);
  collect(*bus, client);
  auto latency = bus->stats().latency;
  CHECK(at(latency, 0.03) == 1);
  CHECK(latency.sum == Approx(0.02));
  bus->channel("/a").publish(3);
  bus.advance(5s);
  collect(*bus, client);
  latency = bus->stats().latency;
  CHECK(at(latency, 10) == 1);
  CHECK(latency.sum == Approx(5.02));
}

TEST_CASE("a limit that is hit is logged with its count and without the client's id, once a second", "[stats]") {
  const auto log = std::make_shared<Lines>();
  Config config;
  config.log = log;
  config.publish_rate = 1;
  config.publish_burst = 1;
  TestBus bus(config);
  const auto client = join(*bus);
  for (int i = 0; i < 5; ++i) tell(*bus, client, "/a", R"("data":1)");
  const auto shown = bus->client(client).log_id();
  CHECK(shown.size() == 8);
  CHECK(log->text == "limit=publish_rate count=1 client=" + shown + "\n");
  bus.advance(1s);
  for (int i = 0; i < 3; ++i) tell(*bus, client, "/a", R"("data":1)");
  CHECK(log->text.ends_with("limit=publish_rate count=5 client=" + shown + "\n"));
  CHECK(log->text.find(client) == std::string::npos);
}

TEST_CASE("the beginning and the end of a drain are logged", "[stats]") {
  const auto log = std::make_shared<Lines>();
  Config config;
  config.log = log;
  TestBus bus(config);
  join(*bus);
  bus->drain(2s, [] {});
  bus.advance(3s);
  CHECK(log->text == "drain=begin clients=1 deadline_ms=2000\ndrain=end\n");
}

TEST_CASE("all numbers can be had as text for Prometheus", "[stats]") {
  TestBus bus;
  subscribe(*bus, join(*bus), "/a");
  bus->channel("/a").publish(1);
  PrometheusText prometheus("chat");
  prometheus.add(bus->stats());
  const auto& text = prometheus.text();
  const auto has = [&](std::string_view line) { return text.find("\n" + std::string(line) + "\n") != std::string::npos; };
  CHECK(text.starts_with("# HELP chat_clients Sessions that live\n# TYPE chat_clients gauge\nchat_clients 1\n"));
  CHECK(has("# TYPE chat_published_total counter"));
  CHECK(has("chat_published_total 1"));
  CHECK(has("# TYPE chat_fan_out histogram"));
  CHECK(has("chat_fan_out_bucket{le=\"0\"} 0"));
  CHECK(has("chat_fan_out_bucket{le=\"1\"} 1"));
  CHECK(has("chat_fan_out_bucket{le=\"+Inf\"} 1"));
  CHECK(has("chat_fan_out_count 1"));
  CHECK(has("chat_fan_out_sum 1"));
  CHECK(has("chat_latency_seconds_bucket{le=\"1e-04\"} 0"));
}

TEST_CASE("every number of the statistics has a name of its own", "[stats]") {
  std::set<std::string> names;
  int count = 0;
  Stats{}.for_each([&](std::string_view name, std::uint64_t, std::string_view help, bool) {
    ++count;
    names.emplace(name);
    CHECK_FALSE(help.empty());
  });
  CHECK(count == 41);
  CHECK(names.size() == 41);
}

}  // namespace bayeux::test
