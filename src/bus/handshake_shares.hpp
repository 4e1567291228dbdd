#pragma once

#include <cstddef>
#include <map>
#include <optional>

#include <bayeux/clock.hpp>
#include <bayeux/config.hpp>

#include "engine/rate_limit.hpp"
#include "handshake_line.hpp"
#include "peer_network.hpp"

namespace bayeux::bus {

/// A line for each network that handshakes come from, at the rate of Config::handshake_rate_per_address. It is kept until
/// it is idle, and found to be by one of the next who come.
///
/// A tree, because who can choose from many networks could choose those that fall together in a hash table.
///
/// Threads: one at a time.
class HandshakeShares final {
 public:
  /// Networks at once, which take 5 MiB. Each handshake keeps a line for a hundredth of a second by default, so it takes
  /// millions of them in a second to have so many: then those from others are without a share.
  static constexpr std::size_t most = 65'536;

  explicit HandshakeShares(const Config& config) noexcept
      : limit_(config.handshake_rate_per_address, config.handshake_burst_per_address) {}
  HandshakeShares(const HandshakeShares&) = delete;
  HandshakeShares& operator=(const HandshakeShares&) = delete;

  /// Nothing when its share has room for one more handshake; otherwise after how long it is to come again.
  std::optional<Milliseconds> enter(const PeerNetwork& peer, Time now);

  /// How many networks are remembered now.
  std::size_t size() const noexcept { return lines_.size(); }

 private:
  using Lines = std::map<PeerNetwork, HandshakeLine>;

  void sweep(Time now);

  const engine::RateLimit limit_;
  Lines lines_;
  Lines::iterator swept_ = lines_.end();
};

}  // namespace bayeux::bus
