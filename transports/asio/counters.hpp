#pragma once

#include <atomic>
#include <cstdint>

#include <bayeux/transports/asio_server.hpp>

#include "deadlines.hpp"
#include "request_parser.hpp"

namespace bayeux::http1 {

/// What a server has compressed, refused and cut off since it began. Each is told in AsioServerStats.
///
/// Threads: any.
class Counters final {
 public:
  using Count = std::atomic<std::uint64_t>;

  Count gzipped{0};
  Count over_connections{0};
  Count over_address{0};
  Count accept_failures{0};
  Count tls_failures{0};
  Count held_back{0};
  Count bad_responses{0};
  Count over_total_input{0};
  Count stop_timeouts{0};

  static void add(Count& count, std::uint64_t more = 1) noexcept { count.fetch_add(more, std::memory_order_relaxed); }

  /// Counts a request that was refused for what it is. One that took too long counts by its wait.
  void add(const ParsedRequest& refused) noexcept;

  /// Counts a wait that was over its time, if it is one that should not be.
  void add(Wait wait) noexcept;

  /// Fills in all of it.
  void count(AsioServerStats& stats) const noexcept;

 private:
  Count header_too_large_{0};
  Count too_many_header_fields_{0};
  Count body_too_large_{0};
  Count bad_requests_{0};
  Count header_timeouts_{0};
  Count body_timeouts_{0};
  Count idle_timeouts_{0};
  Count write_timeouts_{0};
  Count tls_handshake_timeouts_{0};
  Count ping_timeouts_{0};
};

}  // namespace bayeux::http1
