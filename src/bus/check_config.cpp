#include <algorithm>
#include <memory>
#include <system_error>

#include <bayeux/error.hpp>

#include "core.hpp"

namespace bayeux::bus {
namespace {

void bound_times(Config& config) {
  for (Milliseconds* time : {&config.timeout, &config.interval, &config.max_client_interval, &config.multi_session_interval}) {
    *time = std::min(*time, longest_told);
  }
  for (Milliseconds* time : {&config.max_interval, &config.lazy_timeout, &config.verdict_timeout, &config.channel_timeout}) {
    *time = std::min(*time, longest_time);
  }
}

}  // namespace

Config check_config(Config config) {
  const auto require = [](bool holds, const char* what) {
    if (!holds) throw std::system_error(Errc::config_invalid, what);
  };
  require(config.timeout.count() > 0, "Config::timeout must be positive");
  require(config.interval.count() >= 0, "Config::interval must not be negative");
  require(config.max_interval.count() > 0, "Config::max_interval must be positive");
  require(config.max_client_interval.count() >= 0, "Config::max_client_interval must not be negative");
  require(config.lazy_timeout.count() > 0, "Config::lazy_timeout must be positive");
  require(config.verdict_timeout.count() > 0, "Config::verdict_timeout must be positive");
  require(config.channel_timeout.count() > 0, "Config::channel_timeout must be positive");
  require(config.max_batch > 0, "Config::max_batch must be positive");
  require(config.max_depth > 0, "Config::max_depth must be positive");
  require(config.max_sessions > 0, "Config::max_sessions must be positive");
  require(config.max_waiting_bytes > 0, "Config::max_waiting_bytes must be positive");
  require(config.max_total_subscriptions > 0, "Config::max_total_subscriptions must be positive");
  require(config.max_channels > 0, "Config::max_channels must be positive");
  require(config.publish_burst > 0, "Config::publish_burst must be positive");
  require(config.handshake_burst > 0, "Config::handshake_burst must be positive");
  require(config.handshake_burst_per_address > 0, "Config::handshake_burst_per_address must be positive");
  require(config.max_queue_messages > 0, "Config::max_queue_messages must be positive");
  require(config.shards > 0 && config.shards <= engine::Interest::max_shards, "Config::shards must be between 1 and 64");
  bound_times(config);
  if (config.policy == nullptr) config.policy = std::make_shared<SecurityPolicy>();
  if (config.clock == nullptr) config.clock = std::make_shared<SystemClock>();
  if (config.ids == nullptr) config.ids = std::make_shared<SystemIdSource>();
  return config;
}

}  // namespace bayeux::bus
