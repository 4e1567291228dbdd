#include "personal.hpp"

#include <utility>

#include "pending_verdict.hpp"

namespace bayeux::bus {
namespace {

/// False when one of them dropped it.
bool run_filters(BusCore& core, const Client& to, const Personal& message, Message& event) {
  const auto channel = ChannelId::parse(event.channel);
  std::optional<Json> data = event.data.json();
  for (const auto& entry : message.filters) {
    if (!entry->alive) continue;
    const bool fine =
        core.guarded("ReceiverFilter::filter", [&] { data = entry->hook->filter(to, *channel, std::move(*data)); });
    if (!fine || !data) return false;
  }
  event.data = Payload(std::move(*data));
  return true;
}

bool run_extensions(BusCore& core, const ClientTable::Extensions::List& extensions, Message& event) {
  for (auto entry = extensions.rbegin(); entry != extensions.rend(); ++entry) {
    if (!(*entry)->alive) continue;
    bool drop = false;
    const bool fine =
        core.guarded("Extension::outgoing", [&] { drop = (*entry)->hook->outgoing({}, event) == Flow::drop; });
    if (drop || !fine) return false;
  }
  return true;
}

/// Lets the verdict decide about a place that the message keeps in the queue.
void send_when_decided(const std::shared_ptr<BusCore>& core, const Client& to, std::shared_ptr<const Personal> message,
                       const std::shared_ptr<PendingVerdict>& pending) {
  const auto place = core->router.reserve(to.id(), message->frame);
  if (!place) return;
  const auto timer = core->router.alarm().call_at(core->config.clock->now() + core->config.verdict_timeout,
                                                  [pending, bus = core.get()] {
                                                    if (pending->answer(Verdict::deny()))
                                                      bus->note(Count::verdict_timeouts);
                                                  });
  pending->on_answer([weak = std::weak_ptr(core), pending = std::weak_ptr(pending), to, message = std::move(message),
                      place = *place, timer] {
    const auto alive = weak.lock();
    const auto decided = pending.lock();
    if (alive == nullptr || decided == nullptr) return;
    alive->router.alarm().cancel(timer);
    const auto verdict = decided->answered();
    const auto frame = verdict && verdict->allowed() ? personal_frame(*alive, to, *message) : std::nullopt;
    if (!frame) alive->note(Count::withheld);
    alive->router.fill_for_subscriber(to.id(), message->names, place, frame.value_or(Frame()));
  });
}

}  // namespace

Hooks<std::shared_ptr<ReceiverFilter>>::List receiver_filters_of(BusCore& core, const std::string& channel) {
  if (core.receiver_filters.empty()) return {};
  const auto id = ChannelId::parse(channel);
  return id ? core.receiver_filters.of(id->patterns()) : Hooks<std::shared_ptr<ReceiverFilter>>::List();
}

std::optional<Frame> personal_frame(BusCore& core, const Client& to, const Personal& message) {
  const auto extensions = core.client_table.extensions(to.id());
  if (message.filters.empty() && extensions.empty()) return message.frame;
  Message event = message.event;
  if (!message.filters.empty() && !run_filters(core, to, message, event)) return std::nullopt;
  if (!run_extensions(core, extensions, event)) return std::nullopt;
  return Frame(event.text(), Frame::Kind::event, message.frame.handling());
}

void send_personally(const std::shared_ptr<BusCore>& core, const std::vector<std::string>& ids,
                     std::shared_ptr<const Personal> message) {
  for (const auto& id : ids) {
    const Client to = core->client(id);
    Verdict verdict = Verdict::allow();
    if (core->delivery_policy != nullptr) {
      verdict = Verdict::deny();
      core->guarded("DeliveryPolicy::can_deliver",
                    [&] { verdict = core->delivery_policy->can_deliver(to, message->event); });
    }
    if (verdict.pending() != nullptr) {
      send_when_decided(core, to, message, verdict.pending());
      continue;
    }
    const auto frame = verdict.allowed() ? personal_frame(*core, to, *message) : std::nullopt;
    if (frame) {
      core->router.deliver_to_subscriber(id, message->names, *frame);
    } else {
      core->note(Count::withheld);
    }
  }
}

}  // namespace bayeux::bus
