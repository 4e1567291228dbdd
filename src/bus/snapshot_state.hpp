#pragma once

#include <bayeux/channel_id.hpp>
#include <bayeux/client.hpp>
#include <bayeux/snapshot.hpp>

#include "core.hpp"
#include "engine/router.hpp"

namespace bayeux {

/// What a Snapshot works on: a subscription that begins with the first message.
struct SnapshotState {
  BusCore& core;
  const Client& client;
  const ChannelId& channel;
  engine::Changed& changed;
  bool begun = false;
  engine::Change change = engine::Change::done;

  std::error_code deliver(std::string_view name, Json data);
  void begin(const Frame& first);
};

class SnapshotAccess final {
 public:
  static Snapshot make(SnapshotState& state) {
    Snapshot snapshot;
    snapshot.state_ = &state;
    return snapshot;
  }
};

namespace bus {

/// Whether somebody has a first state for the client, which is not subscribed to that yet.
bool has_snapshot(BusCore& core, const Client& client, const ChannelId& channel);

/// Subscribes, with the first state.
engine::Change subscribe_with_snapshot(BusCore& core, const Client& client, const ChannelId& channel,
                                       engine::Changed& changed);

}  // namespace bus
}  // namespace bayeux
