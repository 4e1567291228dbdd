#include <algorithm>
#include <array>
#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bayeux/bayeux.hpp>
#include <bayeux/extensions/acknowledge.hpp>

#include "fuzz/session_person.hpp"
#include "fuzz/target.hpp"
#include "support/talk.hpp"

namespace bayeux::fuzz {
namespace {

constexpr std::array<const char*, 8> channels{"/a", "/a/b", "/a/c", "/b", "/slow", "/denied", "/throws", "/a/b/c"};
constexpr std::array<const char*, 8> names{"/a", "/a/b", "/a/*", "/**", "/slow", "/denied", "/throws", "/*"};

/// Takes its time over one channel, says no to another, and breaks over a third.
class Policy final : public SecurityPolicy {
 public:
  Verdict can_subscribe(const Attempt&, const ChannelId& channel) override {
    return channel.name() == "/slow" ? Verdict::defer(waiting.emplace_back()) : Verdict::allow();
  }
  Verdict can_publish(const Attempt&, const ChannelId& channel) override {
    if (channel.name() == "/throws") throw std::runtime_error("broken");
    if (channel.name() == "/denied") return Verdict::deny();
    return channel.name() == "/slow" ? Verdict::defer(waiting.emplace_back()) : Verdict::allow();
  }

  std::deque<Decision> waiting;
};

/// Limits so small that a few bytes reach them.
Config small_config(std::shared_ptr<SecurityPolicy> policy) {
  Config config;
  config.max_batch = 6;
  config.max_depth = 8;
  config.max_subscriptions = 4;
  config.max_sessions = 6;
  config.max_channels = 6;
  config.publish_rate = 4;
  config.publish_burst = 24;
  config.handshake_rate = 2;
  config.handshake_burst = 8;
  config.max_queue_messages = 5;
  config.max_queue_bytes = 400;
  config.shards = 2;
  config.max_total_messages = 12;
  config.max_total_bytes = 1'000;
  config.max_total_subscriptions = 10;
  config.max_waiting_bytes = 300;
  config.policy = std::move(policy);
  return config;
}

/// Reads what to do from bytes; behind their end there are zeros.
class Script final {
 public:
  explicit Script(std::string_view bytes) : bytes_(bytes) {}

  bool over() const noexcept { return bytes_.empty(); }
  unsigned next() {
    if (over()) return 0;
    const auto byte = static_cast<std::uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    return byte;
  }
  std::string_view text(std::size_t size) {
    const auto part = bytes_.substr(0, size);
    bytes_.remove_prefix(part.size());
    return part;
  }

 private:
  std::string_view bytes_;
};

class Stage final {
 public:
  explicit Stage(std::string_view bytes) : script_(bytes) {
    for (const bool duplex : {false, true, false, true}) people_.emplace_back(*bus_, duplex);
  }

  void run() {
    while (!script_.over()) {
      step();
      for (auto& person : people_) person.take(most_);
      check_limits();
    }
    settle();
    end();
  }

 private:
  void step();
  void tell(Person& person, unsigned what, unsigned which);
  void host(unsigned what, unsigned which);
  void stranger(std::string_view text);
  void check_limits();
  void settle();
  void end();

