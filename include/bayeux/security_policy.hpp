#pragma once

#include <string>
#include <utility>

#include <bayeux/fwd.hpp>

namespace bayeux {

/// A policy's answer.
class Verdict final {
 public:
  static Verdict allow() { return Verdict(true, {}); }

  /// `reason` stands in the error which the peer gets (`403:<reason>:publish_denied`): letters, digits and
  /// `-_!~()$@/*.`; anything else in it is left out.
  static Verdict deny(std::string reason = "denied_by_security_policy") { return Verdict(false, std::move(reason)); }

  bool allowed() const noexcept { return allowed_; }
  const std::string& reason() const noexcept { return reason_; }

 private:
  Verdict(bool allowed, std::string reason) : allowed_(allowed), reason_(std::move(reason)) {}

  bool allowed_;
  std::string reason_;
};

/// Decides what a remote client may do. Override what you want to restrict; the answers below are the default.
/// The application itself (Channel::publish, Client::deliver) is never asked.
///
/// The library refuses some things before a policy is asked: an unknown client, a channel that breaks the
/// grammar, a subscription to `/meta/`, a publish to a pattern.
///
/// Threads: called on the thread that carried the request; several at once. It may call anything of the bus.
/// Errors: an exception is logged and denies.
class SecurityPolicy {
 public:
  virtual ~SecurityPolicy() = default;

  /// May this peer have a session? `client` is the one that it would become. What it presents to prove who it
  /// is stands in `message.ext`. A denied peer is told to give up (`403:<reason>:handshake_denied`).
  virtual Verdict can_handshake(const Client& client, const Message& message);

  /// May `client` receive what is published on `channel`, which may be a pattern? Asked for broadcast channels,
  /// once for each name in the request.
  virtual Verdict can_subscribe(const Client& client, const ChannelId& channel, const Message& message);

  /// May `client` publish this on `channel`, a broadcast or a service channel?
  virtual Verdict can_publish(const Client& client, const ChannelId& channel, const Message& message);
};

}  // namespace bayeux
