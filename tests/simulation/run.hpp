#pragma once

#include <cstdint>
#include <optional>

#include "counts.hpp"
#include "failure.hpp"
#include "plan.hpp"

namespace bayeux::simulation {

/// How a run went.
struct Result {
  std::optional<Failure> failure;
  std::uint64_t hash = 0;  ///< The same for two runs of one plan.
  Counts counts;
};

/// Runs it, and prints all that goes in and out of the bus when it is to be traced.
Result run(const Plan& plan, bool traces = false);

}  // namespace bayeux::simulation
