#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <bayeux/bayeux.hpp>

#include "accounts.hpp"
#include "login_sessions.hpp"

/// The login that a host application has anyway, whatever HTTP stack and bus it uses: users, and a cookie for each
/// browser in which one is signed in.
///
/// Threads: any, at once.
class HostLogin final {
 public:
  /// Signs in with a form of `user` and `password`: the value of `Set-Cookie`, or nothing when they do not go together.
  std::optional<std::string> sign_in(std::string_view form);

  /// Signs a user out everywhere: the value of `Set-Cookie`.
  std::string sign_out(std::string_view user);

  /// Who is signed in, according to the `Cookie` of a request; empty for a guest.
  std::string user(std::string_view cookie) const;

  /// As Accounts::look_up.
  void look_up(std::string user, std::function<void(bool welcome)> answer);

  /// No look-up answers after this call.
  void stop() { accounts_.reset(); }

 private:
  LoginSessions sessions_;
  std::unique_ptr<Accounts> accounts_ = std::make_unique<Accounts>();
};

/// Who sent a request, as the host found out when it read it: what it attaches to the requests that are for the bus.
struct Visitor {
  std::string user;  ///< Empty for a guest.
};

/// Lets guests in, and members whose account is still open, under their name. What they may do is what `next` says.
std::shared_ptr<bayeux::SecurityPolicy> make_guest_list(std::shared_ptr<HostLogin> login,
                                                        std::shared_ptr<bayeux::SecurityPolicy> next);
