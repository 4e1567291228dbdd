#include <bayeux/channel_id.hpp>
#include <bayeux/client.hpp>
#include <bayeux/extension.hpp>
#include <bayeux/message.hpp>
#include <bayeux/security_policy.hpp>

/// What the interfaces of the host answer where it does not.
namespace bayeux {

Verdict SecurityPolicy::can_handshake(const Client&, const Message&) {
  return Verdict::allow();
}
Verdict SecurityPolicy::can_subscribe(const Client&, const ChannelId&, const Message&) {
  return Verdict::allow();
}
Verdict SecurityPolicy::can_publish(const Client&, const ChannelId&, const Message&) {
  return Verdict::allow();
}

Extension::Flow Extension::incoming(const Client&, Message&) {
  return Flow::pass;
}
Extension::Flow Extension::outgoing(const Client&, Message&) {
  return Flow::pass;
}
Extension::Flow Extension::reply(const Client&, Message&) {
  return Flow::pass;
}

}  // namespace bayeux
