#include "peer_addresses.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <system_error>

#include <bayeux/error.hpp>

namespace bayeux::http1 {
namespace {

constexpr int bits_of_v4 = 32;
constexpr int bits_of_v6 = 128;

[[noreturn]] void refuse(const std::string& network) {
  throw std::system_error(make_error_code(Errc::config_invalid), "unlimited_addresses: " + network);
}

/// The number behind the slash, or all bits where there is none; -1 when it is no such number.
int prefix_length(std::string_view text, int most) {
  if (text.empty()) return most;
  int length = -1;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data() + 1, end, length);
  return error == std::errc() && rest == end && length >= 0 && length <= most ? length : -1;
}

bool holds(const asio::ip::network_v4& network, const asio::ip::address_v4& address) noexcept {
  return (address.to_uint() & network.netmask().to_uint()) == network.network().to_uint();
}

bool holds(const asio::ip::network_v6& network, const asio::ip::address_v6& address) noexcept {
  const auto a = network.address().to_bytes();
  const auto b = address.to_bytes();
  const unsigned length = network.prefix_length();
  const std::size_t whole = length / 8;
  if (!std::equal(a.begin(), a.begin() + whole, b.begin())) return false;
  const unsigned rest = length % 8;
  return rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

}  // namespace

asio::ip::address plain(const asio::ip::address& peer) {
  if (!peer.is_v6() || !peer.to_v6().is_v4_mapped()) return peer;
  return asio::ip::make_address_v4(asio::ip::v4_mapped, peer.to_v6());
}

PeerAddresses::PeerAddresses(std::size_t limit, const std::vector<std::string>& unlimited) : limit_(limit) {
  for (const std::string& network : unlimited) {
    const auto slash = std::min(network.find('/'), network.size());
    std::error_code error;
    const auto address = asio::ip::make_address(network.substr(0, slash), error);
    if (error) refuse(network);
    const auto prefix = std::string_view(network).substr(slash);
    const int length = prefix_length(prefix, address.is_v4() ? bits_of_v4 : bits_of_v6);
    if (length < 0) refuse(network);
    if (address.is_v4()) {
      unlimited_v4_.emplace_back(address.to_v4(), static_cast<unsigned short>(length));
    } else {
      unlimited_v6_.emplace_back(address.to_v6(), static_cast<unsigned short>(length));
    }
  }
}

std::optional<PeerAddresses::Place> PeerAddresses::enter(const asio::ip::address& peer) {
  if (limit_ == 0 || unlimited(peer)) return Place();
  const std::lock_guard lock(mutex_);
  const auto entry = counts_.try_emplace(key(peer), 0).first;
  if (entry->second == limit_) return std::nullopt;
  ++entry->second;
  return Place(*this, entry);
}

void PeerAddresses::Place::leave() noexcept {
  PeerAddresses* const all = std::exchange(all_, nullptr);
  if (all == nullptr) return;
  const std::lock_guard lock(all->mutex_);
  if (--entry_->second == 0) all->counts_.erase(entry_);
}

std::size_t PeerAddresses::size() const {
  const std::lock_guard lock(mutex_);
  return counts_.size();
}

PeerAddresses::Key PeerAddresses::key(const asio::ip::address& peer) noexcept {
  if (peer.is_v4()) return {false, peer.to_v4().to_uint()};
  std::uint64_t network = 0;
  const auto bytes = peer.to_v6().to_bytes();
  for (std::size_t i = 0; i < sizeof network; ++i) network = network << 8 | bytes[i];
  return {true, network};
}

bool PeerAddresses::unlimited(const asio::ip::address& peer) const noexcept {
  if (peer.is_v4()) {
    return std::any_of(unlimited_v4_.begin(), unlimited_v4_.end(),
                       [&](const auto& network) { return holds(network, peer.to_v4()); });
  }
  return std::any_of(unlimited_v6_.begin(), unlimited_v6_.end(),
                     [&](const auto& network) { return holds(network, peer.to_v6()); });
}

}  // namespace bayeux::http1
