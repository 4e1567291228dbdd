#include "handshake_gate.hpp"

#include "peer_network.hpp"

namespace bayeux::bus {

std::optional<HandshakeGate::Delay> HandshakeGate::enter(std::string_view remote_address, Time now) {
  const auto peer = peer_network(remote_address);
  const std::lock_guard lock(mutex_);
  // What is beyond a share must not reach the line of all. What that turns away has used its share up all the same:
  // otherwise whoever asks in a loop would move everybody's times on.
  if (const auto interval = peer ? shares_.enter(*peer, now) : std::nullopt) {
    return Delay{*interval, Count::handshake_rate_per_address};
  }
  if (const auto interval = all_.enter(limit_, now)) return Delay{*interval, Count::handshake_rate};
  return std::nullopt;
}

}  // namespace bayeux::bus
