#pragma once

#include <memory>
#include <vector>

#include "client.hpp"
#include "plan.hpp"
#include "world.hpp"

namespace bayeux::simulation {

using Clients = std::vector<std::unique_ptr<Client>>;

/// Says when each step of the plan happens, and what; returns when the last one does.
Moment schedule_steps(World& world, Clients& clients, const Plan& plan);

}  // namespace bayeux::simulation
