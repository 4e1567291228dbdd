#include "core.hpp"

#include <algorithm>
#include <exception>
#include <system_error>

#include <bayeux/error.hpp>

namespace bayeux {

BusCore::BusCore(Config checked)
    : config(std::move(checked)),
      router(config, *config.clock, [this](const std::string& id, Removal why) { client_removed(id, why); }) {}

Client BusCore::client(std::string_view id) {
  return BusAccess::client(weak_from_this(), std::string(id));
}

Json BusCore::connection_types() const {
  const std::lock_guard lock(types_mutex_);
  Json types = Json::array();
  for (const auto& type : types_) types.push_back(type);
  return types;
}

void BusCore::add_connection_type(std::string_view name) {
  const std::lock_guard lock(types_mutex_);
  if (std::find(types_.begin(), types_.end(), name) == types_.end()) types_.emplace_back(name);
}

void BusCore::client_added(const Client& client) {
  for (const auto& entry : added_listeners.of(bus::everywhere)) {
    if (entry->alive) guarded("client added listener", [&] { entry->hook(client); });
  }
}

void BusCore::client_removed(const std::string& id, Removal why) {
  const auto listeners = removed_listeners.of(bus::everywhere);
  if (listeners.empty()) return;
  const Client gone = client(id);
  for (const auto& entry : listeners) {
    if (entry->alive) guarded("client removed listener", [&] { entry->hook(gone, why); });
  }
}

void BusCore::report_exception(std::string_view what) noexcept {
  if (config.log == nullptr) return;
  try {
    std::string text(what);
    try {
      throw;
    } catch (const std::exception& error) {
      text.append(" threw: ").append(error.what());
    } catch (...) {
      text.append(" threw something that is no std::exception");
    }
    config.log->write(LogLevel::warning, text);
  } catch (...) {
    config.log->write(LogLevel::warning, what);
  }
}

namespace bus {

Config check_config(Config config) {
  const auto require = [](bool holds, const char* what) {
    if (!holds) throw std::system_error(Errc::config_invalid, what);
  };
  require(config.timeout.count() > 0, "Config::timeout must be positive");
  require(config.interval.count() >= 0, "Config::interval must not be negative");
  require(config.max_interval.count() > 0, "Config::max_interval must be positive");
  require(config.max_client_interval.count() >= 0, "Config::max_client_interval must not be negative");
  require(config.max_batch > 0, "Config::max_batch must be positive");
  require(config.max_depth > 0, "Config::max_depth must be positive");
  require(config.max_sessions > 0, "Config::max_sessions must be positive");
  require(config.max_queue_messages > 0, "Config::max_queue_messages must be positive");
  require(config.shards > 0 && config.shards <= 1024, "Config::shards must be between 1 and 1024");
  if (config.policy == nullptr) config.policy = std::make_shared<SecurityPolicy>();
  if (config.clock == nullptr) config.clock = std::make_shared<SystemClock>();
  if (config.ids == nullptr) config.ids = std::make_shared<SystemIdSource>();
  return config;
}

}  // namespace bus
}  // namespace bayeux
