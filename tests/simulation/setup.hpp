#pragma once

#include <cstddef>
#include <vector>

#include <bayeux/config.hpp>

#include "plan.hpp"

namespace bayeux::simulation {

enum class Kind { polling, socket, stream };

/// What a client is like.
struct Nature {
  Kind kind = Kind::polling;
  bool acknowledges = false;
  bool connects_only = false;   ///< Events come only with the replies to connects, as with JSONP.
  int delay = 10;               ///< Of its network, in milliseconds, at most.
  std::size_t take = 1 << 20;   ///< What its transport takes at once, in bytes.
};

/// How the bus and its clients are in a run.
struct Setup {
  explicit Setup(const Plan& plan);

  /// It is all queues together that may get full, none of them alone.
  bool only_all_together() const { return config.max_total_bytes < Config().max_total_bytes; }

  Config config;
  std::vector<Nature> clients;
  bool lazy_channel = false;  ///< `/a/y` is lazy.
  bool has_limit = false;     ///< Queues may get full.
  bool drains = false;        ///< In the end the bus drains.
};

}  // namespace bayeux::simulation
