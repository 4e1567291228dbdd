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
  step.core.note(Count::windows, step.from.id());
  const auto interval = step.core.config.multi_session_interval;
  step.reply.successful = interval.count() > 0;
  step.reply.advice = Json{{"multiple-clients", true}, {"reconnect", interval.count() > 0 ? "retry" : "none"}};
  if (interval.count() > 0) {
    step.reply.advice["interval"] = interval.count();
    step.reply.advice["timeout"] = step.core.config.timeout.count();
  }
  answer_connect(step);
  step.core.router.end_connect(step.from.id(), step.link.outlet, std::max(interval, Milliseconds(0)), true);
}

/// How soon a client whose stream does not stand is to ask again: by then its browser has most likely reopened it.
constexpr Milliseconds reopening{1'000};

/// The session ended meanwhile.
void refuse_unknown(Step& step) {
  step.link.held.reset();
  step.from = Client();
  step.reply.advice = Json();
  refuse(step, errors::session_unknown);
}

/// Holds the connect, or has it answered when there is something to say.
void hold(Step& step, engine::ConnectRequest request) {
  auto& link = step.link;
  const Client from = step.from;
  step.core.connect_held(from);
  // The reply has to be there before another thread can release it.
  link.held.emplace(step.reply, HeldReply::last);
  const auto held = step.core.router.hold(from.id(), link.outlet, std::move(request));
  if (held && *held) return;
  if (held) {
    link.held->place = link.replies.size();
  } else {
    refuse_unknown(step);
  }
  step.core.connect_not_held(from);
}

/// One that hears a stream is told to show from time to time that it is there. While the stream does not stand its
/// events leave with this reply, and it is to ask again soon.
void beat(Step& step, bool has_stream, const ClientTable::Settings& settings, Milliseconds interval) {
  const Config& config = step.core.config;
  const auto pause = has_stream ? std::max(settings.timeout.value_or(config.timeout), reopening) : reopening;
  step.reply.advice = full_advice(config, settings);
  step.reply.advice["interval"] = pause.count();
  step.reply.advice["timeout"] = 0;
  answer_connect(step);
  const auto until = std::max(interval, pause);
  if (!step.core.router.end_connect(step.from.id(), step.link.outlet, until, true)) refuse_unknown(step);
}

bool may_be_plain(const LinkState& link, const protocol::Incoming& incoming) {
  const Message& message = incoming.message;
  const BusCore& core = *link.core;
  return message.channel == "/meta/connect" && incoming.error.empty() && !message.client_id.empty() &&
         message.subscription.is_null() && message.advice.is_null() && !link.is_duplex() && !link.settled &&
         !link.held && !core.has_extensions() && core.held_listeners.empty() && core.released_listeners.empty() &&
         std::as_const(message.members)["connectionType"].as_string() != "eventsource";
}

/// A connect that has taken the short way, and has to go on by the long one.
Step long_way(LinkState& link, protocol::Incoming& incoming) {
  Step step = step_of(link, incoming, *ChannelId::parse(incoming.message.channel), true);
  step.from = link.core->client(step.message.client_id);
  return step;
}

}  // namespace

bool find_place(const LinkState& link, std::shared_ptr<void>& ticket) {
  const int limit = link.core->config.max_sessions_per_browser;
  const std::string* browser = link.cookie();
  if (browser == nullptr || browser->empty() || limit < 0) return true;
  ticket = link.core->browsers.acquire(*browser, limit);
  return ticket != nullptr;
}

void connect(Step& step) {
  const Config& config = step.core.config;
  auto& router = step.core.router;
  const auto& id = step.from.id();
  const auto settings = step.core.client_table.settings(id);
  const auto longest = settings.timeout.value_or(config.timeout);
  const auto timeout = wish(step.message.advice, "timeout", longest, longest);
  const auto interval = wish(step.message.advice, "interval", settings.interval.value_or(config.interval),
                             std::max(config.max_client_interval, settings.interval.value_or(Milliseconds(0))));

  step.link.drain = true;
  settle_connect(step.link);
  const Json& type = std::as_const(step.message.members)["connectionType"];
  const bool listens = !step.link.is_duplex() && type == Json("eventsource");
  const auto before = router.begin_connect(id, step.link.outlet, listens);
  if (!before) return refuse_unknown(step);
  step.link.held.reset();
  step.reply.successful = true;
  // One that was told to poll would go on polling, were it not told otherwise.
  const bool changed = step.core.client_table.take_advice_changed(id);
  if (changed || !step.message.advice.is_null() || before->told_to_poll) {
    step.reply.advice = full_advice(config, settings);
  }
  if (before->listens) return beat(step, before->has_stream, settings, interval);

  const bool may_hold = before->connected && timeout.count() > 0 && (step.alone || step.link.is_duplex());
  if (!may_hold) {
    answer_connect(step);
    if (!router.end_connect(id, step.link.outlet, interval)) refuse_unknown(step);
    return;
  }
  std::shared_ptr<void> ticket;
  if (!step.link.is_duplex() && !find_place(step.link, ticket)) return answer_multiple(step);
  hold(step, {timeout, interval, std::move(ticket)});
}

bool poll(LinkState& link, protocol::Incoming& incoming) {
  if (!may_be_plain(link, incoming)) return false;
  BusCore& core = *link.core;
  const auto& id = incoming.message.client_id;
  const auto settings = core.client_table.settings(id);
  const auto timeout = settings.timeout.value_or(core.config.timeout);
  if (timeout.count() <= 0 || core.client_table.advice_changed(id)) return false;
  if (!core.router.begin_poll(id, link.cookie(), link.outlet)) return false;

  link.client_id = engine::ShortText(id);
  link.settled = link.drain = true;
  std::shared_ptr<void> ticket;
  if (!find_place(link, ticket)) {
    Step step = long_way(link, incoming);
    answer_multiple(step);
    return true;
  }
  link.held.emplace(incoming.message.id, HeldReply::last);
  const auto interval = settings.interval.value_or(core.config.interval);
  const auto held = core.router.hold(id, link.outlet, {timeout, interval, std::move(ticket)});
  if (held && !*held) link.held->place = link.replies.size();
  if (!held) {
    Step step = long_way(link, incoming);
    refuse_unknown(step);
  }
  return true;
}

}  // namespace bayeux::bus
