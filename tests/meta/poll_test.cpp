#include <array>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "support/catch.hpp"

#include "meta/answers.hpp"

using namespace bayeux;
using namespace bayeux::test;
using namespace std::chrono_literals;

// Most connects take a short way through the bus, and all of them the long one as soon as there is an extension. A
// client must not see which.

namespace {

class DoesNothing final : public Extension {};

using Random = std::mt19937;

template <class... Choices>
std::string one_of(Random& random, const Choices&... choices) {
  const std::array<std::string, sizeof...(choices)> all{choices...};
  return all[random() % all.size()];
}

/// Says something at random, and writes down all that can be seen of the bus.
class Conversation final {
 public:
  Conversation(unsigned seed, bool extended) : random_(seed), bus_(config(random_)) {
    if (extended) extension_ = bus_->add_extension(std::make_shared<DoesNothing>());
    for (int i = 0; i < 3; ++i) {
      const auto browser = random_() % 2 == 0 ? "" : "browser" + std::to_string(1 + random_() % 2);
      browsers_.push_back(browser);
      Exchange shakes(*bus_, R"({"channel":"/meta/handshake"})", with_cookie(browser));
      clients_.push_back(shakes.response()[0]["clientId"].as_string());
      if (browsers_[i].empty()) browsers_[i] = shakes.link().new_browser();
      subscribe(*bus_, clients_[i], "/a");
    }
    clients_.push_back("nobody");
    browsers_.push_back("");
  }

  std::string play(int steps) {
    for (int i = 0; i < steps; ++i) {
      step();
      look();
    }
    return std::move(log_);
  }

 private:
  static Config config(Random& random) {
    Config config;
    config.max_sessions_per_browser = static_cast<int>(random() % 4) - 1;
    config.multi_session_interval = Milliseconds(random() % 2 * 2'000);
    config.cookie_binding = random() % 4 == 0 ? CookieBinding::always : Config().cookie_binding;
    config.timeout = Milliseconds(random() % 8 == 0 ? 1 : 5'000);
    config.interval = Milliseconds(random() % 2 * 100);
    config.max_queue_messages = 4;
    return config;
  }

  void step() {
    const auto who = random_() % clients_.size();
    const Client client = bus_->client(clients_[who]);
    switch (random_() % 16) {
      case 0:
        return bus_.advance(Milliseconds(random_() % 8'000));
      case 1:
        return bus_.advance(Milliseconds(random_() % 3));
      case 2:
      case 3:
      case 4:
        bus_->channel("/a").publish(static_cast<int>(random_() % 100));
        return;
      case 5:
        if (!links_.empty()) links_[random_() % links_.size()].hang_up();
        return;
      case 6:
        if (random_() % 8 == 0) client.disconnect();
        return;
      case 7:
        if (random_() % 4 == 0) client.set_timeout(Milliseconds(random_() % 4'000));
        if (random_() % 4 == 0) client.set_interval(Milliseconds(random_() % 4'000));
        return;
      case 8:
        return send(who, one_of(random_, message(clients_[who], "/meta/disconnect"),
                                "[" + connect(who) + "," + message(clients_[who], "/a", R"("data":7)") + "]",
                                "[" + connect(who) + "," + connect(who) + "]"));
      default:
        return send(who, connect(who));
    }
  }

  std::string connect(std::size_t who) {
    std::string more = one_of(random_, R"("id":"3")", R"("id":"3")", R"("id":7)", R"("id":1.5)", R"("id":"\"\u00e9\\")",
                              R"("x":"\n")", R"("id":null)");
    if (random_() % 2 == 0) more += R"(,"connectionType":"long-polling")";
    if (random_() % 12 == 0) {
      more += one_of(random_, R"(,"advice":{"timeout":0})", R"(,"advice":{"interval":7})", R"(,"advice":{})",
                     R"(,"subscription":"/b")", R"(,"ext":{"a":1})", R"(,"data":{})", R"(,"successful":1)",
                     R"(,"connectionType":"eventsource")");
    }
    return message(clients_[who],
                   random_() % 12 == 0 ? one_of(random_, "/meta/connect/", " /meta/connect") : "/meta/connect", more);
  }

  void send(std::size_t who, const std::string& text) {
    LinkOptions options = with_cookie(browsers_[who]);
    if (random_() % 8 == 0) options.browser.reset();
    if (random_() % 8 == 0) options = with_cookie(one_of(random_, "", "foreign", "browser1"));
    if (random_() % 16 == 0) options.events_on_connect_only = true;
    log_ += "> " + text + "\n";
    links_.emplace_back(*bus_, text, options);
    if (random_() % 32 == 0) links_.back().hang_up();
  }

  void look() {
    for (auto link = links_.begin(); link != links_.end();) {
      log_ += std::to_string(link->wakes());
      const bool over = link->ready() && random_() % 4 != 0;
      if (over) log_ += link->text(20) + (link->link().superseded() ? " superseded" : "");
      link = over || link->link().finished() ? links_.erase(link) : link + 1;
    }
    const auto stats = bus_->stats();
    const auto next = bus_->next_deadline();
    log_ += " next " + (next ? std::to_string((*next - bus_.clock().now()).count()) : "never") + " clients " +
            std::to_string(stats.clients) + " queued " + std::to_string(stats.queued_messages) + " wakes " +
            std::to_string(stats.wakes) + "\n";
  }

  Random random_;
  TestBus bus_;
  Registration extension_;
  std::vector<std::string> clients_;
  std::vector<std::string> browsers_;
  std::deque<Exchange> links_;
  std::string log_;
};

}  // namespace

TEST_CASE("polls are answered to the byte as they are when an extension that does nothing looks on", "[connect]") {
  for (unsigned seed = 0; seed < 300; ++seed) {
    INFO("seed " << seed);
    REQUIRE(Conversation(seed, false).play(100) == Conversation(seed, true).play(100));
  }
}

TEST_CASE("a poll tells once what the application changed, and then waits as long as it said", "[connect]") {
  TestBus bus;
  const auto client = join(*bus);
  bus->client(client).set_timeout(1'000ms);
  auto told = poll(*bus, client);
  bus.advance(1'000ms);
  CHECK(told.response()[0]["advice"]["timeout"] == Json(1'000));
  auto waits = poll(*bus, client);
  bus.advance(999ms);
  CHECK_FALSE(waits.ready());
  bus.advance(1ms);
  CHECK(waits.text() == R"([{"channel":"/meta/connect","id":"3","successful":true}])");
}

TEST_CASE("listeners hear of every poll, also of those that come before they are there", "[connect]") {
  TestBus bus;
  const auto client = join(*bus);
  auto first = poll(*bus, client);
  std::string heard;
  const auto held = bus->on_connect_held([&](const Client& who) { heard += "held " + who.id() + " "; });
  const auto released = bus->on_connect_released([&](const Client& who) { heard += "released " + who.id() + " "; });
  auto second = poll(*bus, client);
  CHECK(first.text() == "[]");
  CHECK(first.link().superseded());
  CHECK(heard == "released client1 held client1 ");
}
