#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "bus/handshake_shares.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace std::chrono_literals;
using bayeux::bus::HandshakeShares;
using bayeux::bus::PeerNetwork;

namespace {

Config shares(std::size_t rate, std::size_t burst) {
  Config config;
  config.handshake_rate_per_address = rate;
  config.handshake_burst_per_address = burst;
  return config;
}

PeerNetwork network(std::uint64_t number) {
  return {true, number};
}

}  // namespace

TEST_CASE("a network is forgotten once it may have all again, and no times that it was given lie ahead", "[rate]") {
  HandshakeShares all(shares(1, 2));
  Time now(1h);
  for (int i = 0; i < 4; ++i) all.enter(network(1), now);
  // Its bucket is full again after two seconds; the last time that was given is a quarter of a second later.
  now += 2'200ms;
  CHECK_FALSE(all.enter(network(2), now).has_value());
  CHECK(all.size() == 2);
  now += 100ms;
  CHECK_FALSE(all.enter(network(3), now).has_value());
  CHECK(all.size() == 2);
}

TEST_CASE("what is remembered follows how many come at a time, not how many have ever come", "[rate]") {
  HandshakeShares all(shares(100, 500));
  Time now(1h);
  std::size_t most = 0;
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    now += 1ms;
    CHECK_FALSE(all.enter(network(i), now).has_value());
    most = std::max(most, all.size());
  }
  CHECK(most <= 30);
}

TEST_CASE("there is a bound to how many networks are remembered, beyond which they have no share", "[rate]") {
  HandshakeShares all(shares(1, 1));
  Time now(1h);
  for (std::uint64_t i = 0; i < HandshakeShares::most; ++i) REQUIRE_FALSE(all.enter(network(i), now).has_value());
  CHECK(all.size() == HandshakeShares::most);
  for (int i = 0; i < 3; ++i) CHECK_FALSE(all.enter(network(HandshakeShares::most), now).has_value());
  CHECK(all.size() == HandshakeShares::most);
  CHECK(all.enter(network(0), now).has_value());
  // All are idle by then, and two are looked at with each that comes.
  now += 2s;
  for (std::uint64_t i = 0; i < HandshakeShares::most; ++i) all.enter(network(0), now);
  CHECK(all.size() == 1);
}
