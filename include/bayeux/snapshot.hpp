#pragma once

#include <functional>
#include <memory>
#include <system_error>

#include <bayeux/delivery.hpp>
#include <bayeux/fwd.hpp>
#include <bayeux/json.hpp>

namespace bayeux {

/// The first thing that a new subscriber gets: the state, to which what is published later is added.
///
/// The first `deliver` begins the subscription in the same instant: every publish before it is left to the state that
/// is delivered, every later one follows it. So there is neither a gap nor a duplicate where the application changes
/// its state and publishes the change under one lock of its own, and reads the state and delivers it here under the
/// same. All of it comes after the reply to the subscribe.
///
///     bus.channel("/stocks/*").on_snapshot([&](bayeux::Snapshot& snapshot) {
///       const std::lock_guard lock(mutex);
///       snapshot.deliver(prices_of(snapshot.channel()));
///     });
///
/// Valid during the call.
class Snapshot final {
 public:
  /// Who subscribes.
  const Client& client() const noexcept;

  /// To what; a pattern only where the handler was registered for just that pattern.
  const ChannelId& channel() const noexcept;

  /// Delivers a message to the new subscriber on the channel; for a pattern, on the channel named.
  ///
  /// Errors: client_unknown, message_deleted, channel_invalid and channel_wild (for a pattern without a channel named),
  /// bus_closed.
  std::error_code deliver(Json data) const;
  std::error_code deliver(std::string_view channel, Json data) const;

 private:
  friend class SnapshotAccess;
  struct SnapshotState* state_ = nullptr;
};

/// Called when a client is about to be subscribed to a channel, or to any that the pattern matches, to which it was not
/// yet.
///
/// Threads: the thread that carried the request; several at once. It may call anything of the bus.
/// Errors: an exception is logged; the client is subscribed all the same.
using SnapshotHandler = std::function<void(Snapshot& snapshot)>;

}  // namespace bayeux
