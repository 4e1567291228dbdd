#include "suspension.hpp"

#include <utility>

#include "errors.hpp"
#include "pending_verdict.hpp"

namespace bayeux::bus {
namespace {

/// Nobody else is made to wait for a verdict: while there is none, messages to the client take the way they would take
/// without this request.
void set_batching(LinkState& link, bool on) {
  if (!link.carries_events || link.batching == on) return;
  link.batching = on;
  if (on) {
    link.core->router.begin_request(link.client_id);
  } else {
    link.core->router.end_request(link.client_id);
  }
}

void go_on(Step step) {
  const bool shakes_hands = step.channel.name() == "/meta/handshake";
  // A session that ended meanwhile has ended this too.
  if (!shakes_hands && !step.core.router.contains(step.from.id())) return refuse(step, errors::session_unknown);
  dispatch(step);
  if (step.waits_for != nullptr) suspend(std::move(step));
}

void go_on(LinkState& link, LinkState::Waiting waiting) {
  link.aside->request = std::move(waiting.request);
  link.request = &link.aside->request->view();
  link.aside->waiting_bytes -= waiting.bytes;
  if (waiting.first) link.settled = false;
  if (waiting.companion) return refuse_companion(link, waiting.incoming);
  process(link, waiting.incoming, waiting.alone);
}

}  // namespace

std::optional<Verdict> answer_of(const PendingVerdict& pending) {
  return pending.answered();
}

void suspend(Step step) {
  LinkState& link = step.link;
  if (link.aside == nullptr) link.aside = std::make_unique<LinkState::Aside>();
  auto& request = link.aside->request;
  if (request == nullptr || link.request != &request->view()) {
    request = std::make_shared<const KeptRequest>(*link.request);
  }
  const auto pending = step.waits_for;
  link.aside->suspended = std::make_unique<Step>(std::move(step));
  set_batching(link, false);
  const Config& config = link.core->config;
  // The client has asked and can do nothing but wait: its session must not run out of time over that.
  if (!link.client_id.empty()) link.core->router.prolong(link.client_id, config.verdict_timeout + config.max_interval);
  link.aside->timer = link.core->router.alarm().call_at(config.clock->now() + config.verdict_timeout,
                                                        [pending, core = link.core.get()] {
                                                          if (pending->answer(Verdict::deny()))
                                                            core->note(Count::verdict_timeouts);
                                                        });
  link.aside->suspended->waits_as = pending->on_answer([carrier = link.outlet->carrier] { carrier->wake(); });
}

void resume(LinkState& link) {
  while (link.is_suspended()) {
    auto& aside = *link.aside;
    auto verdict = aside.suspended->waits_for->answered();
    if (!verdict) return;
    link.core->router.alarm().cancel(aside.timer);
    Step step = std::move(*std::exchange(aside.suspended, nullptr));
    link.request = &aside.request->view();
    step.verdicts.emplace_back(step.question, std::move(*verdict));
    step.waits_for = nullptr;
    set_batching(link, true);
    go_on(std::move(step));
    while (aside.suspended == nullptr && !aside.waiting.empty()) {
      auto next = std::move(aside.waiting.front());
      aside.waiting.pop_front();
      go_on(link, std::move(next));
    }
  }
}

void abandon(LinkState& link) {
  if (link.aside == nullptr) return;
  auto& aside = *link.aside;
  if (aside.suspended == nullptr) return;
  link.core->note(Count::unanswered, {}, aside.waiting.size() + 1);
  aside.waiting.clear();
  aside.waiting_bytes = 0;
  link.core->router.alarm().cancel(aside.timer);
  aside.suspended->waits_for->forget(aside.suspended->waits_as);
  if (!aside.suspended->id.empty()) link.core->end_handshake(aside.suspended->id);
  aside.suspended.reset();
}

}  // namespace bayeux::bus
