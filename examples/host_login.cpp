#include "host_login.hpp"

#include <algorithm>
#include <utility>

#include "form.hpp"

using bayeux::Attempt;
using bayeux::ChannelId;
using bayeux::Verdict;

namespace {

constexpr std::string_view cookie_name = "host_session";

/// No script can read it, and no other site can send a form in its name. Over https it wants `Secure` as well.
std::string set_cookie(std::string_view token, std::string_view more) {
  return std::string(cookie_name).append("=").append(token).append("; Path=/; HttpOnly; SameSite=Lax").append(more);
}

/// The value of our cookie in a `Cookie` header: `a=1; host_session=2`.
std::string_view token_in(std::string_view cookies) {
  while (!cookies.empty()) {
    auto cookie = cookies.substr(0, cookies.find(';'));
    cookies.remove_prefix(std::min(cookie.size() + 1, cookies.size()));
    cookie.remove_prefix(std::min(cookie.find_first_not_of(' '), cookie.size()));
    const auto equals = cookie.find('=');
    if (equals != std::string_view::npos && cookie.substr(0, equals) == cookie_name) return cookie.substr(equals + 1);
  }
  return {};
}

class GuestList final : public bayeux::SecurityPolicy {
 public:
  GuestList(std::shared_ptr<HostLogin> login, std::shared_ptr<bayeux::SecurityPolicy> next)
      : login_(std::move(login)), next_(std::move(next)) {}

  Verdict can_handshake(const Attempt& attempt) override {
    const auto* visitor = attempt.request.attached<Visitor>();
    if (visitor == nullptr || visitor->user.empty()) return next_->can_handshake(attempt);
    const bayeux::Decision decision;
    login_->look_up(visitor->user, [decision, user = visitor->user](bool welcome) {
      welcome ? decision.allow_as(user) : decision.deny("account_closed");
    });
    return Verdict::defer(decision);
  }

  Verdict can_create(const Attempt& attempt, const ChannelId& channel) override {
    return next_->can_create(attempt, channel);
  }
  Verdict can_subscribe(const Attempt& attempt, const ChannelId& channel) override {
    return next_->can_subscribe(attempt, channel);
  }
  Verdict can_publish(const Attempt& attempt, const ChannelId& channel) override {
    return next_->can_publish(attempt, channel);
  }

 private:
  std::shared_ptr<HostLogin> login_;
  std::shared_ptr<bayeux::SecurityPolicy> next_;
};

}  // namespace

std::optional<std::string> HostLogin::sign_in(std::string_view form) {
  const auto user = form_field(form, "user");
  if (!accounts_->knows(user, form_field(form, "password"))) return std::nullopt;
  return set_cookie(sessions_.begin(user), {});
}

std::string HostLogin::sign_out(std::string_view user) {
  sessions_.end(user);
  return set_cookie({}, "; Max-Age=0");
}

std::string HostLogin::user(std::string_view cookie) const {
  return sessions_.user(token_in(cookie)).value_or(std::string());
}

void HostLogin::look_up(std::string user, std::function<void(bool welcome)> answer) {
  accounts_->look_up(std::move(user), std::move(answer));
}

std::shared_ptr<bayeux::SecurityPolicy> make_guest_list(std::shared_ptr<HostLogin> login,
                                                        std::shared_ptr<bayeux::SecurityPolicy> next) {
  return std::make_shared<GuestList>(std::move(login), std::move(next));
}
