#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <bayeux/bayeux.hpp>

#include "support/counted_ids.hpp"
#include "support/manual_clock.hpp"

namespace bayeux::test {

/// Counts how often it was woken.
class CountingCarrier final : public Carrier {
 public:
  void wake() noexcept override { ++wakes_; }
  int wakes() const noexcept { return wakes_; }

 private:
  std::atomic<int> wakes_{0};
};

/// A bus on a manual clock, with one shard and counted ids: two runs are the same to the byte.
class TestBus final {
 public:
  explicit TestBus(Config config = {}) : bus_(complete(std::move(config))) { bus_.add_connection_type("long-polling"); }

  Bus& operator*() noexcept { return bus_; }
  Bus* operator->() noexcept { return &bus_; }

  /// Lets time pass, and does all that is due on the way at its own moment.
  void advance(Milliseconds span) {
    const Time end = clock_->now() + span;
    for (auto next = bus_.next_deadline(); next && *next <= end; next = bus_.next_deadline()) {
      clock_->set(*next);
      bus_.run_due();
    }
    clock_->set(end);
    bus_.run_due();
  }

  ManualClock& clock() noexcept { return *clock_; }

 private:
  Config complete(Config config) {
    config.shards = 1;
    config.clock = clock_;
    config.ids = std::make_shared<CountedIds>();
    return config;
  }

  std::shared_ptr<ManualClock> clock_ = std::make_shared<ManualClock>();
  Bus bus_;
};

/// One request over a link that is used once, as HTTP does.
class Exchange final {
 public:
  Exchange(Bus& bus, std::string_view json, LinkOptions options = {"long-polling", false, false, std::nullopt})
      : link_(bus.open_link(std::move(options), carrier_)), error_(link_->receive(json)) {}

  std::error_code error() const { return error_; }
  bool ready() const { return link_->ready(); }
  int wakes() const { return carrier_->wakes(); }
  void hang_up() { link_->close(); }
  Link& link() { return *link_; }

  /// The response as text, an array of messages.
  std::string text(std::size_t max_bytes = 1 << 20) {
    std::string all = "[";
    for (const auto& frame : link_->take(max_bytes)) {
      if (all.size() > 1) all += ',';
      all += frame.text();
    }
    return all += "]";
  }

  /// The response as a value.
  Json response() { return Json::parse(text()).value_or(Json("the response is not JSON")); }

 private:
  std::shared_ptr<CountingCarrier> carrier_ = std::make_shared<CountingCarrier>();
  std::unique_ptr<Link> link_;
  std::error_code error_;
};

/// A request that is answered at once.
inline Json ask(Bus& bus, std::string_view json) { return Exchange(bus, json).response(); }

/// Shakes hands and gives the client id.
inline std::string shake_hands(Bus& bus) {
  return ask(bus, R"([{"channel":"/meta/handshake","id":"1","version":"1.0","supportedConnectionTypes":["long-polling"]}])")[0]
      ["clientId"].as_string();
}

/// A message of that client; `more` is the rest of its members, such as `"subscription":"/a"`.
inline std::string message(std::string_view client, std::string_view channel, std::string_view more = {}) {
  std::string text = R"({"channel":")";
  text.append(channel).append(R"(","clientId":")").append(client).append("\"");
  if (!more.empty()) text.append(",").append(more);
  return text += "}";
}

/// Shakes hands, connects for the first time, and gives the client id.
inline std::string join(Bus& bus) {
  auto id = shake_hands(bus);
  ask(bus, message(id, "/meta/connect", R"("id":"2","connectionType":"long-polling")"));
  return id;
}

/// A connect that is held if there is nothing to say.
inline Exchange poll(Bus& bus, std::string_view client) {
  return Exchange(bus, message(client, "/meta/connect", R"("id":"3","connectionType":"long-polling")"));
}

}  // namespace bayeux::test
