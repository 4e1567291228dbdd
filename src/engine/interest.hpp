#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "name.hpp"
#include "spinning_mutex.hpp"

namespace bayeux::engine {

/// Which shards have subscribers of which name, so that a publish goes to those alone.
///
/// A shard says so under its own lock, as soon as the first of its sessions subscribes and when the last one has gone:
/// who publishes after a subscription was answered finds it here.
///
/// Threads: any.
class Interest final {
 public:
  /// A bit for each shard.
  using Shards = std::uint64_t;
  static constexpr std::size_t max_shards = 64;

  void add(const std::string& name, std::size_t shard);
  void remove(const std::string& name, std::size_t shard);

  /// The shards that have subscribers of any of these names.
  Shards in(const std::vector<Name>& names) const;

 private:
  /// Publishers of different channels are not to wait for each other.
  struct alignas(64) Part {
    mutable SpinningMutex mutex;
    std::unordered_map<std::string, Shards, NameHash, NameEqual> shards;
  };

  std::size_t part_of(const Name& name) const noexcept { return (name.hash >> 40) % parts_.size(); }

  std::array<Part, 16> parts_;

  /// Each publish asks for all patterns that fit; mostly nobody holds any.
  std::atomic<std::size_t> patterns_{0};
};

}  // namespace bayeux::engine
