#include <bayeux/extensions/acknowledge.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <bayeux/channel_id.hpp>
#include <bayeux/client.hpp>
#include <bayeux/error.hpp>
#include <bayeux/message.hpp>

namespace bayeux {
namespace {

/// The attribute of clients that asked for it.
constexpr std::string_view enabled = "ack";

bool is(const Message& message, std::string_view name) {
  if (message.channel.find(name) == std::string::npos) return false;
  const auto channel = ChannelId::parse(message.channel);
  return channel && channel->name() == name;
}

/// Forgets what the client says it has; false when that cannot be. dojox begins with -1, and has nothing then.
bool acknowledge(const Client& from, const Json& ack) {
  constexpr std::int64_t beyond = std::numeric_limits<std::int64_t>::max();
  return ack.is_integer() && from.acknowledge(ack.as_integer(beyond)) != Errc::batch_unknown;
}

}  // namespace

Flow Acknowledge::incoming(const Client& from, Message& message, Message& reply) {
  if (is(message, "/meta/handshake")) {
    const Json* ack = message.ext.find("ack");
    if (ack != nullptr && ack->as_bool()) reply.ext["ack"] = true;
    return Flow::pass;
  }
  if (!from.valid() || !is(message, "/meta/connect") || !from.attribute<bool>(enabled)) return Flow::pass;
  const Json* ack = message.ext.find("ack");
  if (ack != nullptr && !acknowledge(from, *ack)) {
    reply.successful = false;
    reply.error = "400::ack_invalid";
    return Flow::answer;
  }
  // The number of the batch is known when the reply leaves.
  reply.ext["ack"] = 0;
  return Flow::pass;
}

Flow Acknowledge::reply(const Client& to, Message& message) {
  Json* ack = message.ext.find("ack");
  if (ack == nullptr) return Flow::pass;
  const bool asked = ack->is_bool();
  const auto batch = asked ? 0 : to.sent_batch();
  bool kept = message.successful == true;
  if (kept && asked) kept = !to.keep_until_acknowledged() && !to.set_attribute(enabled, true);
  // A session that has ended meanwhile has none.
  if (!asked && batch == 0) kept = false;
  if (!kept) {
    message.ext.erase("ack");
    if (message.ext.empty()) message.ext = Json();
  } else if (!asked) {
    *ack = batch;
  }
  return Flow::pass;
}

}  // namespace bayeux
