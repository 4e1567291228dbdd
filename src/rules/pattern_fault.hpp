#pragma once

#include <string>
#include <string_view>

namespace bayeux::rules {

/// Why a rule cannot be about channels of that name or pattern, as a sentence; empty when it can.
std::string pattern_fault(std::string_view name);

}  // namespace bayeux::rules