  Script script_;
  std::shared_ptr<Policy> policy_ = std::make_shared<Policy>();
  test::TestBus bus_{small_config(policy_)};
  Registration acknowledge_ = bus_->add_extension(std::make_shared<Acknowledge>());
  Registration echo_ = bus_->add_remote_call("echo", [](const Call& call) { call.answer(call.data()); });
  Registration silent_ = bus_->add_remote_call("silent", [](const Call&) {});
  std::vector<Person> people_;
  std::int64_t number_ = 0;
  std::size_t most_ = 1'000;
};

/// The high bit of the second byte keeps a message for the request that the next one brings.
void Stage::step() {
  const unsigned first = script_.next();
  const unsigned second = script_.next();
  const unsigned what = first / 4 % 32;
  Person& person = people_.at(first % 4);
  if (what >= 16) return host(what, second);
  tell(person, what, second % 128);
  if (second < 128) person.send();
}

void Stage::tell(Person& person, unsigned what, unsigned which) {
  const std::string name = names.at(which % names.size());
  switch (what) {
    case 0: return person.shake_hands(which % 2 == 1);
    case 1: return person.say("/meta/connect");
    case 2: return person.say("/meta/connect", R"("advice":{"timeout":0})");
    case 3: return person.say("/meta/connect", R"("ext":{"ack":)" + std::to_string(which % 16) + "}");
    case 4:
    case 5: return person.subscribe(name, name == "/slow");
    case 6: return person.say("/meta/unsubscribe", R"("subscription":")" + name + "\"");
    case 7: return person.say("/meta/disconnect");
    case 8: return person.say("/service/echo", R"("data":{"n":1})");
    case 9: return person.say("/service/silent", R"("data":1)");
    case 10: return person.say("/meta/unheard_of");
    case 11: return person.hang_up();
    default: return person.publish(channels.at(which % channels.size()), ++number_, which % channels.size() == 4);
  }
}

void Stage::host(unsigned what, unsigned which) {
  const Client client = bus_->client(people_.at(which % people_.size()).id());
  const std::string channel = channels.at(which % channels.size());
  const auto decide = [&](auto&& how) {
    if (policy_->waiting.empty()) return;
    const Decision decision = policy_->waiting.front();
    policy_->waiting.pop_front();
    how(decision);
  };
  switch (what) {
    case 16: bus_.advance(Milliseconds(which)); break;
    case 17: bus_.advance(Milliseconds(which * 200)); break;
    case 18: client.disconnect(); break;
    case 19: client.deliver("/service/private", "for you"); break;
    case 20: most_ = which * 8 + 1; break;
    case 21: bus_->channel(channel).configure({.lazy = which >= 128, .overflow = Overflow(which / 8 % 3)}); break;
    case 22: decide([](const Decision& decision) { decision.allow(); }); break;
    case 23: decide([](const Decision& decision) { decision.deny(); }); break;
    case 24: decide([](const Decision&) {}); break;
    case 25: client.set_interval(Milliseconds(which)); break;
    case 26: client.set_connects_only(which >= 128); break;
    case 27: return stranger(script_.text(which));
    default:
      if (channel == "/denied" || channel == "/throws") break;
      bus_->channel(channel).publish(Json{{"n", ++number_}, {"by", 0}}, {.lazy = which >= 128});
  }
}

/// Somebody who sends anything. Who could name a session could take its place, which is another matter.
void Stage::stranger(std::string_view text) {
  if (text.find("lient") != std::string_view::npos || text.find('\\') != std::string_view::npos) return;
  test::Exchange exchange(*bus_, text);
  if (!exchange.error() && exchange.ready()) require(exchange.response().is_array(), "whatever comes is answered");
}

void Stage::check_limits() {
  const Stats stats = bus_->stats();
  const Config& config = bus_->config();
  require(stats.clients <= config.max_sessions, "there are no more sessions than allowed");
  require(stats.channels <= config.max_channels, "nor channels");
  require(stats.subscriptions <= stats.clients * config.max_subscriptions, "nor subscriptions");
  require(stats.subscriptions <= config.max_total_subscriptions, "nor of all together");
  require(stats.held <= stats.clients, "a client has one connect held");
  require(stats.queued_messages <= config.max_total_messages, "nor more messages waiting for all together");
  require(stats.queued_bytes <= config.max_total_bytes, "nor more bytes");
  for (const Client& client : bus_->clients()) {
    const auto waiting = client.waiting();
    require(waiting.messages <= config.max_queue_messages, "no queue is longer than allowed");
    require(waiting.bytes <= config.max_queue_bytes, "nor larger");
  }
}

/// Verdicts come or time out, and connects are held no longer than that. Over a lasting connection one waits behind the
/// other: as many as a batch may have, behind the one that is asked for.
void Stage::settle() {
  for (auto& person : people_) person.send();
  for (std::size_t i = 0; i < bus_->config().max_batch + 2; ++i) {
    for (auto& person : people_) person.take(1 << 20);
    bus_.advance(std::max(bus_->config().verdict_timeout, bus_->config().timeout));
  }
  for (auto& person : people_) {
    person.take(1 << 20);
    person.require_answered();
  }
}

void Stage::end() {
  for (auto& person : people_) person.hang_up();
  policy_->waiting.clear();
  bus_.advance(std::chrono::minutes(10));
  const Stats stats = bus_->stats();
  require(stats.clients == 0 && stats.held == 0, "no session is left");
  require(stats.subscriptions == 0 && stats.channels == 0, "nobody is subscribed any more");
  require(stats.queued_messages == 0 && stats.queued_bytes == 0, "nothing waits for nobody");
  require(!bus_->next_deadline(), "there is nothing to wait for");
}

}  // namespace
}  // namespace bayeux::fuzz

/// Two bytes say who of four clients, two of which have lasting connections, does what, or what the host does.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  bayeux::fuzz::Stage(bayeux::fuzz::as_text(data, size)).run();
  return 0;
}
