#pragma once

#include <memory>
#include <string>
#include <utility>

#include <bayeux/clock.hpp>

namespace bayeux {

struct PendingVerdict;

/// A verdict that comes later, from any thread: hand out copies of it, and return `Verdict::defer` of it.
///
///     bayeux::Decision decision;
///     accounts.look_up(token, [decision](bool known) { known ? decision.allow() : decision.deny("token_unknown"); });
///     return bayeux::Verdict::defer(decision);
///
/// The first answer counts; every later one is nothing. When all copies have gone without an answer, or when
/// Config::verdict_timeout has passed, it is denied.
///
/// Threads: any, at once; also before the verdict was returned. What waits for it goes on on a thread of the transport.
class Decision final {
 public:
  Decision();

  void allow() const;

  /// As Verdict::allow_as.
  void allow_as(std::string user) const;

  /// As Verdict::deny.
  void deny(std::string reason = "denied_by_security_policy") const;

 private:
  friend class Verdict;
  struct Promise;
  std::shared_ptr<Promise> promise_;
};

/// A policy's answer.
class Verdict final {
 public:
  static Verdict allow() { return Verdict(true, {}, {}); }

  /// For SecurityPolicy::can_handshake: allows, and says whose session it is. See Client::user.
  static Verdict allow_as(std::string user) { return Verdict(true, {}, std::move(user)); }

  /// `reason` stands in the error which the peer gets (`403:<reason>:publish_denied`): letters, digits and
  /// `-_!~()$@/*.`; anything else in it is left out.
  static Verdict deny(std::string reason = "denied_by_security_policy") {
    return Verdict(false, std::move(reason), {});
  }

  /// The answer comes later. The message, and those behind it in its request, wait for it; nothing else does.
  static Verdict defer(const Decision& decision);

  bool allowed() const noexcept { return allowed_; }
  const std::string& reason() const noexcept { return reason_; }
  const std::string& user() const noexcept { return user_; }

  /// What is being waited for; nullptr when this is an answer.
  const std::shared_ptr<PendingVerdict>& pending() const noexcept { return pending_; }

 private:
  Verdict(bool allowed, std::string reason, std::string user)
      : allowed_(allowed), reason_(std::move(reason)), user_(std::move(user)) {}

  bool allowed_;
  std::string reason_;
  std::string user_;
  std::shared_ptr<PendingVerdict> pending_;
};

}  // namespace bayeux
