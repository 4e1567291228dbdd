#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine_support.hpp"

namespace bayeux::engine::test {

using Link = std::shared_ptr<Outlet>;

/// What one client should see.
struct Model {
  std::string id;
  bool acknowledges = false;

  /// What was sent to it and what it has not seen yet, in order. Of a place that is not decided there is only the
  /// number.
  struct Expected {
    std::string text;
    std::optional<std::uint64_t> place;
    bool urgent = false;
  };
  std::deque<Expected> waiting;

  /// What was taken and not acknowledged, by batch; and how much of it comes again.
  struct Batch {
    std::int64_t number;
    std::vector<std::string> texts;
  };
  std::deque<Batch> sent;
  std::int64_t last_batch = 0;

  /// The transport has taken, and has not yet seen that there is no more; how often it had been woken when it had.
  struct Look {
    bool looking = false;
    int seen = 0;
  };

  Link link;  ///< Its connect, until that was taken.
  Link push;
  Look look;
  Time until{};
  int batches = 0;

  /// What carries events only, and whether its last connect said that it hears that.
  Link stream;
  Look stream_look;
  bool polls = true;

  bool listens() const { return stream != nullptr && !polls && !acknowledges; }
};

}  // namespace bayeux::engine::test
