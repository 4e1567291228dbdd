#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include <bayeux/clock.hpp>
#include <bayeux/config.hpp>

#include "engine/rate_limit.hpp"

namespace bayeux::bus {

/// Lets handshakes in at the rate of Config::handshake_rate, and gives each of the others a time of its own to come
/// again: then they come at that rate, too, and not all at once.
///
/// Threads: any, at once.
class HandshakeGate final {
 public:
  explicit HandshakeGate(const Config& config) noexcept : limit_(config.handshake_rate, config.handshake_burst) {}

  /// Nothing when the handshake may go on; otherwise after how long its client is to come again.
  std::optional<Milliseconds> enter(Time now);

 private:
  const engine::RateLimit limit_;
  std::mutex mutex_;
  Time full_{};

  /// Until when all times are given away.
  Time taken_{};
  std::uint64_t turned_away_ = 0;
};

}  // namespace bayeux::bus
