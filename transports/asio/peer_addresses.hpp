#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <asio/ip/address.hpp>
#include <asio/ip/network_v4.hpp>
#include <asio/ip/network_v6.hpp>

namespace bayeux::http1 {

/// The address itself where it is one of IPv4 in the clothes of IPv6: a socket for both says `::ffff:192.0.2.1`, which
/// no list of a host would hold.
asio::ip::address plain(const asio::ip::address& peer);

/// How many connections there are from where: from each address of IPv4, and from each /64 of IPv6, within which a
/// host takes any address it likes (RFC 8981). Whoever has no connection takes no memory.
///
/// A tree, because who can choose from many networks could choose those that fall together in a hash table.
///
/// Threads: any.
class PeerAddresses final {
  using Key = std::pair<bool, std::uint64_t>;
  using Counts = std::map<Key, std::size_t>;

 public:
  /// A connection's share in what its address may have. Must not outlive the PeerAddresses.
  class Place final {
   public:
    Place(Place&& other) noexcept : all_(std::exchange(other.all_, nullptr)), entry_(other.entry_) {}
    Place& operator=(Place&&) = delete;
    ~Place() { leave(); }

    /// Gives it back; once is enough.
    void leave() noexcept;

   private:
    friend class PeerAddresses;
    /// Of an address without a limit.
    Place() noexcept = default;
    Place(PeerAddresses& all, Counts::iterator entry) noexcept : all_(&all), entry_(entry) {}

    PeerAddresses* all_ = nullptr;
    Counts::iterator entry_{};
  };

  /// `limit` is for each address but those in `unlimited`; 0 for none at all.
  ///
  /// Errors: throws std::system_error (config_invalid) when one of `unlimited` is neither an address nor a network.
  PeerAddresses(std::size_t limit, const std::vector<std::string>& unlimited);

  /// Nothing when there are as many from there as may be. `peer` is a plain address.
  std::optional<Place> enter(const asio::ip::address& peer);

  /// How many have a count now.
  std::size_t size() const;

 private:
  static Key key(const asio::ip::address& peer) noexcept;
  bool unlimited(const asio::ip::address& peer) const noexcept;

  const std::size_t limit_;
  std::vector<asio::ip::network_v4> unlimited_v4_;
  std::vector<asio::ip::network_v6> unlimited_v6_;
  mutable std::mutex mutex_;
  Counts counts_;
};

}  // namespace bayeux::http1
