#pragma once

#include <bayeux/config.hpp>
#include <bayeux/json.hpp>

namespace bayeux::bus {

/// The whole advice (protocol: "Advice"). Clients replace or merge what they have by what comes, so that a part of it
/// would mean something else to each of them.
inline Json full_advice(const Config& config) {
  Json advice{{"reconnect", "retry"}, {"interval", config.interval.count()}, {"timeout", config.timeout.count()}};
  if (config.handshake_reconnect) advice["maxInterval"] = config.max_interval.count();
  return advice;
}

}  // namespace bayeux::bus
