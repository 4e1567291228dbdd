#pragma once

#include "load_options.hpp"
#include "report.hpp"

namespace bayeux::bench {

/// Subscribers of one channel; publishers, who do not subscribe, publish a message each in turn, at a fixed rate.
void run_steady(const LoadOptions& options, Report& report);

/// Subscribers of one channel whose polls are all parked, and one publish: how long until the last has it. Nobody polls
/// again before that. Then all park again, for the next round.
void run_wake(const LoadOptions& options, Report& report);

/// The load of CometD's own load client: each client is in some of the rooms, and publishes when it is its turn, in
/// batches whose messages go to a random room each. By long-polling a client has two connections.
void run_rooms(const LoadOptions& options, Report& report);

/// What the server takes for each subscriber while nothing happens, with its connection: when it has just come, and
/// when it has got a message and waits again.
void run_memory(const LoadOptions& options, Report& report);

}  // namespace bayeux::bench
