#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <bayeux/bus.hpp>
#include <bayeux/channel_id.hpp>
#include <bayeux/data_filter.hpp>
#include <bayeux/extension.hpp>
#include <bayeux/id_source.hpp>
#include <bayeux/json.hpp>
#include <bayeux/log.hpp>
#include <bayeux/message.hpp>
#include <bayeux/receiver_filter.hpp>
#include <bayeux/security_policy.hpp>

#include "browser_table.hpp"
#include "channel_table.hpp"
#include "client_table.hpp"
#include "counters.hpp"
#include "drain.hpp"
#include "engine/router.hpp"
#include "handshake_gate.hpp"
#include "hooks.hpp"
#include "journal.hpp"
#include "services.hpp"

namespace bayeux {

/// All that a bus is made of. Owned by Bus; handles refer to it weakly, links share it.
class BusCore final : public std::enable_shared_from_this<BusCore>, private engine::Observer {
 public:
  /// `checked` has been through check_config.
  explicit BusCore(Config checked);

  /// The client of that id, whether there is one or not.
  Client client(std::string_view id);
  Channel channel(std::string_view name);

  /// True while the session lives, or while it is being decided whether there will be one.
  bool knows(const std::string& id);
  void begin_handshake(const std::string& id);
  void end_handshake(const std::string& id);

  /// The connection types on offer, as the JSON array of handshake replies.
  Json connection_types() const;
  void add_connection_type(std::string_view name);

  void client_added(const Client& client);
  void subscribed(const Client& client, const std::vector<std::string>& names);
  void unsubscribed(const Client& client, const std::vector<std::string>& names);
  void connect_held(const Client& client);
  void connect_not_held(const Client& client);

  /// Makes the channel when it is not there; false when there are too many. `from` is who uses it, if it is a client.
  bool use_channel(const std::string& name, const Client& from = {});

  /// Has the channel swept when nobody uses it.
  void consider_channel(const std::string& name);

  /// Whether anybody's messages are seen by extensions. Costs two loads.
  bool has_extensions() const noexcept { return !extensions.empty() || client_table.has_extensions(); }

  /// All extensions that see the messages of this client, in their order.
  bus::Hooks<std::shared_ptr<Extension>>::List extensions_of(const Client& client) const;

  /// Counts and logs the exception that is being handled, which code of the host threw.
  void report_exception(std::string_view what) noexcept;

  /// Runs code of the host. False when it threw, which is logged under the name `what`.
  template <class Work>
  bool guarded(std::string_view what, Work&& work) noexcept {
    try {
      std::forward<Work>(work)();
      return true;
    } catch (...) {
      report_exception(what);
      return false;
    }
  }

  /// Counts what was refused, withheld or borne with, of this client where there is one, and logs limits that are hit.
  void note(bus::Count what, std::string_view client_id = {}, std::uint64_t times = 1) noexcept {
    const auto count = counters.add(what, times);
    journal.limit_hit(what, count, client_id);
  }

  /// When a message is published of which it is to be known how long it takes: one in a while.
  std::optional<Time> measured_since() noexcept;

  const Config config;

  /// The policy, where it also decides about every delivery.
  DeliveryPolicy* const delivery_policy;
  std::atomic<bool> closed{false};
  engine::Router router;
  bus::Counters counters;
  bus::Journal journal;
  bus::HandshakeGate gate;
  bus::Drain drain;
  bus::BrowserTable browsers;
  bus::ChannelTable channels;
  bus::ClientTable client_table;
  bus::Services services;
  bus::Hooks<MessageListener> message_listeners;
  bus::Hooks<std::shared_ptr<DataFilter>> filters;
  bus::Hooks<std::shared_ptr<ReceiverFilter>> receiver_filters;
  bus::Hooks<SnapshotHandler> snapshots;
  bus::Hooks<std::shared_ptr<Extension>> extensions;
  bus::Hooks<ClientAddedListener> added_listeners;
  bus::Hooks<ClientRemovedListener> removed_listeners;
  bus::Hooks<ChannelListener> created_listeners;
  bus::Hooks<ChannelListener> swept_listeners;
  bus::Hooks<SubscriptionListener> subscribed_listeners;
  bus::Hooks<SubscriptionListener> unsubscribed_listeners;
  bus::Hooks<QueueFullListener> queue_full_listeners;
  bus::Hooks<ConnectListener> held_listeners;
  bus::Hooks<ConnectListener> released_listeners;

 private:
  void session_removed(const engine::Effects::Removed& removed) override;
  void names_emptied(const std::vector<std::string>& names) override;
  void queue_full(const std::string& id) override;
  void over_total(std::uint64_t times) override { note(bus::Count::total, {}, times); }
  void connect_released(const std::string& id) override;

  template <class Listener, class... Arguments>
  void tell(const bus::Hooks<Listener>& listeners, std::string_view what, const Arguments&... arguments);
  void sweep_channels();
  void sweep_at(Time time);

  mutable std::mutex types_mutex_;
  std::vector<std::string> types_;

  std::atomic<Time::rep> next_measured_{0};

  std::mutex handshakes_mutex_;
  std::unordered_set<std::string> handshakes_;
};

/// The bus of a handle; nothing once it has been destroyed, although a call of another thread may still keep it.
inline std::shared_ptr<BusCore> open_core(const std::weak_ptr<BusCore>& bus) {
  auto core = bus.lock();
  return core != nullptr && !core->closed ? core : nullptr;
}

namespace bus {

/// A copy with every part filled in that the host left empty.
///
/// Errors: throws std::system_error (config_invalid).
Config check_config(Config config);

/// The name under which hooks stand that belong to no channel.
inline const std::string everywhere;

}  // namespace bus

/// Makes the handles, whose constructors are nobody else's.
class BusAccess final {
 public:
  static Client client(std::weak_ptr<BusCore> core, std::string id) {
    Client client;
    client.bus_ = std::move(core);
    client.id_ = std::move(id);
    return client;
  }
  static User user(std::weak_ptr<BusCore> core, std::string name) {
    User user;
    user.bus_ = std::move(core);
    user.name_ = std::move(name);
    return user;
  }
  static Channel channel(std::weak_ptr<BusCore> core, std::string_view name);
  static std::unique_ptr<Link> link(std::shared_ptr<BusCore> core, LinkOptions options,
                                    std::shared_ptr<Carrier> carrier);
};

}  // namespace bayeux
