#pragma once

#include <functional>
#include <memory>
#include <string>

#include "world.hpp"

namespace bayeux::simulation {

/// One HTTP request of a client and its response, over a network on which things go wrong. In the end one of the two is
/// called, once.
struct Outcome {
  std::function<void(const Packet&)> answered;
  std::function<void()> failed;
};

/// Sends it.
void exchange(World& world, const Nature& nature, Sending sending, Outcome outcome);

}  // namespace bayeux::simulation
