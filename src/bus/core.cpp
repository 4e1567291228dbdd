#include "core.hpp"

#include <algorithm>
#include <exception>
#include <optional>

namespace bayeux {

BusCore::BusCore(Config checked)
    : config(std::move(checked)),
      delivery_policy(dynamic_cast<DeliveryPolicy*>(config.policy.get())),
      router(config, *config.clock, *this),
      journal(config),
      gate(config),
      channels(config) {}

Client BusCore::client(std::string_view id) {
  return BusAccess::client(weak_from_this(), std::string(id));
}

Channel BusCore::channel(std::string_view name) {
  return BusAccess::channel(weak_from_this(), name);
}

bool BusCore::knows(const std::string& id) {
  if (router.contains(id)) return true;
  const std::lock_guard lock(handshakes_mutex_);
  return handshakes_.contains(id);
}

void BusCore::begin_handshake(const std::string& id) {
  const std::lock_guard lock(handshakes_mutex_);
  handshakes_.insert(id);
}

void BusCore::end_handshake(const std::string& id) {
  {
    const std::lock_guard lock(handshakes_mutex_);
    handshakes_.erase(id);
  }
  if (!router.contains(id)) client_table.erase(id);
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

bus::Hooks<std::shared_ptr<Extension>>::List BusCore::extensions_of(const Client& client) const {
  if (!has_extensions()) return {};
  auto list = extensions.of(bus::everywhere);
  if (client.valid() && client_table.has_extensions()) {
    const auto own = client_table.extensions(client.id());
    list.insert(list.end(), own.begin(), own.end());
  }
  return list;
}

template <class Listener, class... Arguments>
void BusCore::tell(const bus::Hooks<Listener>& listeners, std::string_view what, const Arguments&... arguments) {
  for (const auto& entry : listeners.of(bus::everywhere)) {
    if (entry->alive) guarded(what, [&] { entry->hook(arguments...); });
  }
}

void BusCore::client_added(const Client& client) {
  tell(added_listeners, "client added listener", client);
}

void BusCore::subscribed(const Client& client, const std::vector<std::string>& names) {
  if (subscribed_listeners.empty()) return;
  for (const auto& name : names) tell(subscribed_listeners, "subscribed listener", client, channel(name));
}

void BusCore::unsubscribed(const Client& client, const std::vector<std::string>& names) {
  if (unsubscribed_listeners.empty()) return;
  for (const auto& name : names) tell(unsubscribed_listeners, "unsubscribed listener", client, channel(name));
}

void BusCore::connect_held(const Client& client) {
  tell(held_listeners, "connect held listener", client);
}

void BusCore::connect_not_held(const Client& client) {
  tell(released_listeners, "connect released listener", client);
}

void BusCore::connect_released(const std::string& id) {
  tell(released_listeners, "connect released listener", client(id));
}

void BusCore::queue_full(const std::string& id) {
  note(bus::Count::queue, id);
  if (!queue_full_listeners.empty()) tell(queue_full_listeners, "queue full listener", client(id));
}

void BusCore::session_removed(const engine::Effects::Removed& removed) {
  const Client gone = client(removed.id);
  unsubscribed(gone, removed.names);
  // Listeners still find the user and the attributes.
  tell(removed_listeners, "client removed listener", gone, removed.why);
  client_table.erase(removed.id);
  drain.session_gone(*this);
}

std::optional<Time> BusCore::measured_since() noexcept {
  constexpr std::chrono::milliseconds pause{10};
  const Time now = config.clock->now();
  if (now.time_since_epoch().count() < next_measured_.load(std::memory_order_relaxed)) return std::nullopt;
  next_measured_.store((now + pause).time_since_epoch().count(), std::memory_order_relaxed);
  return now;
}

bool BusCore::use_channel(const std::string& name, const Client& from) {
  const auto use = channels.use(name, config.clock->now(), from.valid());
  if (use != bus::ChannelTable::Use::made) return use == bus::ChannelTable::Use::existed;
  if (!created_listeners.empty()) tell(created_listeners, "channel created listener", channel(name));
  consider_channel(name);
  return true;
}

void BusCore::names_emptied(const std::vector<std::string>& names) {
  for (const auto& name : names) consider_channel(name);
}

void BusCore::consider_channel(const std::string& name) {
  const auto next = channels.consider(name, config.clock->now());
  if (next) sweep_at(*next);
}

void BusCore::sweep_at(Time time) {
  router.alarm().call_at(time, [weak = weak_from_this()] {
    if (const auto core = weak.lock()) core->sweep_channels();
  });
}

void BusCore::sweep_channels() {
  std::optional<Time> next;
  const auto swept = channels.sweep(
      config.clock->now(), [this](const std::string& name) { return router.subscribers(name) > 0; }, next);
  if (next) sweep_at(*next);
  if (swept_listeners.empty()) return;
  for (const auto& name : swept) tell(swept_listeners, "channel swept listener", channel(name));
}

void BusCore::report_exception(std::string_view what) noexcept {
  note(bus::Count::callback_failures);
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

}  // namespace bayeux
