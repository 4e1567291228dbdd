#pragma once

#include <any>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <bayeux/clock.hpp>
#include <bayeux/config.hpp>
#include <bayeux/delivery.hpp>

#include "attributes.hpp"
#include "engine/keyed_hash.hpp"

namespace bayeux::bus {

/// How a message on some channel is to be treated, all that was said about it put together.
struct Treatment {
  Milliseconds lazy{0};
  Overflow overflow;
  std::optional<std::string> latest_by;
  bool broadcast_to_publisher;
  bool to_ancestors = false;
};

/// Which channels and patterns exist, what was said about them, and which of them nobody uses any more. A channel costs
/// nothing while it is idle: only those that have just lost their last subscriber, or were made without one, are looked
/// at again.
///
/// Threads: any, at once. Values of the host are destroyed under no lock.
class ChannelTable final {
 public:
  enum class Use : std::uint8_t { existed, made, refused };

  explicit ChannelTable(const Config& config) : config_(config) {}

  /// Says that a channel is used now; makes it when it is not there and there is room. Some of that no client may take.
  Use use(const std::string& name, Time now, bool by_client);
  bool contains(const std::string& name) const;
  std::size_t size() const noexcept { return size_.load(std::memory_order_relaxed); }

  void configure(const std::string& name, const ChannelOptions& options);
  ChannelOptions options(const std::string& name) const;

  /// For a message of a channel with these patterns, from `/**` to the channel itself.
  Treatment treatment(const std::vector<std::string>& patterns, bool lazy) const;

  /// Of a channel that exists; false when it does not.
  bool set_attribute(const std::string& name, std::string_view attribute, std::any value);
  std::any attribute(const std::string& name, std::string_view attribute) const;

  /// Nobody of some shard holds the name any more: it is to be looked at. Gives when, unless `sweep` is due anyway.
  std::optional<Time> consider(const std::string& name, Time now);

  /// Forgets channels that nobody used for Config::channel_timeout, and gives their names. `next` is when to look
  /// again.
  std::vector<std::string> sweep(Time now, const std::function<bool(const std::string&)>& has_subscribers,
                                 std::optional<Time>& next);

 private:
  struct Record {
    std::atomic<Time::rep> used;
    bool considered = false;
    Attributes attributes;
    explicit Record(Time now) : used(now.time_since_epoch().count()) {}
  };
  struct alignas(64) Stripe {
    mutable std::shared_mutex mutex;
    std::unordered_map<std::string, std::unique_ptr<Record>, engine::KeyedHash, std::equal_to<>> records;
  };

  Stripe& stripe_of(const std::string& name) const { return stripes_[engine::keyed_hash(name) >> 7 & 15]; }
  bool is_persistent(const std::string& name) const;
  /// What it was before; true also when there is no such channel.
  bool set_considered(const std::string& name, bool considered);
  bool forget_if_unused(const std::string& name, Time now, std::optional<Time>& again);

  const Config& config_;
  mutable std::array<Stripe, 16> stripes_;
  std::atomic<std::size_t> size_{0};

  mutable std::shared_mutex options_mutex_;
  std::unordered_map<std::string, ChannelOptions> options_;
  std::atomic<std::size_t> options_count_{0};

  std::mutex candidates_mutex_;
  std::deque<std::pair<Time, std::string>> candidates_;
  bool sweep_is_due_ = false;
};

}  // namespace bayeux::bus
