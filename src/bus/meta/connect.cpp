#include <algorithm>
#include <memory>
#include <utility>

#include "bus/advice.hpp"
#include "bus/errors.hpp"
#include "bus/pipeline.hpp"

namespace bayeux::bus {
namespace {

/// What the client asks for, within what the server grants; `otherwise` for anything that is no sensible number.
Milliseconds wish(const Json& advice, const char* name, Milliseconds otherwise, Milliseconds most) {
  const double value = advice[name].is_number() ? advice[name].as_double() : -1;
  if (!(value >= 0)) return otherwise;
  return Milliseconds(static_cast<Milliseconds::rep>(std::min(value, static_cast<double>(most.count()))));
}

/// More windows of this browser wait than it has connections for.
void answer_multiple(Step& step) {
  const auto interval = step.core.config.multi_session_interval;
  step.reply.successful = interval.count() > 0;
  step.reply.advice = Json{{"multiple-clients", true}, {"reconnect", interval.count() > 0 ? "retry" : "none"}};
  if (interval.count() > 0) {
    step.reply.advice["interval"] = interval.count();
    step.reply.advice["timeout"] = step.core.config.timeout.count();
  }
  step.core.router.end_connect(step.from.id(), std::max(interval, Milliseconds(0)), true);
  answer(step);
}

/// Holds the connect when there is nothing to say. False when it is to be answered now.
bool hold(Step& step, engine::ConnectRequest request) {
  auto& link = step.link;
  // The reply has to be there before another thread can release it.
  link.held = step.reply;
  if (step.core.router.hold(step.from.id(), link.outlet, std::move(request))) return true;
  link.held.reset();
  return false;
}

}  // namespace

void connect(Step& step) {
  const Config& config = step.core.config;
  auto& router = step.core.router;
  const auto timeout = wish(step.message.advice, "timeout", config.timeout, config.timeout);
  const auto interval = wish(step.message.advice, "interval", config.interval, config.max_client_interval);

  step.link.drain = true;
  const auto before = router.begin_connect(step.from.id(), step.link.outlet);
  if (!before) {
    step.from = Client();
    return refuse(step, errors::session_unknown);
  }
  step.link.held.reset();
  step.reply.successful = true;
  // One that was told to poll would go on polling, were it not told otherwise.
  if (!step.message.advice.is_null() || before->told_to_poll) step.reply.advice = full_advice(config);

  const bool may_hold = before->connected && timeout.count() > 0 && (step.alone || step.link.options.duplex);
  if (!may_hold) {
    router.end_connect(step.from.id(), interval);
    return answer(step);
  }
  std::shared_ptr<void> ticket;
  const auto& browser = step.link.options.browser;
  if (!step.link.options.duplex && browser && !browser->empty() && config.max_sessions_per_browser >= 0) {
    ticket = step.core.browsers.acquire(*browser, config.max_sessions_per_browser);
    if (ticket == nullptr) return answer_multiple(step);
  }
  if (!hold(step, {timeout, interval, std::move(ticket)})) answer(step);
}

}  // namespace bayeux::bus
