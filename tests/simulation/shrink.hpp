#pragma once

#include "plan.hpp"
#include "failure.hpp"

namespace bayeux::simulation {

/// A smaller plan in which the same check fails: with fewer faults, clients and steps.
Plan shrunk(Plan plan, Check check);

}  // namespace bayeux::simulation
