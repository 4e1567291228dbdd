#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine_model.hpp"
#include "engine_support.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::engine;
using namespace std::chrono_literals;
using bayeux::engine::test::Model;
using bayeux::test::Engine;
using bayeux::test::frame;
using bayeux::test::lazy;
using bayeux::test::outlet;
using bayeux::test::wakes;

namespace {

using Link = bayeux::engine::test::Link;

/// Drives a router with random operations, and checks after each that it did what a simple model says.
class Trial {
 public:
  explicit Trial(unsigned seed) : random_(seed) {
    for (int i = 0; i < 4; ++i) open();
  }

  void step() {
    switch (pick(15)) {
      case 0:
        if (clients_.size() < 6) open();
        break;
      case 1:
        if (pick(8) == 0) remove();
        break;
      case 2:
      case 3:
        publish();
        break;
      case 4:
        deliver();
        break;
      case 5:
      case 6:
        connect(any());
        break;
      case 7:
      case 8:
        take(any());
        break;
      case 9:
        batch(any());
        break;
      case 10:
        batch_of_all();
        break;
      case 11:
        hang_up(any());
        break;
      case 12:
        if (pick(2) == 0) {
          reserve(any());
        } else {
          fill(any());
        }
        break;
      case 13:
        listen(any());
        break;
      default:
        wait();
        break;
    }
    check();
  }

  /// Ends all batches and decides all places: then everything has to arrive.
  void finish() {
    for (; batches_of_all_ > 0; --batches_of_all_) engine_.router.end_batch_of_all();
    for (auto& client : clients_) {
      for (; client->batches > 0; --client->batches) engine_.router.end_batch(client->id);
      while (fill(*client)) {
      }
    }
    for (int round = 0; round < 10'000 && !is_done(); ++round) {
      for (auto& client : clients_) {
        connect(*client);
        take(*client);
      }
      engine_.advance(100ms);
      check();
    }
    REQUIRE(is_done());
    REQUIRE(engine_.router.stats().queued_messages == 0);
  }

 private:
  bool is_done() const {
    return std::all_of(clients_.begin(), clients_.end(),
                       [](const auto& client) { return client->waiting.empty() && client->sent.empty(); });
  }

  std::size_t pick(std::size_t below) { return random_() % below; }
  Model& any() { return *clients_[pick(clients_.size())]; }

  void open() {
    auto client = std::make_unique<Model>();
    client->id = std::to_string(++last_);
    engine_.join(client->id);
    client->acknowledges = pick(2) == 0;
    if (client->acknowledges) engine_.router.keep_until_acknowledged(client->id);
    clients_.push_back(std::move(client));
  }

  void remove() {
    if (clients_.size() < 2) return;
    const auto which = clients_.begin() + static_cast<std::ptrdiff_t>(pick(clients_.size()));
    engine_.router.remove((*which)->id, Removal::kicked, {}, nullptr);
    REQUIRE_FALSE(engine_.router.contains((*which)->id));
    clients_.erase(which);
  }

