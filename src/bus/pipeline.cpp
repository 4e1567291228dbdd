#include "pipeline.hpp"

#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "engine/secret.hpp"
#include "errors.hpp"
#include "suspension.hpp"

namespace bayeux::bus {
namespace {

Message reply_to(const Message& request) {
  Message reply;
  reply.channel = request.channel;
  reply.id = request.id;
  const bool asks = request.channel.starts_with("/meta/subscribe") || request.channel.starts_with("/meta/unsubscribe");
  if (asks) reply.subscription = request.subscription;
  return reply;
}

/// Clients look for the name that was refused to them. Whatever is longer than one can be would let a peer that
/// compresses, and is nobody yet, make the bus say a thousand times as much as it said itself.
bool is_short(const Json& subscription) {
  return subscription.text().size() <= ChannelId::max_length + std::string_view(R"("")").size();
}

/// What stands for a channel where there is none.
const ChannelId& no_channel() {
  static const ChannelId none = *ChannelId::parse("/meta");
  return none;
}

/// Whether the message comes from the session which its client id names, from one that may use this link, and not too
/// often.
engine::Touch touch(LinkState& link, const Message& message, bool publishes) {
  if (message.client_id.empty()) return engine::Touch::unknown;
  if (link.settled && !engine::same_secret(link.client_id, message.client_id)) return engine::Touch::unknown;
  return link.core->router.touch(message.client_id, link.cookie(), publishes && !link.in_process);
}

/// Makes the link that of the client. Where the response will carry what is queued, nobody else is woken for it.
void settle(LinkState& link, const std::string& client_id, bool batch) {
  auto& router = link.core->router;
  if (link.is_duplex()) {
    if (!(link.client_id == client_id)) leave(link);
    router.attach(client_id, link.outlet);
  } else if (!link.settled && batch) {
    router.begin_request(client_id);
    link.carries_events = link.batching = true;
  }
  link.client_id = engine::ShortText(client_id);
  link.settled = true;
}

Flow run_incoming(Step& step) {
  Flow flow = Flow::pass;
  const auto extensions = step.core.extensions_of(step.from);
  if (extensions.empty()) return flow;
  // By these the message is known; they are not an extension's to change.
  const auto known = std::tuple(step.message.channel, step.message.client_id, step.message.id);
  for (const auto& entry : extensions) {
    if (flow != Flow::pass || !entry->alive) continue;
    const bool fine = step.core.guarded("Extension::incoming",
                                        [&] { flow = entry->hook->incoming(step.from, step.message, step.reply); });
    if (!fine) flow = Flow::drop;
  }
  std::tie(step.message.channel, step.message.client_id, step.message.id) = known;
  step.reply.channel = step.message.channel;
  step.reply.id = step.message.id;
  return flow;
}

/// The reply as an extension has made it, and as clients can bear it.
void answer_for_extension(Step& step) {
  if (!step.reply.successful) step.reply.successful = false;
  if (*step.reply.successful) return answer(step);
  refuse(step, step.reply.error.empty() ? errors::message_deleted : std::string(step.reply.error));
}

}  // namespace

Step step_of(LinkState& link, protocol::Incoming& incoming, ChannelId channel, bool alone) {
  Message reply = reply_to(incoming.message);
  return {link, *link.core, std::move(channel), std::move(incoming.message), std::move(reply), {}, alone};
}

void dispatch(Step& step) {
  const auto& name = step.channel.name();
  if (!step.channel.is_meta()) return publish(step);
  if (name == "/meta/handshake") return handshake(step);
  if (name == "/meta/connect") return connect(step);
  if (name == "/meta/subscribe") return subscribe(step);
  if (name == "/meta/unsubscribe") return unsubscribe(step);
  if (name == "/meta/disconnect") return disconnect(step);
  refuse(step, errors::denied(errors::by_policy, "channel_create_denied"));
}

bool is_handshake(const protocol::Incoming& incoming) {
  const auto& name = incoming.message.channel;
  if (name == "/meta/handshake") return true;
  if (name.find("/meta/handshake") == std::string::npos) return false;
  const auto channel = ChannelId::parse(name);
  return channel && channel->name() == "/meta/handshake";
}

void process(LinkState& link, protocol::Incoming& incoming, bool alone) {
  if (alone && poll(link, incoming)) return;
  auto channel = ChannelId::parse(incoming.message.channel);
  const bool valid = channel.has_value();
  Step step = step_of(link, incoming, valid ? std::move(*channel) : no_channel(), alone);
  if (!incoming.error.empty()) return refuse(step, incoming.error);
  if (!valid) return refuse(step, errors::channel_invalid);

  const bool shakes_hands = step.channel.name() == "/meta/handshake";
  const auto touched = shakes_hands ? engine::Touch::unknown : touch(link, step.message, !step.channel.is_meta());
  const bool known = touched != engine::Touch::unknown;
  if (known) {
    step.from = link.core->client(step.message.client_id);
    const bool lone_connect = alone && step.channel.name() == "/meta/connect";
    settle(link, step.message.client_id, !lone_connect);
  }
  if (touched == engine::Touch::too_often) return refuse(step, errors::publish_rate);
  const Flow flow = run_incoming(step);
  if (flow == Flow::drop) return refuse(step, errors::message_deleted);
  if (flow == Flow::answer) return answer_for_extension(step);
  if (!shakes_hands && !known) return refuse(step, errors::session_unknown);
  dispatch(step);
  if (step.waits_for != nullptr) suspend(std::move(step));
}

void refuse_companion(LinkState& link, protocol::Incoming& incoming) {
  const bool shakes_hands = is_handshake(incoming);
  Step step = step_of(link, incoming, no_channel(), false);
  // Clients go on with the advice they had where a refused handshake brings none.
  if (shakes_hands) step.reply.advice = Json{{"reconnect", "none"}};
  refuse(step, incoming.error.empty() ? errors::session_unknown : std::string_view(incoming.error));
}

void refuse(Step& step, std::string_view error) {
  refuse(step, error, count_of(error));
}

void refuse(Step& step, std::string_view error, Count counted_as) {
  step.core.note(counted_as, step.from.id());
  step.reply.successful = false;
  step.reply.error = error;
  if (!is_short(step.reply.subscription)) step.reply.subscription = Json();
  if (step.reply.advice.is_null()) {
    const auto& name = step.channel.name();
    // Without advice of its own a client would try again at once, or for ever.
    if (name == "/meta/handshake") step.reply.advice = Json{{"reconnect", "none"}};
    if (name == "/meta/connect" && error == errors::session_unknown)
      step.reply.advice = Json{{"reconnect", "handshake"}, {"interval", 0}};
  }
  answer(step);
}

void answer(Step& step, std::uint64_t before) {
  Frame frame = freeze_reply(step.core, step.from, step.reply);
  if (!frame) return;
  step.link.reply_bytes += frame.size();
  step.link.replies.push_back({std::move(frame), before});
}

void answer_connect(Step& step) {
  step.link.held.emplace(step.reply, step.link.replies.size());
}

void settle_connect(LinkState& link) {
  if (!link.held || link.held->place == HeldReply::last) return;
  Message reply = link.held->take();
  Frame frame = freeze_reply(*link.core, link.core->client(link.client_id), reply);
  const auto place = link.replies.begin() + static_cast<std::ptrdiff_t>(link.held->place);
  if (frame) link.replies.insert(place, {std::move(frame), LinkState::after_all_events});
  link.held.reset();
}

Frame freeze_reply(BusCore& core, const Client& to, Message& reply) {
  const auto extensions = core.extensions_of(to);
  for (auto entry = extensions.rbegin(); entry != extensions.rend(); ++entry) {
    if (!(*entry)->alive) continue;
    bool drop = false;
    const bool fine = core.guarded("Extension::reply", [&] { drop = (*entry)->hook->reply(to, reply) == Flow::drop; });
    if (!drop && fine) continue;
    core.note(Count::withheld);
    return {};
  }
  return Frame(reply.text(), Frame::Kind::reply);
}

}  // namespace bayeux::bus
