#pragma once

#include "load_options.hpp"
#include "report.hpp"

namespace bayeux::bench {

/// Subscribers of one channel; publishers, who do not subscribe, publish a message each in turn, at a fixed rate.
void run_steady(const LoadOptions& options, Report& report);

}  // namespace bayeux::bench