  void publish() {
    const bool urgent = pick(2) == 0;
    const auto text = std::to_string(++last_);
    engine_.publish(urgent ? frame(text) : lazy(text, Milliseconds(1 + pick(3'000))));
    for (auto& client : clients_) client->waiting.push_back({text, {}, urgent});
  }

  void deliver() {
    auto& client = any();
    const auto text = std::to_string(++last_);
    engine_.router.deliver(client.id, frame(text));
    client.waiting.push_back({text, {}, true});
  }

  void reserve(Model& client) {
    const auto place = engine_.router.reserve(client.id);
    REQUIRE(place);
    client.waiting.push_back({"", place});
  }

  bool fill(Model& client) {
    for (auto item = client.waiting.begin(); item != client.waiting.end(); ++item) {
      if (!item->place) continue;
      const bool wanted = pick(3) > 0;
      const auto text = std::to_string(++last_);
      engine_.router.fill(client.id, *item->place, wanted ? frame(text) : Frame());
      if (wanted) *item = {text, {}, true};
      if (!wanted) client.waiting.erase(item);
      return true;
    }
    return false;
  }

  /// A client that waits for an answer sends no second connect, but one whose connection broke does.
  void connect(Model& client) {
    if (client.link != nullptr) return;
    if (client.acknowledges && pick(4) > 0) acknowledge(client);
    if (client.push == nullptr && pick(6) == 0) {
      client.push = outlet(true);
      client.look = {};
      engine_.router.attach(client.id, client.push);
      client.stream = nullptr;
    }
    const Link link = client.push != nullptr ? client.push : outlet();
    const bool says_so = client.push == nullptr && pick(2) == 0;
    const auto before = engine_.router.begin_connect(client.id, link, says_so);
    REQUIRE(before);
    REQUIRE(before->listens == (says_so && !client.acknowledges));
    REQUIRE((!before->listens || before->has_stream == (client.stream != nullptr)));
    client.polls = !before->listens && client.push == nullptr;
    client.link = link;
    const Milliseconds timeout(1 + pick(2'000));
    client.until = engine_.clock.now() + timeout;
    if (before->listens || pick(4) == 0) {
      engine_.router.end_connect(client.id, link, 0ms);
    } else {
      engine_.router.hold(client.id, link, {timeout, 0ms, nullptr});
    }
    repeat(client);
  }

  /// A stream takes the place of an older one; a client that has another lasting connection opens none.
  void listen(Model& client) {
    if (client.push != nullptr) return;
    const Link older = std::exchange(client.stream, outlet(true));
    client.stream_look = {};
    REQUIRE(engine_.router.listen(client.id, client.stream));
    REQUIRE((older == nullptr || (engine_.router.left(client.id, *older) && wakes(*older) > 0)));
  }

  /// The client has received all batches, or lost some of the latest: then what was in those comes again.
  void acknowledge(Model& client) {
    std::int64_t batch = client.last_batch;
    if (!client.sent.empty() && pick(3) == 0) batch = client.sent[pick(client.sent.size())].number - 1;
    REQUIRE(engine_.router.acknowledge(client.id, batch) == true);
    REQUIRE(engine_.router.acknowledge(client.id, client.last_batch + 1) == false);
    while (!client.sent.empty() && client.sent.front().number <= batch) client.sent.pop_front();
    acknowledged_ = true;
  }

  void repeat(Model& client) {
    if (!acknowledged_) return;
    acknowledged_ = false;
    for (auto kept = client.sent.rbegin(); kept != client.sent.rend(); ++kept) {
      for (auto text = kept->texts.rbegin(); text != kept->texts.rend(); ++text) {
        client.waiting.push_front({*text, {}, true});
      }
    }
    client.sent.clear();
  }

  bool is_batching(const Model& client) const { return batches_of_all_ > 0 || client.batches > 0; }

  void take(Model& client) {
    const Link link = client.link != nullptr ? client.link : client.push;
    if (client.stream != nullptr && pick(2) == 0) return take(client, client.stream, client.stream_look);
    if (link != nullptr) take(client, link, client.look);
  }

  void take(Model& client, const Link& link, Model::Look& look) {
    look.looking = engine_.router.ready(client.id, *link);
    // Over a lasting connection replies leave at any time, and take along what there is.
    const bool replies = link == client.push && pick(3) == 0;
    if (!look.looking) look.seen = wakes(*link);
    if (!look.looking && !replies) return;
    look.looking = true;
    const auto most = pick(12);
    const auto taken = engine_.router.take(client.id, *link, most, true);
    std::vector<std::string> texts;
    std::size_t bytes = 0;
    for (const auto& item : taken.events) {
      REQUIRE_FALSE(client.waiting.empty());
      REQUIRE(client.waiting.front().text == item.frame.text());
      texts.push_back(client.waiting.front().text);
      bytes += texts.back().size();
      client.waiting.pop_front();
    }
    REQUIRE((bytes <= most || texts.size() == 1));
    REQUIRE((texts.empty() || !is_batching(client)));
    REQUIRE((texts.empty() || client.listens() == (link == client.stream)));
    const bool answered = taken.connect == Outlet::Connect::released;
    if (client.acknowledges) {
      REQUIRE((answered || texts.empty()));
      if (answered) ++client.last_batch;
      REQUIRE(engine_.router.sent_batch(client.id) == client.last_batch);
      if (!texts.empty()) client.sent.push_back({client.last_batch, texts});
    }
    if (answered) client.link = nullptr;
  }

  void batch(Model& client) {
    if (client.batches > 0 && pick(3) > 0) {
      engine_.router.end_batch(client.id);
      --client.batches;
    } else if (client.batches < 3) {
      engine_.router.begin_batch(client.id);
      ++client.batches;
    }
  }

  void batch_of_all() {
    if (batches_of_all_ > 0 && pick(3) > 0) {
      engine_.router.end_batch_of_all();
      --batches_of_all_;
    } else if (batches_of_all_ < 2 && pick(3) == 0) {
      engine_.router.begin_batch_of_all();
      ++batches_of_all_;
    }
  }

  void hang_up(Model& client) {
    if (client.stream != nullptr) engine_.router.detach(client.id, client.stream);
    client.stream = nullptr;
    if (pick(3) == 0) return;
    if (client.link != nullptr) engine_.router.detach(client.id, client.link);
    if (client.push != nullptr) engine_.router.detach(client.id, client.push);
    client.link = client.push = nullptr;
    client.look = {};
  }

  void wait() {
    engine_.advance(Milliseconds(pick(1'500)));
    std::set<std::string> gone;
    for (const auto& session : engine_.removed) gone.insert(session.id);
    const auto is_gone = [&](const auto& client) { return gone.count(client->id) > 0; };
    for (const auto& client : clients_) REQUIRE_FALSE((is_gone(client) && client->stream != nullptr && !client->polls));
    std::erase_if(clients_, is_gone);
    if (clients_.empty()) open();
  }

  void check() {
    std::size_t waiting = 0;
    for (const auto& client : clients_) {
      check(*client);
      waiting += client->waiting.size();
      for (const auto& batch : client->sent) waiting += batch.texts.size();
    }
    const auto stats = engine_.router.stats();
    REQUIRE(stats.queued_messages == waiting);
    REQUIRE(stats.clients == clients_.size());
    REQUIRE(stats.dropped == 0);
  }

  /// Whoever waits although there is something for him was woken for it, and nobody waits for longer than he was to.
  void check(const Model& client) {
    REQUIRE(engine_.router.contains(client.id));
    if (client.listens()) return check_stream(client);
    const auto served = client.link != nullptr ? client.link : client.push;
    if (served == nullptr) return;
    const bool held = client.link != nullptr && served->connect == Outlet::Connect::held;
    if (held) REQUIRE(engine_.clock.now() < client.until + 1ms);
    const bool pushed = client.push != nullptr && !client.acknowledges;
    if ((!held && !pushed) || is_batching(client) || client.waiting.empty() || client.waiting.front().place) return;
    if (!presses(client)) return;
    REQUIRE(pushed);
    REQUIRE(engine_.router.ready(client.id, *served));
    REQUIRE((wakes(*served) > client.look.seen || client.look.looking));
  }

  void check_stream(const Model& client) {
    REQUIRE((client.link == nullptr || client.link->connect != Outlet::Connect::held));
    if (is_batching(client) || client.waiting.empty() || client.waiting.front().place || !presses(client)) return;
    REQUIRE(engine_.router.ready(client.id, *client.stream));
    REQUIRE((wakes(*client.stream) > client.stream_look.seen || client.stream_look.looking));
  }

  static bool presses(const Model& client) {
    return std::any_of(client.waiting.begin(), client.waiting.end(), [](const auto& item) { return item.urgent; });
  }

  std::mt19937 random_;
  Engine engine_;
  std::vector<std::unique_ptr<Model>> clients_;
  std::uint64_t last_ = 0;
  int batches_of_all_ = 0;
  bool acknowledged_ = false;
};

}  // namespace

TEST_CASE("whatever happens to clients, all they are sent arrives, in order, once and in time", "[model]") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    Trial trial(seed);
    for (int i = 0; i < 2'000; ++i) {
      INFO("step " << i);
      trial.step();
    }
    trial.finish();
  }
}
