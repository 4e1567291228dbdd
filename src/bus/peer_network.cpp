#include "peer_network.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <system_error>

namespace bayeux::bus {
namespace {

/// An address of IPv6, or a part of one (RFC 4291, section 2.2).
struct Groups {
  bool add(unsigned value) noexcept {
    if (count == values.size()) return false;
    values[count++] = static_cast<std::uint16_t>(value);
    return true;
  }

  std::uint64_t half(std::size_t first) const noexcept {
    std::uint64_t number = 0;
    for (std::size_t i = first; i < first + 4; ++i) number = number << 16 | values[i];
    return number;
  }

  std::array<std::uint16_t, 8> values{};
  std::size_t count = 0;
};

/// The number that is all of the text, in so many digits at most.
std::optional<unsigned> number_of(std::string_view text, std::size_t digits, int base) noexcept {
  unsigned number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number, base);
  if (text.size() > digits || error != std::errc() || rest != end) return std::nullopt;
  return number;
}

std::optional<std::uint32_t> parse_v4(std::string_view text) noexcept {
  std::uint32_t address = 0;
  for (int left = 3; left >= 0; --left) {
    const auto dot = left > 0 ? text.find('.') : text.size();
    if (dot == std::string_view::npos) return std::nullopt;
    const auto digits = text.substr(0, dot);
    const auto byte = number_of(digits, 3, 10);
    // Some read a number that begins with 0 as an octal one (RFC 6943, section 3.1.1).
    const bool ambiguous = digits.size() > 1 && digits.front() == '0';
    if (!byte || *byte > 255 || ambiguous) return std::nullopt;
    address = address << 8 | *byte;
    if (left > 0) text.remove_prefix(dot + 1);
  }
  return address;
}

/// Reads what stands before the gap of an address, behind it, or all of it; only at its `end` may be one of IPv4.
bool read_groups(std::string_view text, bool end, Groups& groups) noexcept {
  if (text.empty()) return true;
  for (;;) {
    const auto colon = text.find(':');
    const auto part = text.substr(0, colon);
    const bool last = colon == std::string_view::npos;
    if (last && end && part.find('.') != std::string_view::npos) {
      const auto address = parse_v4(part);
      return address && groups.add(*address >> 16) && groups.add(*address & 0xffff);
    }
    const auto group = number_of(part, 4, 16);
    if (!group || !groups.add(*group)) return false;
    if (last) return true;
    text.remove_prefix(colon + 1);
  }
}

std::optional<Groups> parse_v6(std::string_view text) noexcept {
  Groups address;
  const auto gap = text.find("::");
  if (gap == std::string_view::npos) {
    const bool whole = read_groups(text, true, address) && address.count == address.values.size();
    return whole ? std::optional(address) : std::nullopt;
  }
  Groups rest;
  if (!read_groups(text.substr(0, gap), false, address) || !read_groups(text.substr(gap + 2), true, rest) ||
      address.count + rest.count >= address.values.size()) {
    return std::nullopt;
  }
  std::copy_n(rest.values.begin(), rest.count, address.values.end() - static_cast<std::ptrdiff_t>(rest.count));
  return address;
}

bool is_local_v4(std::uint32_t address) noexcept {
  struct Network {
    std::uint32_t first;
    int length;
  };
  static constexpr std::array<Network, 7> local{{
      {0x00000000, 8},   // 0.0.0.0/8: no address
      {0x0a000000, 8},   // 10.0.0.0/8
      {0x64400000, 10},  // 100.64.0.0/10
      {0x7f000000, 8},   // 127.0.0.0/8
      {0xa9fe0000, 16},  // 169.254.0.0/16
      {0xac100000, 12},  // 172.16.0.0/12
      {0xc0a80000, 16},  // 192.168.0.0/16
  }};
  return std::any_of(local.begin(), local.end(), [&](const Network& network) {
    return (address ^ network.first) >> (32 - network.length) == 0;
  });
}

bool is_local_v6(std::uint64_t network, std::uint64_t host) noexcept {
  const bool loopback_or_none = network == 0 && host <= 1;
  return loopback_or_none || network >> 57 == 0xfc >> 1 || network >> 54 == 0xfe80 >> 6;
}

std::optional<PeerNetwork> network_v4(std::uint32_t address) noexcept {
  if (is_local_v4(address)) return std::nullopt;
  return PeerNetwork(false, address);
}

}  // namespace

std::optional<PeerNetwork> peer_network(std::string_view address) noexcept {
  if (const auto v4 = parse_v4(address)) return network_v4(*v4);
  const auto v6 = parse_v6(address);
  if (!v6) return std::nullopt;
  const auto network = v6->half(0);
  const auto host = v6->half(4);
  // One of IPv4 as a socket for both says it (RFC 4291, section 2.5.5.2).
  if (network == 0 && host >> 32 == 0xffff) return network_v4(static_cast<std::uint32_t>(host));
  if (is_local_v6(network, host)) return std::nullopt;
  return PeerNetwork(true, network);
}

}  // namespace bayeux::bus
