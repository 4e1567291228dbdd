#pragma once

#include <bayeux/fwd.hpp>
#include <bayeux/verdict.hpp>

namespace bayeux {

/// Who asks for something, and with what. Valid during the call; copy what you need later.
struct Attempt {
  const Client& client;    ///< Who; its user is known after the handshake.
  const Message& message;  ///< The message that asks.
  const Request& request;  ///< The request in which it came.
};

/// Decides what a remote client may do. Override what you want to restrict; the answers below are the default.
/// The application itself (Channel::publish, Client::deliver) is never asked. Every answer may come later: see
/// Verdict::defer.
///
/// The library refuses some things before a policy is asked: an unknown client, a channel that breaks the
/// grammar, a subscription to `/meta/`, a publish to a pattern.
///
/// Threads: called on the thread that carried the request; several at once. It may call anything of the bus.
/// Errors: an exception is logged and denies.
class SecurityPolicy {
 public:
  virtual ~SecurityPolicy() = default;

  /// May this peer have a session? The client is the one that it would become. What it presents to prove who it
  /// is stands in `ext` of the message, or in the request. A denied peer is told to give up
  /// (`403:<reason>:handshake_denied`).
  virtual Verdict can_handshake(const Attempt& attempt);

  /// May the client make this broadcast channel, which does not exist, by subscribing to it or publishing on it? Asked
  /// before `can_subscribe` and `can_publish` (`403:<reason>:create_denied`, `channel_create_denied`).
  virtual Verdict can_create(const Attempt& attempt, const ChannelId& channel);

  /// May the client receive what is published on `channel`, which may be a pattern? Asked for broadcast channels,
  /// once for each name in the request.
  virtual Verdict can_subscribe(const Attempt& attempt, const ChannelId& channel);

  /// May the client publish this on `channel`, a broadcast or a service channel?
  virtual Verdict can_publish(const Attempt& attempt, const ChannelId& channel);
};

/// A policy that is also asked about every copy of a published message. Only whoever derives from it pays for that: a
/// publish then costs a call for each subscriber.
///
/// Threads, errors: as SecurityPolicy.
class DeliveryPolicy : public SecurityPolicy {
 public:
  /// May `to`, which is subscribed, have this message? Who may not is not told. When the answer comes later, the
  /// message keeps its place, and what is behind it in the queue of that client waits.
  virtual Verdict can_deliver(const Client& to, const Message& message) = 0;
};

}  // namespace bayeux
