#include <bayeux/snapshot.hpp>

#include <optional>
#include <utility>

#include <bayeux/error.hpp>
#include <bayeux/message.hpp>

#include "publish.hpp"
#include "snapshot_state.hpp"

namespace bayeux {

void SnapshotState::begin(const Frame& first) {
  begun = true;
  change = core.router.subscribe(client.id(), {channel.name()}, first, changed);
}

std::error_code SnapshotState::deliver(std::string_view name, Json data) {
  std::optional<Message> event;
  if (const auto error = bus::prepare_delivery(core, name, std::move(data), {}, event)) return error;
  const auto frame = bus::frame_for(core, client, *event);
  if (!frame) return Errc::message_deleted;
  if (!begun) {
    begin(*frame);
    return change == engine::Change::done ? std::error_code() : Errc::client_unknown;
  }
  return core.router.deliver(client.id(), *frame) ? std::error_code() : Errc::client_unknown;
}

const Client& Snapshot::client() const noexcept {
  return state_->client;
}

const ChannelId& Snapshot::channel() const noexcept {
  return state_->channel;
}

std::error_code Snapshot::deliver(Json data) const {
  return state_->deliver(state_->channel.name(), std::move(data));
}

std::error_code Snapshot::deliver(std::string_view channel, Json data) const {
  return state_->deliver(channel, std::move(data));
}

namespace bus {

bool has_snapshot(BusCore& core, const Client& client, const ChannelId& channel) {
  if (core.snapshots.empty() || core.snapshots.of(channel.patterns()).empty()) return false;
  return !core.router.is_subscribed(client.id(), channel.name());
}

engine::Change subscribe_with_snapshot(BusCore& core, const Client& client, const ChannelId& channel,
                                       engine::Changed& changed) {
  SnapshotState state{core, client, channel, changed};
  auto snapshot = SnapshotAccess::make(state);
  for (const auto& entry : core.snapshots.of(channel.patterns())) {
    if (entry->alive) core.guarded("snapshot handler", [&] { entry->hook(snapshot); });
  }
  if (!state.begun) state.begin({});
  return state.change;
}

}  // namespace bus
}  // namespace bayeux
