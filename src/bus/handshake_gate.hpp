#pragma once

#include <mutex>
#include <optional>
#include <string_view>

#include <bayeux/clock.hpp>
#include <bayeux/config.hpp>

#include "counters.hpp"
#include "engine/rate_limit.hpp"
#include "handshake_line.hpp"
#include "handshake_shares.hpp"

namespace bayeux::bus {

/// Lets handshakes in at the rate of Config::handshake_rate, of which each address has a share, and gives each of the
/// others a time of its own to come again: then they come at that rate, too, and not all at once.
///
/// Threads: any, at once.
class HandshakeGate final {
 public:
  /// After how long a client is to come again, and which limit it hit.
  struct Delay {
    Milliseconds interval;
    Count limit;
  };

  explicit HandshakeGate(const Config& config) noexcept
      : limit_(config.handshake_rate, config.handshake_burst), shares_(config) {}

  /// Nothing when the handshake from there may go on.
  std::optional<Delay> enter(std::string_view remote_address, Time now);

 private:
  const engine::RateLimit limit_;
  std::mutex mutex_;
  HandshakeLine all_;
  HandshakeShares shares_;
};

}  // namespace bayeux::bus
