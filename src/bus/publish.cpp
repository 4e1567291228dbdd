#include "publish.hpp"

#include <memory>
#include <utility>

#include <bayeux/error.hpp>

#include "errors.hpp"
#include "personal.hpp"
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
    const bool fine = core.guarded("message listener", [&] { drop = entry->hook(from, message) == Flow::drop; });
    if (drop || !fine) return false;
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

/// Everybody who is subscribed to one of these gets it.
std::vector<engine::Name> names_of(const std::vector<std::string>& names) {
  return {names.begin(), names.end()};
}

void add_ancestors(std::vector<std::string>& names, const std::string& channel) {
  for (auto slash = channel.rfind('/'); slash > 0 && slash != std::string::npos;
       slash = channel.rfind('/', slash - 1)) {
    names.push_back(channel.substr(0, slash));
  }
}

bool hears_itself(BusCore& core, const Client& from, const Treatment& treatment) {
  if (!treatment.broadcast_to_publisher) return false;
  return core.client_table.empty() || core.client_table.settings(from.id()).broadcast_to_publisher.value_or(true);
}

/// What a queue keeps only the latest of: a channel, or a channel and the value of a member.
std::string key_of(const Message& event, const std::string& member) {
  std::string key = event.channel;
  if (!member.empty()) key.append(1, '\0').append(event.data[member].text());
  return key;
}

/// Hands it to the queues of all who are to get it.
std::error_code broadcast(BusCore& core, const std::vector<std::string>& patterns, const Client& from, Message event,
                          const PublishOptions& options) {
  const auto treatment = core.channels.treatment(patterns, options.lazy);
  const auto frame = freeze_event(core, from, event, treatment);
  if (!frame) return Errc::message_deleted;
  auto names = patterns;
  if (treatment.to_ancestors) add_ancestors(names, event.channel);
  const auto excluded = hears_itself(core, from, treatment) ? std::string_view() : std::string_view(from.id());
  auto filters = core.receiver_filters.of(patterns);
  const bool personal = core.delivery_policy != nullptr || !filters.empty();
  const auto ids = core.router.publish(names_of(names), *frame, excluded, personal);
  if (ids.empty()) return {};
  auto message =
      std::make_shared<const Personal>(Personal{std::move(event), *frame, std::move(filters), std::move(names)});
  send_personally(core.shared_from_this(), ids, std::move(message));
  return {};
}

}  // namespace

std::error_code publish_message(BusCore& core, const ChannelId& channel, const Client& from, Message& message,
                                PublishOptions options) {
  const auto patterns = channel.patterns();
  if (!run_filters(core, patterns, channel, from, message)) return Errc::message_deleted;
  if (!run_listeners(core, patterns, from, message)) return Errc::message_deleted;
  if (channel.is_service()) {
    core.services.run(core, from, channel, message);
    return {};
  }
  if (!core.use_channel(channel.name(), from)) return Errc::channel_limit;

  Message event;
  event.channel = channel.name();
  event.data = message.data;
  event.ext = std::move(options.ext);
  if (!message.ext.is_null()) event.ext = relayed(core.config, message.ext);
  return broadcast(core, patterns, from, std::move(event), options);
}

std::error_code prepare_delivery(BusCore&, std::string_view channel, Json data, DeliverOptions options,
                                 std::optional<Message>& event) {
  const auto name = ChannelId::parse(channel);
  if (!name) return Errc::channel_invalid;
  if (name->is_wild()) return Errc::channel_wild;
  if (name->is_meta()) return Errc::channel_reserved;
  event.emplace();
  event->channel = name->name();
  event->id = std::move(options.id);
  event->data = Payload(std::move(data));
  event->ext = std::move(options.ext);
  event->successful = options.successful;
  return {};
}

std::optional<Frame> freeze_event(BusCore& core, const Client& from, Message& event, const Treatment& treatment) {
  const auto extensions = core.extensions.of(everywhere);
  for (auto entry = extensions.rbegin(); entry != extensions.rend(); ++entry) {
    if (!(*entry)->alive) continue;
    bool drop = false;
    const bool fine =
        core.guarded("Extension::outgoing", [&] { drop = (*entry)->hook->outgoing(from, event) == Flow::drop; });
    if (drop || !fine) {
      // What a client publishes is refused, and counted as that.
      if (!from.valid()) core.note(Count::withheld);
      return std::nullopt;
    }
  }
  Frame::Handling handling{treatment.lazy, treatment.overflow, std::nullopt, core.router.bytes()};
  if (treatment.lazy.count() <= 0) handling.since = core.measured_since();
  if (treatment.latest_by) handling.key = key_of(event, *treatment.latest_by);
  return Frame(event.text(), Frame::Kind::event, std::move(handling));
}

std::optional<Frame> freeze_delivery(BusCore& core, Message& event, bool lazy) {
  const auto channel = ChannelId::parse(event.channel);
  return freeze_event(core, {}, event, core.channels.treatment(channel->patterns(), lazy));
}

std::error_code send_to(BusCore& core, const std::string& id, const Message& event, const Frame& frame) {
  auto filters = receiver_filters_of(core, event.channel);
  if (filters.empty() && !core.client_table.has_extensions()) {
    return core.router.deliver(id, frame) ? std::error_code() : Errc::client_unknown;
  }
  if (!core.router.contains(id)) return Errc::client_unknown;
  const auto own = personal_frame(core, core.client(id), {event, frame, std::move(filters)});
  if (!own) {
    core.note(Count::withheld);
    return Errc::message_deleted;
  }
  return core.router.deliver(id, *own) ? std::error_code() : Errc::client_unknown;
}

std::optional<Frame> frame_for(BusCore& core, const Client& to, Message& event) {
  const auto channel = ChannelId::parse(event.channel);
  auto treatment = core.channels.treatment(channel->patterns(), false);
  // A newcomer waits for it.
  treatment.lazy = Milliseconds(0);
  const auto frame = freeze_event(core, {}, event, treatment);
  if (!frame) return std::nullopt;
  auto own = personal_frame(core, to, {event, *frame, receiver_filters_of(core, event.channel)});
  if (!own) core.note(Count::withheld);
  return own;
}

void publish(Step& step) {
  const ChannelId& channel = step.channel;
  if (channel.is_wild()) return refuse(step, errors::channel_wild);
  if (channel.is_broadcast() && !step.message.data.present()) return refuse(step, errors::data_missing);

  if (channel.is_broadcast() && !step.core.channels.contains(channel.name())) {
    const auto create = ask(step, 0, "SecurityPolicy::can_create",
                            [&](SecurityPolicy& policy) { return policy.can_create(step.attempt(), channel); });
    if (!create) return;
    if (!create->allowed()) return refuse(step, errors::denied(create->reason(), "channel_create_denied"));
  }
  const auto verdict = ask(step, 1, "SecurityPolicy::can_publish",
                           [&](SecurityPolicy& policy) { return policy.can_publish(step.attempt(), channel); });
  if (!verdict) return;
  if (!verdict->allowed()) return refuse(step, errors::denied(verdict->reason(), "publish_denied"));
  const auto error = publish_message(step.core, channel, step.from, step.message, {});
  if (error) return refuse(step, error == Errc::channel_limit ? errors::channel_limit : errors::message_deleted);
  step.reply.successful = true;
  answer(step);
}

}  // namespace bayeux::bus
