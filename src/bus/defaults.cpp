#include <bayeux/channel_id.hpp>
#include <bayeux/client.hpp>
#include <bayeux/extension.hpp>
#include <bayeux/message.hpp>
#include <bayeux/security_policy.hpp>

/// What the interfaces of the host answer where it does not.
namespace bayeux {

Verdict SecurityPolicy::can_handshake(const Attempt&) {
  return Verdict::allow();
}
Verdict SecurityPolicy::can_create(const Attempt&, const ChannelId&) {
  return Verdict::allow();
}
Verdict SecurityPolicy::can_subscribe(const Attempt&, const ChannelId&) {
  return Verdict::allow();
}
Verdict SecurityPolicy::can_publish(const Attempt&, const ChannelId&) {
  return Verdict::allow();
}

Flow Extension::incoming(const Client&, Message&, Message&) {
  return Flow::pass;
}
Flow Extension::outgoing(const Client&, Message&) {
  return Flow::pass;
}
Flow Extension::reply(const Client&, Message&) {
  return Flow::pass;
}

}  // namespace bayeux
