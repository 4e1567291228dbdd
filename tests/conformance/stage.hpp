#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "conformance/peer.hpp"
#include "support/catch.hpp"
#include "support/counted_ids.hpp"
#include "support/manual_clock.hpp"

namespace bayeux::test {

/// What every case of the suite plays on: the transport under test on a bus with a clock moved by hand. Each case runs
/// with one shard and with sixteen.
class Stage {
 public:
  Stage() : shards_(GENERATE(std::size_t{1}, std::size_t{16})) { set({}); }

  /// Begins anew with that configuration.
  void set(Config config, Limits limits = {}) {
    transport_.reset();
    config.shards = shards_;
    config.clock = clock_;
    config.ids = std::make_shared<CountedIds>();
    bus_ = std::make_unique<Bus>(std::move(config));
    REQUIRE(!transports().empty());
    transport_ = transports().front().make(*bus_, limits);
  }

  Bus& bus() noexcept { return *bus_; }
  Transport& transport() noexcept { return *transport_; }
  Facts facts() const { return transport_->facts(); }

  /// A client that has shaken hands and connected.
  Peer joined(Browser* browser = nullptr) {
    Peer peer(*transport_, browser);
    peer.join();
    return peer;
  }

  /// The same, subscribed to a channel.
  Peer subscribed(std::string_view channel) {
    Peer peer = joined();
    REQUIRE(peer.subscribe(channel));
    return peer;
  }

  /// Lets time pass, and does all that is due on the way at its own moment.
  void advance(Milliseconds span) {
    const Time end = clock_->now() + span;
    for (auto next = bus_->next_deadline(); next && *next <= end; next = bus_->next_deadline()) {
      clock_->set(*next);
      bus_->run_due();
    }
    clock_->set(end);
    bus_->run_due();
  }

 private:
  const std::size_t shards_;
  std::shared_ptr<ManualClock> clock_ = std::make_shared<ManualClock>();
  std::unique_ptr<Bus> bus_;
  std::unique_ptr<Transport> transport_;
};

}  // namespace bayeux::test
