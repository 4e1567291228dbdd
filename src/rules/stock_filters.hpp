#pragma once

#include "reader.hpp"

namespace bayeux::rules {

/// The filters that rules can name without the host.
Factories stock_filters();

}  // namespace bayeux::rules
