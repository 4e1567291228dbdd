#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bayeux/channel_id.hpp>

#include "bus/errors.hpp"
#include "bus/pipeline.hpp"
#include "bus/snapshot_state.hpp"

namespace bayeux::bus {
namespace {

/// The names in `subscription`, all of them or none: then the request has been refused.
std::optional<std::vector<ChannelId>> channels(Step& step) {
  const Json& subscription = step.message.subscription;
  const auto refused = [&](std::string_view error) {
    refuse(step, error);
    return std::nullopt;
  };
  if (subscription.is_null()) return refused(errors::subscription_missing);
  if (!subscription.is_string() && (!subscription.is_array() || subscription.empty())) {
    return refused(errors::subscription_invalid);
  }
  if (subscription.size() > step.core.config.max_subscriptions) {
    step.reply.subscription = Json();
    return refused(errors::subscription_limit);
  }
  const Json::Array one{subscription};
  std::vector<ChannelId> found;
  for (const Json& item : subscription.is_array() ? subscription.items() : one) {
    auto channel = item.is_string() ? ChannelId::parse(item.as_string()) : std::nullopt;
    if (!channel) return refused(errors::subscription_invalid);
    found.push_back(std::move(*channel));
  }
  return found;
}

/// Why the client may not subscribe to that; empty when it may, nothing when it is yet to be decided.
std::optional<std::string> objection(Step& step, const ChannelId& channel, std::size_t number) {
  if (channel.is_meta()) {
    return errors::denied(errors::by_policy, channel.is_wild() ? "create_denied" : "subscribe_denied");
  }
  if (channel.is_service()) return std::string();
  if (!step.core.channels.contains(channel.name())) {
    const auto create = ask(step, 2 * number, "SecurityPolicy::can_create",
                            [&](SecurityPolicy& policy) { return policy.can_create(step.attempt(), channel); });
    if (!create) return std::nullopt;
    if (!create->allowed()) return errors::denied(create->reason(), "create_denied");
  }
  const auto verdict = ask(step, 2 * number + 1, "SecurityPolicy::can_subscribe",
                           [&](SecurityPolicy& policy) { return policy.can_subscribe(step.attempt(), channel); });
  if (!verdict) return std::nullopt;
  return verdict->allowed() ? std::string() : errors::denied(verdict->reason(), "subscribe_denied");
}

/// Service channels are between the client and the server: asking for one is fine and changes nothing.
std::vector<std::string> broadcast_names(const std::vector<ChannelId>& channels) {
  std::vector<std::string> names;
  for (const auto& channel : channels) {
    if (channel.is_broadcast()) names.push_back(channel.name());
  }
  return names;
}

/// False when these names cannot be had: then the request has been refused.
bool has_room(Step& step, const std::vector<std::string>& names) {
  switch (step.core.router.check_room(step.from.id(), names)) {
    case engine::Change::session_unknown:
      return refuse(step, errors::session_unknown), false;
    case engine::Change::too_many:
      return refuse(step, errors::subscription_limit), false;
    case engine::Change::too_many_of_all:
      return refuse(step, errors::subscription_limit, Count::total_subscriptions), false;
    case engine::Change::done:
      break;
  }
  const bool room =
      std::all_of(names.begin(), names.end(), [&](const auto& name) { return step.core.use_channel(name, step.from); });
  if (!room) refuse(step, errors::channel_limit);
  return room;
}

/// Subscribes to all of them, each with its first state where there is one.
engine::Change apply(Step& step, const std::vector<ChannelId>& wanted, engine::Changed& changed) {
  std::vector<std::string> plain;
  std::vector<const ChannelId*> with_state;
  for (const auto& channel : wanted) {
    if (!channel.is_broadcast()) continue;
    if (has_snapshot(step.core, step.from, channel)) {
      with_state.push_back(&channel);
    } else {
      plain.push_back(channel.name());
    }
  }
  auto change = step.core.router.subscribe(step.from.id(), plain, {}, changed);
  const auto mark = changed.mark;
  for (const auto* channel : with_state) {
    if (change == engine::Change::done) change = subscribe_with_snapshot(step.core, step.from, *channel, changed);
  }
  changed.mark = mark;
  return change;
}

}  // namespace

void subscribe(Step& step) {
  const auto wanted = channels(step);
  if (!wanted) return;
  for (std::size_t i = 0; i < wanted->size(); ++i) {
    const auto error = objection(step, (*wanted)[i], i);
    if (!error) return;
    if (!error->empty()) return refuse(step, *error);
  }
  if (!has_room(step, broadcast_names(*wanted))) return;
  engine::Changed changed;
  if (apply(step, *wanted, changed) != engine::Change::done) return refuse(step, errors::session_unknown);
  // A channel that was made for this may have been swept before the subscription stood, if that took its time.
  for (const auto& name : changed.names) step.core.use_channel(name, step.from);
  step.reply.successful = true;
  answer(step, changed.mark);
  step.core.subscribed(step.from, changed.names);
}

void unsubscribe(Step& step) {
  const auto wanted = channels(step);
  if (!wanted) return;
  for (const auto& channel : *wanted) {
    if (channel.is_meta()) return refuse(step, errors::unsubscribe_failed);
  }
  const auto names = broadcast_names(*wanted);
  for (const auto& name : names) {
    if (!step.core.channels.contains(name)) return refuse(step, errors::channel_missing);
  }
  engine::Changed changed;
  const auto change = step.core.router.unsubscribe(step.from.id(), names, changed);
  if (change != engine::Change::done) return refuse(step, errors::session_unknown);
  step.reply.successful = true;
  answer(step);
  step.core.unsubscribed(step.from, changed.names);
}

}  // namespace bayeux::bus
