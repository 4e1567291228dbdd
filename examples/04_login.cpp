#include <memory>
#include <optional>
#include <string>

#include <bayeux/bayeux.hpp>
#include <bayeux/transports/asio_server.hpp>

#include "accounts.hpp"
#include "form.hpp"
#include "login_sessions.hpp"
#include "options.hpp"

using bayeux::Attempt;
using bayeux::ChannelId;
using bayeux::HttpRequest;
using bayeux::HttpResponse;
using bayeux::Verdict;

namespace {

constexpr const char* cookie_name = "login";

/// Lets in who is signed in at the application, and everybody only to what is theirs: `/users/<name>/...`.
class MembersOnly final : public bayeux::SecurityPolicy {
 public:
  MembersOnly(std::shared_ptr<LoginSessions> sessions, std::shared_ptr<Accounts> accounts)
      : sessions_(std::move(sessions)), accounts_(std::move(accounts)) {}

  Verdict can_handshake(const Attempt& attempt) override {
    // The browser sends the cookie of the application along with every request to the bus.
    const auto user = sessions_->user(attempt.request.cookie(cookie_name));
    if (!user) return Verdict::deny("not_signed_in");
    const bayeux::Decision decision;
    accounts_->look_up(*user, [decision, user](bool welcome) {
      welcome ? decision.allow_as(*user) : decision.deny("account_closed");
    });
    return Verdict::defer(decision);
  }

  Verdict can_subscribe(const Attempt& attempt, const ChannelId& channel) override { return own(attempt, channel); }
  Verdict can_publish(const Attempt& attempt, const ChannelId& channel) override { return own(attempt, channel); }

 private:
  static Verdict own(const Attempt& attempt, const ChannelId& channel) {
    const std::string mine = "/users/" + attempt.client.user() + "/";
    return channel.name().starts_with(mine) ? Verdict::allow() : Verdict::deny("not_yours");
  }

  std::shared_ptr<LoginSessions> sessions_;
  std::shared_ptr<Accounts> accounts_;
};

/// The pages of the application that have to do with signing in.
class LoginPages final {
 public:
  LoginPages(bayeux::Bus& bus, std::shared_ptr<LoginSessions> sessions, std::shared_ptr<Accounts> accounts)
      : bus_(bus), sessions_(std::move(sessions)), accounts_(std::move(accounts)) {}

  /// `POST /login` with a form of `user` and `password`.
  HttpResponse login(const HttpRequest& request) {
    if (request.method != "POST") return {.status = 405, .headers = {{"Allow", "POST"}}, .body = {}};
    const auto user = form_field(request.body, "user");
    if (!accounts_->knows(user, form_field(request.body, "password"))) return go("/?refused");
    return go("/", sessions_->begin(user));
  }

  /// `POST /logout`: the user is signed out in all windows of all browsers, and none stays on the bus.
  HttpResponse logout(const HttpRequest& request) {
    if (request.method != "POST") return {.status = 405, .headers = {{"Allow", "POST"}}, .body = {}};
    if (const auto user = sessions_->user(request.cookie(cookie_name))) {
      sessions_->end(*user);
      bus_.user(*user).disconnect();
    }
    return go("/", "");
  }

  /// `GET /me` says who is signed in; null when nobody is.
  HttpResponse me(const HttpRequest& request) {
    const auto user = sessions_->user(request.cookie(cookie_name));
    const bayeux::Json answer = bayeux::Json::object({{"user", user ? bayeux::Json(*user) : bayeux::Json()}});
    return {.headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}}, .body = answer.text()};
  }

 private:
  /// Sends the browser on. With a token it is given the cookie; with an empty one the cookie is taken away.
  static HttpResponse go(const std::string& where, const std::optional<std::string>& token = std::nullopt) {
    HttpResponse response{.status = 303, .headers = {{"Location", where}}, .body = {}};
    if (!token) return response;
    // No script can read it, and no other site can send a form in its name. Over https it wants `Secure` as well.
    std::string cookie = std::string(cookie_name) + "=" + *token + "; Path=/; HttpOnly; SameSite=Lax";
    if (token->empty()) cookie += "; Max-Age=0";
    response.headers.emplace_back("Set-Cookie", cookie);
    return response;
  }

  bayeux::Bus& bus_;
  std::shared_ptr<LoginSessions> sessions_;
  std::shared_ptr<Accounts> accounts_;
};

}  // namespace

int main(int count, char* values[]) try {
  Options options = parse_options(count, values);
  options.server.static_files = PAGES;

  const auto sessions = std::make_shared<LoginSessions>();
  const auto accounts = std::make_shared<Accounts>();
  bayeux::Bus bus({.policy = std::make_shared<MembersOnly>(sessions, accounts)});
  LoginPages pages(bus, sessions, accounts);
  bayeux::AsioServer server(bus, options.server);
  server.route("/login", [&](const auto& request) { return pages.login(request); });
  server.route("/logout", [&](const auto& request) { return pages.logout(request); });
  server.route("/me", [&](const auto& request) { return pages.me(request); });

  server.stop_on_signals();
  announce(server, options);
  server.run();
} catch (const std::exception& error) {
  return failed(error);
}
