#pragma once

#include <bayeux/config.hpp>
#include <bayeux/json.hpp>

#include "client_table.hpp"

namespace bayeux::bus {

/// The whole advice (protocol: "Advice"). Clients replace or merge what they have by what comes, so that a part of it
/// would mean something else to each of them.
inline Json full_advice(const Config& config, const ClientTable::Settings& settings = {}) {
  Json advice{{"reconnect", "retry"},
              {"interval", settings.interval.value_or(config.interval).count()},
              {"timeout", settings.timeout.value_or(config.timeout).count()}};
  if (config.handshake_reconnect) advice["maxInterval"] = config.max_interval.count();
  return advice;
}

}  // namespace bayeux::bus
