#include "pipeline.hpp"

#include <string>
#include <utility>

#include "advice.hpp"
#include "errors.hpp"

namespace bayeux::bus {
namespace {

Message reply_to(const Message& request) {
  Message reply;
  reply.channel = request.channel;
  reply.id = request.id;
  reply.subscription = request.subscription;
  return reply;
}

/// Whether the message comes from the session which its client id names, and from one that may use this link.
bool belongs(LinkState& link, const Message& message) {
  if (message.client_id.empty()) return false;
  if (link.settled && link.client_id != message.client_id) return false;
  const std::string* browser = link.options.browser ? &*link.options.browser : nullptr;
  return link.core->router.touch(message.client_id, browser);
}

/// Makes the link that of the client. Where the response will carry what is queued, nobody else is woken for it.
void settle(LinkState& link, const std::string& client_id, bool batch) {
  auto& router = link.core->router;
  if (link.options.duplex) {
    if (link.client_id != client_id) leave(link);
    router.attach(client_id, link.outlet);
  } else if (!link.settled && batch) {
    router.begin_batch(client_id);
    link.batching = true;
  }
  link.client_id = client_id;
  link.settled = true;
}

bool drop_incoming(Step& step) {
  bool drop = false;
  for (const auto& entry : step.core.extensions.of(everywhere)) {
    if (drop || !entry->alive) continue;
    const bool fine = step.core.guarded(
        "Extension::incoming", [&] { drop = entry->hook->incoming(step.from, step.message, step.reply) == Flow::drop; });
    drop = drop || !fine;
  }
  return drop;
}

void dispatch(Step& step) {
  const auto& name = step.channel.name();
  if (!step.channel.is_meta()) return publish(step);
  if (name == "/meta/connect") return connect(step);
  if (name == "/meta/subscribe") return subscribe(step);
  if (name == "/meta/unsubscribe") return unsubscribe(step);
  if (name == "/meta/disconnect") return disconnect(step);
  refuse(step, errors::denied(errors::by_policy, "channel_create_denied"));
}

}  // namespace

void leave(LinkState& link) {
  if (!link.client_id.empty()) link.core->router.detach(link.client_id, link.outlet);
  link.held.reset();
  link.client_id.clear();
}

bool is_handshake(const protocol::Incoming& incoming) {
  if (incoming.message.channel == "/meta/handshake") return true;
  const auto channel = ChannelId::parse(incoming.message.channel);
  return channel && channel->name() == "/meta/handshake";
}

void process(LinkState& link, protocol::Incoming& incoming, bool alone) {
  static const ChannelId none = *ChannelId::parse("/meta");
  Message& message = incoming.message;
  const auto channel = ChannelId::parse(message.channel);
  Step step{link, *link.core, channel ? *channel : none, message, reply_to(message), {}, alone};
  if (!incoming.error.empty()) return refuse(step, incoming.error);
  if (!channel) return refuse(step, errors::channel_invalid);

  const bool shakes_hands = channel->name() == "/meta/handshake";
  const bool known = !shakes_hands && belongs(link, message);
  if (known) {
    step.from = link.core->client(message.client_id);
    const bool lone_connect = alone && channel->name() == "/meta/connect";
    settle(link, message.client_id, !lone_connect);
  }
  if (drop_incoming(step)) return refuse(step, errors::message_deleted);
  if (shakes_hands) return handshake(step);
  if (!known) return refuse(step, errors::session_unknown);
  dispatch(step);
}

void refuse_companion(LinkState& link, protocol::Incoming& incoming) {
  static const ChannelId companion = *ChannelId::parse("/meta");
  Step step{link, *link.core, companion, incoming.message, reply_to(incoming.message), {}, false};
  // Clients go on with the advice they had where a refused handshake brings none.
  if (is_handshake(incoming)) step.reply.advice = Json{{"reconnect", "none"}};
  refuse(step, incoming.error.empty() ? errors::session_unknown : std::string_view(incoming.error));
}

void refuse(Step& step, std::string_view error) {
  step.reply.successful = false;
  step.reply.error = error;
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
  if (frame) step.link.replies.push_back({std::move(frame), before});
}

Frame freeze_reply(BusCore& core, const Client& to, Message& reply) {
  const auto extensions = core.extensions.of(everywhere);
  for (auto entry = extensions.rbegin(); entry != extensions.rend(); ++entry) {
    if (!(*entry)->alive) continue;
    bool drop = false;
    const bool fine =
        core.guarded("Extension::reply", [&] { drop = (*entry)->hook->reply(to, reply) == Flow::drop; });
    if (drop || !fine) return {};
  }
  return Frame(reply.text(), Frame::Kind::reply);
}

}  // namespace bayeux::bus
