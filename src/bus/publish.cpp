#include "publish.hpp"

#include <string_view>
#include <utility>
#include <vector>

#include "errors.hpp"
#include "pipeline.hpp"

namespace bayeux::bus {
namespace {

bool run_filters(BusCore& core, const std::vector<std::string>& patterns, const ChannelId& channel, const Client& from,
                 Message& message) {
  const auto filters = core.filters.of(patterns);
  if (filters.empty()) return true;
  std::optional<Json> data = message.data.json();
  for (const auto& entry : filters) {
    if (!entry->alive) continue;
    const bool fine =
        core.guarded("DataFilter::filter", [&] { data = entry->hook->filter(from, channel, std::move(*data)); });
    if (!fine || !data) return false;
  }
  message.data = Payload(std::move(*data));
  return true;
}

bool run_listeners(BusCore& core, const std::vector<std::string>& patterns, const Client& from,
                   const Message& message) {
  for (const auto& entry : core.message_listeners.of(patterns)) {
    if (!entry->alive) continue;
    bool drop = false;
    if (!core.guarded("message listener", [&] { drop = entry->hook(from, message) == Flow::drop; }) || drop) return false;
  }
  return true;
}

Json relayed(const Config& config, const Json& ext) {
  Json kept;
  for (const auto& name : config.relayed_ext) {
    const Json* member = ext.find(name);
    if (member != nullptr) kept[name] = *member;
  }
  return kept;
}

std::vector<engine::Name> names_of(const std::vector<std::string>& patterns) {
  return {patterns.begin(), patterns.end()};
}

}  // namespace

bool publish_message(BusCore& core, const ChannelId& channel, const Client& from, Message& message) {
  const auto patterns = channel.patterns();
  if (!run_filters(core, patterns, channel, from, message)) return false;
  if (!run_listeners(core, patterns, from, message)) return false;
  if (channel.is_service()) return true;

  Message event;
  event.channel = channel.name();
  event.data = message.data;
  if (!message.ext.is_null()) event.ext = relayed(core.config, message.ext);
  const auto frame = freeze_event(core, from, std::move(event));
  if (!frame) return false;
  const std::string_view excluded = core.config.broadcast_to_publisher ? std::string_view() : from.id();
  core.router.publish(names_of(patterns), *frame, excluded);
  return true;
}

std::optional<Frame> freeze_event(BusCore& core, const Client& from, Message event) {
  const auto extensions = core.extensions.of(everywhere);
  for (auto entry = extensions.rbegin(); entry != extensions.rend(); ++entry) {
    if (!(*entry)->alive) continue;
    bool drop = false;
    const bool fine = core.guarded("Extension::outgoing",
                                   [&] { drop = (*entry)->hook->outgoing(from, event) == Flow::drop; });
    if (drop || !fine) return std::nullopt;
  }
  return Frame(event.text(), Frame::Kind::event);
}

void publish(Step& step) {
  const ChannelId& channel = step.channel;
  if (channel.is_wild()) return refuse(step, errors::channel_wild);
  if (channel.is_broadcast() && !step.message.data.present()) return refuse(step, errors::data_missing);

  Verdict verdict = Verdict::deny();
  step.core.guarded("SecurityPolicy::can_publish",
                    [&] { verdict = step.core.config.policy->can_publish({step.from, step.message, *step.link.request}, channel); });
  if (!verdict.allowed()) return refuse(step, errors::denied(verdict.reason(), "publish_denied"));
  if (!publish_message(step.core, channel, step.from, step.message)) return refuse(step, errors::message_deleted);
  step.reply.successful = true;
  answer(step);
}

}  // namespace bayeux::bus
