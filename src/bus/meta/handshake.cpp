#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <utility>

#include "bus/advice.hpp"
#include "bus/errors.hpp"
#include "bus/pipeline.hpp"

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

bool open_session(Step& step, std::string& id) {
  std::string browser;
  const bool made = step.core.guarded("IdSource", [&] {
    id = step.core.config.ids->client_id();
    if (!step.link.options.browser) return;
    browser = *step.link.options.browser;
    if (browser.empty()) step.link.new_browser = browser = step.core.config.ids->browser_id();
  });
  step.from = made ? step.core.client(id) : Client();

  Verdict verdict = Verdict::deny();
  if (made) {
    step.core.guarded("SecurityPolicy::can_handshake",
                      [&] { verdict = step.core.config.policy->can_handshake({step.from, step.message, *step.link.request}); });
  }
  if (verdict.allowed() && step.core.router.open(id, browser)) return true;

  step.from = Client();
  step.link.new_browser.clear();
  if (verdict.allowed()) {
    step.reply.advice = Json{{"reconnect", "handshake"}, {"interval", step.core.config.max_interval.count()}};
    refuse(step, errors::server_busy);
  } else {
    refuse(step, errors::denied(verdict.reason(), "handshake_denied"));
  }
  return false;
}

}  // namespace

void handshake(Step& step) {
  const Json offered = step.core.connection_types();
  step.reply.members = Json{{"version", "1.0"}, {"minimumVersion", "1.0"}, {"supportedConnectionTypes", offered}};
  if (step.core.config.strict_handshake) {
    const auto wrong = shortcoming(step.message.members, offered);
    if (!wrong.empty()) return refuse(step, wrong);
  }
  std::string id;
  if (!open_session(step, id)) return;

  leave(step.link);
  step.link.client_id = id;
  step.link.settled = true;
  step.link.drain = step.link.options.duplex;
  step.reply.successful = true;
  step.reply.client_id = id;
  step.reply.advice = full_advice(step.core.config);
  answer(step, 0);
  if (step.link.options.duplex) step.core.router.attach(id, step.link.outlet);
  step.core.client_added(step.from);
}

}  // namespace bayeux::bus
