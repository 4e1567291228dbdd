#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/router.hpp"
#include "support/talk.hpp"

namespace bayeux::test {

inline Frame frame(const std::string& text) {
  return {text, Frame::Kind::event};
}

inline Frame frame(const std::string& text, Frame::Handling handling) {
  return {text, Frame::Kind::event, std::move(handling)};
}

inline Frame lazy(const std::string& text, Milliseconds most = Milliseconds(1'000)) {
  return frame(text, {most});
}

/// One of which a queue keeps the latest.
inline Frame keyed(const std::string& text, const std::string& key, Overflow overflow = Overflow::drop_oldest) {
  return frame(text, {Milliseconds(0), overflow, key});
}

inline std::shared_ptr<engine::Outlet> outlet(bool duplex = false) {
  return std::make_shared<engine::Outlet>(std::make_shared<CountingCarrier>(), duplex);
}

inline int wakes(const engine::Outlet& outlet) {
  return static_cast<const CountingCarrier&>(*outlet.carrier).wakes();
}

inline std::string texts(const std::vector<engine::Item>& items) {
  std::string all;
  for (const auto& item : items) all.append(all.empty() ? "" : " ").append(item.frame.text());
  return all;
}

/// A router on a manual clock, and all that it told.
struct Engine : engine::Observer {
  explicit Engine(std::size_t shards = 1) : config(with_shards(shards)) {}

  /// One whose limits are other than those of Config.
  Engine(std::size_t most_messages, std::size_t most_bytes) : Engine() {
    config.max_queue_messages = most_messages;
    config.max_queue_bytes = most_bytes;
  }

  explicit Engine(const Config& its_config) : config(its_config) {}

  void session_removed(const engine::Effects::Removed& session) override { removed.push_back(session); }
  void names_emptied(const std::vector<std::string>& names) override {
    emptied.insert(emptied.end(), names.begin(), names.end());
  }
  void queue_full(const std::string& id) override { full.push_back(id); }
  void over_total(std::uint64_t times) override { over += times; }
  void connect_released(const std::string& id) override { released.push_back(id); }

  /// A session that has connected and is subscribed to `/a`.
  void join(const std::string& id) {
    router.open(id, "");
    engine::Changed changed;
    router.subscribe(id, {"/a"}, {}, changed);
    answer(id, outlet());
  }

  /// A connect that is answered at once.
  std::string answer(const std::string& id, const std::shared_ptr<engine::Outlet>& link,
                     std::size_t max_bytes = 1'000'000) {
    router.begin_connect(id, link);
    router.end_connect(id, link, Milliseconds(0));
    return take(id, link, max_bytes);
  }

  bool hold(const std::string& id, const std::shared_ptr<engine::Outlet>& link) {
    router.begin_connect(id, link);
    return router.hold(id, link, {Milliseconds(25'000), Milliseconds(0), nullptr}).value_or(false);
  }

  /// A connect that is held if there is nothing to say.
  std::shared_ptr<engine::Outlet> poll(const std::string& id) {
    const auto link = outlet();
    hold(id, link);
    return link;
  }

  std::string take(const std::string& id, const std::shared_ptr<engine::Outlet>& link,
                   std::size_t max_bytes = 1'000'000) {
    return texts(router.take(id, *link, max_bytes, true).events);
  }

  void publish(const Frame& frame) { router.publish({engine::Name("/**"), engine::Name("/a")}, frame, "", false); }

  void advance(Milliseconds span) {
    const Time end = clock.now() + span;
    for (auto next = router.next_deadline(); next && *next <= end; next = router.next_deadline()) {
      clock.set(std::max(*next, clock.now()));
      router.run_due();
    }
    clock.set(end);
  }

  static Config with_shards(std::size_t shards) {
    Config config;
    config.shards = shards;
    return config;
  }

  Config config;
  ManualClock clock;
  std::vector<engine::Effects::Removed> removed;
  std::vector<std::string> emptied;
  std::vector<std::string> full;
  std::uint64_t over = 0;
  std::vector<std::string> released;
  engine::Router router{config, clock, *this};
};

}  // namespace bayeux::test
