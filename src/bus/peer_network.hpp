#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace bayeux::bus {

/// Where a peer is: whether by IPv6, and its address of IPv4 or its /64 of IPv6, within which a host takes any address it
/// likes (RFC 8981).
using PeerNetwork = std::pair<bool, std::uint64_t>;

/// The network of an IP address. Nothing for a text that is none, and for an address that nobody has on the open
/// Internet, behind which a proxy may sit with all of its clients: loopback, link-local (RFC 3927), private (RFC 1918,
/// RFC 4193) and shared ones (RFC 6598).
std::optional<PeerNetwork> peer_network(std::string_view address) noexcept;

}  // namespace bayeux::bus
