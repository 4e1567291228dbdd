#include <arpa/inet.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bus/peer_network.hpp"
#include "fuzz/target.hpp"

namespace bayeux::fuzz {
namespace {

/// The bytes of an address as the system reads it, one of IPv4 in the clothes of IPv6 (RFC 4291, section 2.5.5.2).
std::optional<std::array<unsigned char, 16>> bytes_of(const std::string& text) {
  std::array<unsigned char, 16> bytes{};
  if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return bytes;
  bytes[10] = bytes[11] = 0xff;
  if (::inet_pton(AF_INET, text.c_str(), bytes.data() + 12) == 1) return bytes;
  return std::nullopt;
}

std::uint64_t number(const unsigned char* bytes, int count) {
  std::uint64_t value = 0;
  for (int i = 0; i < count; ++i) value = value << 8 | bytes[i];
  return value;
}

void check(std::string_view text) {
  const auto network = bus::peer_network(text);
  const auto bytes = text.find('\0') == text.npos ? bytes_of(std::string(text)) : std::nullopt;
  if (!bytes) return require(!network, "what is no address has no network");
  if (!network) return;
  const bool v4 = number(bytes->data(), 8) == 0 && number(bytes->data() + 8, 4) == 0xffff;
  require(network->first == !v4, "it is of its own kind");
  require(network->second == (v4 ? number(bytes->data() + 12, 4) : number(bytes->data(), 8)),
          "a network is the beginning of its address");
}

}  // namespace
}  // namespace bayeux::fuzz

/// A text that should be the address of a peer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  bayeux::fuzz::check(bayeux::fuzz::as_text(data, size));
  return 0;
}
