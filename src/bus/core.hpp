#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
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
#include <bayeux/security_policy.hpp>

#include "browser_table.hpp"
#include "engine/router.hpp"
#include "hooks.hpp"

namespace bayeux {

/// All that a bus is made of. Owned by Bus; handles refer to it weakly, links share it.
class BusCore final : public std::enable_shared_from_this<BusCore> {
 public:
  /// `checked` has been through check_config.
  explicit BusCore(Config checked);

  /// The client of that id, whether there is one or not.
  Client client(std::string_view id);

  /// The connection types on offer, as the JSON array of handshake replies.
  Json connection_types() const;
  void add_connection_type(std::string_view name);

  void client_added(const Client& client);

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

  const Config config;
  std::atomic<bool> closed{false};
  engine::Router router;
  bus::BrowserTable browsers;
  bus::Hooks<MessageListener> message_listeners;
  bus::Hooks<std::shared_ptr<DataFilter>> filters;
  bus::Hooks<std::shared_ptr<Extension>> extensions;
  bus::Hooks<ClientAddedListener> added_listeners;
  bus::Hooks<ClientRemovedListener> removed_listeners;

 private:
  void client_removed(const std::string& id, Removal why);
  void report_exception(std::string_view what) noexcept;

  mutable std::mutex types_mutex_;
  std::vector<std::string> types_;
};

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
  static Channel channel(std::weak_ptr<BusCore> core, std::string_view name);
  static std::unique_ptr<Link> link(std::shared_ptr<BusCore> core, LinkOptions options,
                                    std::shared_ptr<Carrier> carrier);
};

}  // namespace bayeux
