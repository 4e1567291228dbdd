#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <bayeux/listener.hpp>
#include <bayeux/transport.hpp>

#include "queue.hpp"

namespace bayeux::engine {

/// The engine's end of a Link: where a session can be reached. Shared by the link and by the session that it serves.
/// All but `carrier` and `duplex` is guarded by the lock of that session's shard.
struct Outlet {
  Outlet(std::shared_ptr<Carrier> to_wake, bool is_duplex) : carrier(std::move(to_wake)), duplex(is_duplex) {}

  /// What has become of the connect that arrived over this link.
  enum class Connect : std::uint8_t {
    none,        ///< There is none, or it was answered.
    held,        ///< It waits.
    released,    ///< It is to be answered: there is something to say, or its time is up.
    superseded,  ///< A newer one took its place; there is nothing to answer.
  };

  const std::shared_ptr<Carrier> carrier;
  const bool duplex;

  Connect connect = Connect::none;

  /// It only carries events: the client's requests come over other links.
  bool stream = false;

  /// Woken and not yet taken: waking once is enough.
  bool woken = false;

  /// Why the session has ended, once it has.
  std::optional<Removal> ended;

  /// The session is now served by another link.
  bool moved = false;

  /// What was queued when the session ended; nullptr when nothing was.
  std::unique_ptr<std::vector<Item>> last;

  /// Kept while a connect is held, let go when it no longer is.
  std::shared_ptr<void> ticket;
};

}  // namespace bayeux::engine
