#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <bayeux/clock.hpp>
#include <bayeux/config.hpp>
#include <bayeux/log.hpp>

#include "counters.hpp"

namespace bayeux::bus {

/// Eight characters that tell clients apart in a log, and say nothing about the id, which is a secret.
std::string log_id(std::string_view client_id);

/// Lines of `name=value` for the log of the host.
///
/// Threads: any, at once.
class Journal final {
 public:
  explicit Journal(const Config& config) noexcept : config_(config) {}

  /// A limit was hit, for the `count`th time: at most one line a second for each.
  void limit_hit(Count what, std::uint64_t count, std::string_view client_id) noexcept;

  /// Something happened that an operator wants to follow, such as `drain=begin`.
  void write(LogLevel level, const std::string& line) noexcept;

 private:
  bool is_due(Count what) noexcept;

  const Config& config_;
  std::array<std::atomic<Time::rep>, static_cast<std::size_t>(Count::all)> next_{};
};

}  // namespace bayeux::bus
