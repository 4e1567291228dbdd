#pragma once

#include <bayeux/transports/gateway.hpp>

namespace bayeux::http {

/// True when a gateway can work as the config says.
bool is_valid(const GatewayConfig& config);

}  // namespace bayeux::http
