#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bayeux/channel_id.hpp>

#include "bus/errors.hpp"
#include "bus/pipeline.hpp"

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

/// Why the client may not subscribe to that; empty when it may.
std::string objection(Step& step, const ChannelId& channel) {
  if (channel.is_meta()) {
    return errors::denied(errors::by_policy, channel.is_wild() ? "create_denied" : "subscribe_denied");
  }
  if (channel.is_service()) return {};
  Verdict verdict = Verdict::deny();
  step.core.guarded("SecurityPolicy::can_subscribe",
                    [&] { verdict = step.core.config.policy->can_subscribe({step.from, step.message, *step.link.request}, channel); });
  return verdict.allowed() ? std::string() : errors::denied(verdict.reason(), "subscribe_denied");
}

/// Service channels are between the client and the server: asking for one is fine and changes nothing.
std::vector<std::string> broadcast_names(const std::vector<ChannelId>& channels) {
  std::vector<std::string> names;
  for (const auto& channel : channels) {
    if (channel.is_broadcast()) names.push_back(channel.name());
  }
  return names;
}

void conclude(Step& step, engine::Change change, std::uint64_t before) {
  switch (change) {
    case engine::Change::done:
      step.reply.successful = true;
      return answer(step, before);
    case engine::Change::session_unknown:
      return refuse(step, errors::session_unknown);
    case engine::Change::channel_unknown:
      return refuse(step, errors::channel_missing);
    case engine::Change::too_many:
      return refuse(step, errors::subscription_limit);
  }
}

}  // namespace

void subscribe(Step& step) {
  const auto wanted = channels(step);
  if (!wanted) return;
  for (const auto& channel : *wanted) {
    const auto error = objection(step, channel);
    if (!error.empty()) return refuse(step, error);
  }
  std::uint64_t mark = LinkState::after_all_events;
  const auto change = step.core.router.subscribe(step.from.id(), broadcast_names(*wanted), mark);
  conclude(step, change, mark);
}

void unsubscribe(Step& step) {
  const auto wanted = channels(step);
  if (!wanted) return;
  for (const auto& channel : *wanted) {
    if (channel.is_meta()) return refuse(step, errors::unsubscribe_failed);
  }
  conclude(step, step.core.router.unsubscribe(step.from.id(), broadcast_names(*wanted)), LinkState::after_all_events);
}

}  // namespace bayeux::bus
