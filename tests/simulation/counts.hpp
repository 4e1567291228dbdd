#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace bayeux::simulation {

/// What happened in a run, so that one sees that it did.
enum class Count {
  events,
  requests,
  connects,
  cut_before,
  cut_held,
  lost_responses,
  lost_messages,
  duplicates,
  impatient,
  superseded,
  cut_sockets,
  stalls,
  jumps,
  handshakes,
  kicked,
  vanished,
  goodbyes,
  subscribes,
  unsubscribes,
  published,
  refused,
  taken,
  read,
  repeated,
  batches,
  dropped,
  expelled,
  expired,
  drained,
  size
};

constexpr auto counted = static_cast<std::size_t>(Count::size);

constexpr std::string_view name_of(Count count) {
  constexpr std::array<std::string_view, counted> names{
      "events",      "requests",   "connects",   "cut before", "cut held",  "lost responses", "lost messages",
      "duplicates",  "impatient",  "superseded", "cut sockets", "stalls",   "clock jumps",    "handshakes",
      "kicked",      "vanished",   "goodbyes",   "subscribes", "unsubscribes", "published",   "refused",
      "taken",       "read",       "repeated",   "batches",    "dropped",   "expelled",       "expired",
      "drained"};
  return names[static_cast<std::size_t>(count)];
}

class Counts final {
 public:
  std::uint64_t& operator[](Count count) { return values_[static_cast<std::size_t>(count)]; }
  std::uint64_t operator[](Count count) const { return values_[static_cast<std::size_t>(count)]; }

  Counts& operator+=(const Counts& other) {
    for (std::size_t i = 0; i < counted; ++i) values_[i] += other.values_[i];
    return *this;
  }

 private:
  std::array<std::uint64_t, counted> values_{};
};

}  // namespace bayeux::simulation
