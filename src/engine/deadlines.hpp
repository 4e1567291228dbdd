#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>

#include <bayeux/clock.hpp>

namespace bayeux::engine {

/// What is due when. Entries of the same millisecond share a bucket, so that the cost of arming one depends on how
/// many milliseconds lie ahead (some ten thousand) and not on how many sessions are idle.
///
/// Deadlines are rounded up to the millisecond: nothing is ever due early.
class Deadlines final {
 public:
  struct Entry;
  using Buckets = std::map<Time, Entry*>;

  /// Lives inside of what it belongs to. Must be disarmed before it goes.
  struct Entry {
    Buckets::iterator bucket;
    Entry* previous = nullptr;
    Entry* next = nullptr;
    bool armed = false;

    /// Only of one that is armed.
    Time at() const noexcept { return bucket->first; }
  };

  Deadlines() = default;
  Deadlines(const Deadlines&) = delete;
  Deadlines& operator=(const Deadlines&) = delete;

  /// Arms an entry, or moves it when it was armed.
  void arm(Entry& entry, Time at);

  /// Nothing when it was not armed.
  void disarm(Entry& entry) noexcept;

  /// The earliest deadline.
  std::optional<Time> next() const noexcept {
    return buckets_.empty() ? std::nullopt : std::optional<Time>(buckets_.begin()->first);
  }

  /// Takes out one entry that is due, or gives nullptr.
  Entry* pop_due(Time now) noexcept;

 private:
  Buckets::iterator bucket_of(Time at);

  Buckets buckets_;

  /// The last bucket that became empty, for the next that is needed.
  Buckets::node_type spare_;

  /// Where the last one was put, or the end: the next often goes there too.
  Buckets::iterator latest_ = buckets_.end();
};

}  // namespace bayeux::engine
