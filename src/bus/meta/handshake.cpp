#include <algorithm>
#include <cctype>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "bus/advice.hpp"
#include "bus/errors.hpp"
#include "bus/pipeline.hpp"
#include "engine/name.hpp"
#include "engine/scatter.hpp"

namespace bayeux::bus {
namespace {

/// `integer ("." alnum[alnum-_]*)*`, of which 1.x is what this server speaks.
bool is_version_one(std::string_view version) {
  return version == "1" || (version.starts_with("1.") && version.size() > 2 &&
                            std::all_of(version.begin() + 2, version.end(), [](unsigned char c) {
                              return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_';
                            }));
}

/// What strict mode finds wrong; empty when nothing.
std::string_view shortcoming(const Json& request, const Json& offered) {
  const Json& version = request["version"];
  if (version.is_null()) return errors::version_missing;
  if (!is_version_one(version.as_string())) return errors::version_mismatch;
  const auto& wanted = request["supportedConnectionTypes"].items();
  const bool common = std::any_of(wanted.begin(), wanted.end(), [&](const Json& type) {
    return std::find(offered.items().begin(), offered.items().end(), type) != offered.items().end();
  });
  return common ? std::string_view() : errors::no_transport;
}

/// Makes the cookie by which the session is known, for a browser that has none. Over a lasting connection there is no
/// response in which it could be set; where it is asked for in any case, the connection stands for the browser, so that
/// the client id alone is not enough there either.
void make_browser(Step& step, LinkState::Browser& browser) {
  const bool lasting = step.link.is_duplex();
  if (lasting && step.core.config.cookie_binding != CookieBinding::always) return;
  step.browser = step.core.config.ids->browser_id();
  (lasting ? browser.cookie : browser.new_cookie) = step.browser;
}

/// Makes what the session will be known by. False when there is no id to be had.
bool make_ids(Step& step) {
  if (!step.id.empty()) return true;
  return step.core.guarded("IdSource", [&] {
    auto id = step.core.config.ids->client_id();
    if (step.link.browser) {
      step.browser = step.link.browser->cookie;
      if (step.browser.empty()) make_browser(step, *step.link.browser);
    }
    step.id = std::move(id);
  });
}

/// Tells a client to come again after that time, here or elsewhere.
void postpone(Step& step, Milliseconds interval, std::string_view error, Count counted_as) {
  step.reply.advice = Json{{"reconnect", "handshake"}, {"interval", interval.count()}};
  refuse(step, error, counted_as);
}

void send_elsewhere(Step& step) {
  step.link.parts = true;
  // Its session may have been counted for a moment while the bus began to drain.
  step.core.drain.session_gone(step.core);
  postpone(step, step.core.drain.longer_interval(), errors::server_draining, Count::draining);
}

/// True when the client has been told to come again, because there are too many or the bus drains.
bool postponed(Step& step) {
  auto& core = step.core;
  if (core.drain.begun()) return send_elsewhere(step), true;
  if (step.link.in_process) return false;
  const auto delay = core.gate.enter(step.link.request->remote_address, core.config.clock->now());
  if (delay) postpone(step, delay->interval, errors::handshake_rate, delay->limit);
  return delay.has_value();
}

void turn_away(Step& step, const Verdict& verdict) {
  step.from = Client();
  if (step.link.browser) step.link.browser->new_cookie.clear();
  if (!verdict.allowed()) return refuse(step, errors::denied(verdict.reason(), "handshake_denied"));
  if (step.core.drain.begun()) return send_elsewhere(step);
  const auto interval = std::min(step.core.config.max_interval, longest_told / 2);
  postpone(step, interval + engine::scattered(engine::Id(step.id).hash, interval), errors::server_busy,
           Count::sessions);
}

/// Everything that the new session is from its first moment on.
bool open_session(Step& step, const Verdict& verdict) {
  if (!verdict.allowed() || step.core.drain.begun() || !step.core.router.open(step.id, step.browser)) return false;
  if (!verdict.user().empty()) step.core.client_table.set_user(step.id, verdict.user());
  const auto& id = step.id;
  const auto settings = step.core.client_table.settings(id);
  step.core.client_table.take_advice_changed(id);
  if (step.core.client_table.has_extensions(id)) step.core.router.set_personal(id, true);
  leave(step.link);
  step.link.client_id = engine::ShortText(id);
  step.link.settled = true;
  step.link.drain = step.link.is_duplex();
  step.reply.successful = true;
  step.reply.client_id = id;
  step.reply.advice = full_advice(step.core.config, settings);
  return true;
}

}  // namespace

void handshake(Step& step) {
  const Json offered = step.core.connection_types();
  for (auto& [name, value] :
       Json::Object{{"version", "1.0"}, {"minimumVersion", "1.0"}, {"supportedConnectionTypes", offered}}) {
    step.reply.members[name] = std::move(value);
  }
  if (step.core.config.strict_handshake) {
    const auto wrong = shortcoming(step.message.members, offered);
    if (!wrong.empty()) return refuse(step, wrong);
  }
  // One that has waited for a verdict has been let in already.
  if (step.id.empty() && postponed(step)) return;
  std::optional<Verdict> verdict = Verdict::deny();
  const bool made = make_ids(step);
  if (made) {
    step.from = step.core.client(step.id);
    step.core.begin_handshake(step.id);
    verdict = ask(step, 0, "SecurityPolicy::can_handshake",
                  [&](SecurityPolicy& policy) { return policy.can_handshake(step.attempt()); });
    if (!verdict) return;
  }
  const bool opened = open_session(step, *verdict);
  if (made) step.core.end_handshake(step.id);
  if (!opened) return turn_away(step, *verdict);
  answer(step, 0);
  if (step.link.is_duplex()) step.core.router.attach(step.id, step.link.outlet);
  step.core.client_added(step.from);
}

}  // namespace bayeux::bus
