#include "world.hpp"

#include <algorithm>
#include <iostream>
#include <utility>

#include <bayeux/extensions/acknowledge.hpp>

#include "engine/name.hpp"
#include "engine/scatter.hpp"
#include "support/counted_ids.hpp"

namespace bayeux::simulation {
namespace {

/// How long after its time a session may end at the latest.
constexpr Moment grace = 1'000;

/// How often ends are looked for.
constexpr Moment round = 500;

}  // namespace

World::World(const Plan& plan, bool traces)
    : plan_(plan), traces_(traces), setup_(plan), model_(setup_.config, setup_.only_all_together(), [this](Check check, std::string text) {
        fail(check, std::move(text));
      }) {
  auto config = setup_.config;
  config.clock = clock_;
  config.ids = std::make_shared<test::CountedIds>();
  bus_ = std::make_unique<Bus>(std::move(config));
  for (const auto* type : {"long-polling", "websocket", "eventsource"}) bus_->add_connection_type(type);
  if (setup_.lazy_channel) bus_->channel("/a/y").configure({.lazy = true});
  listen();
  after(round, [this] { check_ends(); });
}

void World::listen() {
  registrations_.push_back(bus_->add_extension(std::make_shared<Acknowledge>()));
  registrations_.push_back(bus_->on_client_added([this](const bayeux::Client& client) { added(client.id()); }));
  registrations_.push_back(
      bus_->on_client_removed([this](const bayeux::Client& client, Removal why) { removed(client.id(), why); }));
  registrations_.push_back(bus_->channel("/**").on_message(
      [this](const bayeux::Client& from, const Message& message) { published(from, message); }));
}

void World::fail(Check check, std::string text) {
  if (failure_) return;
  failure_ = Failure{check, std::move(text)};
  trace([&] { return "BROKEN: " + std::string(name_of(check)) + ": " + failure_->text; });
}

void World::trace(const std::function<std::string()>& text) const {
  if (traces_) std::cout << now_ << ' ' << text() << '\n';
}

// What the bus says of its sessions, and what the model makes of it.

void World::added(const std::string& id) {
  ++counts_[Count::handshakes];
  model_.add(id, received_ != nullptr && received_->acknowledges);
  allowances_.emplace(id, Allowance(setup_.config.publish_rate, setup_.config.publish_burst));
  hear_of(id, now_);
  trace([&] { return id + " begins"; });
}

void World::removed(const std::string& id, Removal why) {
  trace([&] { return id + " ends, why: " + std::to_string(static_cast<int>(why)); });
  const auto& session = model_.at(id);
  if (session.ended) fail(Check::session_end, id + " ended twice");
  const auto& contact = contacts_[id];
  if (why == Removal::timeout) ++counts_[Count::expired];
  if (why == Removal::queue) ++counts_[Count::expelled];
  if (why == Removal::timeout && now_ < contact.heard + setup_.config.max_interval.count())
    fail(Check::session_end, id + " was heard of at " + std::to_string(contact.heard) + " and has expired");
  if (why == Removal::queue && !session.expelled && !session.leaving && !setup_.only_all_together())
    fail(Check::limits, id + " was expelled, and its queue was not full");
  const bool early = why == Removal::drained && now_ < drain_until_;
  if (early && now_ < turn_of(id)) fail(Check::session_end, id + " was let go before its turn");
  // It goes with a connect, by what that acknowledges.
  if (early && received_ != nullptr && received_->session == id) apply_rest(true);
  // From its turn on nothing is for it any more.
  const bool owed = !session.sent.empty() ||
                    (!session.queue.empty() && published_at_.at(session.queue.front()) < turn_of(id));
  if (early && owed && !setup_.has_limit)
    fail(Check::lost, id + " was let go while something waited for it");
  model_.end(id, why);
}

void World::published(const bayeux::Client& from, const Message& message) {
  const int number = static_cast<int>(message.data["n"].as_integer());
  if (from.valid()) {
    if (received_ == nullptr || from.id() != received_->session)
      return fail(Check::uninvited, "a publication of somebody who sent none");
    if (model_.at(from.id()).ended) return fail(Check::uninvited, from.id() + " published after its end");
    apply_before(number);
  }
  ++counts_[Count::published];
  note_publication(number);
  model_.publish(channel_of(number), number);
}

void World::note_publication(int number) {
  published_at_[number] = now_;
  if (drain_until_ == 0) return;
  for (const auto& [id, session] : model_.all()) {
    if (!session.ended && now_ >= turn_of(id)) model_.at(id).leaving = true;
  }
}

void World::apply_before(int number) {
  const auto& asked = received_->asked;
  for (; applied_ < asked.size() && asked[applied_].number != number; ++applied_) {
    if (asked[applied_].verb == Verb::publish) {
      refuse(asked[applied_]);
    } else {
      model_.apply(received_->session, asked[applied_]);
    }
  }
  if (applied_ == asked.size()) return fail(Check::twice, "publication " + std::to_string(number) + " came again");
  auto& allowance = allowances_.at(received_->session);
  if (!allowance.allows(now_)) fail(Check::limits, received_->session + " has published too often");
  allowance.take(now_);
  taken_on_[asked[applied_].id] = true;
  ++applied_;
}

/// A publication was passed over, which only its session's rate allows.
void World::refuse(const Asked& asked) {
  if (allowances_.at(received_->session).allows(now_))
    return fail(Check::lost, "publication " + std::to_string(asked.number) + " was passed over");
  ++counts_[Count::refused];
  taken_on_[asked.id] = false;
}

/// A publication that nobody took on and that did not come too often is that of a session that has ended.
void World::check_answer(const Item& item) {
  const auto found = taken_on_.find(item.id);
  const bool taken_on = found != taken_on_.end() && found->second;
  const bool too_often = found != taken_on_.end() && !found->second;
  if (item.successful != taken_on || (item.error == "429::publish_rate") != too_often)
    fail(Check::answers, "a publication is said to have " + std::string(item.successful ? "come: " : "failed: ") + item.id);
}

/// Whether there are the channels that are to be unsubscribed from; where one is missing, nothing is done.
bool World::knows_names(const Sending& sending) const {
  for (const auto& asked : sending.asked) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      const bool wanted = asked.verb == Verb::unsubscribe && (asked.names & bit(static_cast<int>(i))) != 0;
      if (wanted && !bus_->channel(names[i]).exists()) return false;
    }
  }
  return true;
}

void World::apply_rest(bool knows_names) {
  if (!model_.knows(received_->session)) return;
  const auto& session = model_.at(received_->session);
  for (; applied_ < received_->asked.size() && !session.ended; ++applied_) {
    const auto& asked = received_->asked[applied_];
    if (asked.verb == Verb::publish) {
      refuse(asked);
      continue;
    }
    if (asked.verb == Verb::disconnect) fail(Check::session_end, received_->session + " said goodbye and is still here");
    if (asked.verb != Verb::unsubscribe || knows_names) model_.apply(received_->session, asked);
  }
}

// In and out.

std::error_code World::receive(Link& link, const Sending& sending) {
  trace([&] { return "to the bus: " + sending.text(); });
  received_ = &sending;
  applied_ = 0;
  counts_[Count::requests] += sending.asked.size();
  hear_of(sending.session, now_);
  contacts_[sending.session].last = &link;
  const bool known = knows_names(sending);
  const auto error = link.receive(sending.text());
  if (!error) apply_rest(known);
  received_ = nullptr;
  return error;
}

Packet World::take(Link& link, std::string& session, std::size_t max_bytes) {
  Packet all, of_session;
  for (const auto& frame : link.take(max_bytes)) {
    trace([&] { return "from the bus: " + std::string(frame.text()); });
    mix(frame.text());
    auto item = item_of(frame);
    if (!item) {
      fail(Check::answers, "no message of the protocol: " + std::string(frame.text()));
      return {};
    }
    if (item->channel == "/meta/handshake" && item->successful) {
      model_.take(session, std::exchange(of_session, {}));
      session = item->client_id;
      contacts_[session].announced = true;
    }
    if (item->is_event()) ++counts_[Count::taken];
    if (!item->is_event() && item->channel.rfind("/meta/", 0) != 0) check_answer(*item);
    all.push_back(*item);
    of_session.push_back(std::move(*item));
  }
  model_.take(session, of_session);
  return all;
}

void World::hear_of(const std::string& session, Moment when) {
  if (session.empty()) return;
  auto& heard = contacts_[session].heard;
  heard = std::max(heard, when);
}

void World::hear_end(const std::string& session, const Link& link) {
  auto& contact = contacts_[session];
  // One that was left behind, or left aside, need not mean anything.
  contact.maybe_heard = now_;
  if (contact.last != &link) return;
  contact.heard = now_;
  contact.last = nullptr;
}

void World::keep_open(const std::string& session, int change) {
  if (!session.empty()) contacts_[session].open += change;
}

void World::mix(std::string_view text) {
  const auto add = [this](std::uint64_t value) { hash_ = (hash_ ^ value) * 0x100000001b3; };
  add(static_cast<std::uint64_t>(now_));
  for (const char byte : text) add(static_cast<unsigned char>(byte));
}

// Publications of the application.

int World::new_number(int channel) {
  channels_.push_back(channel);
  return static_cast<int>(channels_.size()) - 1;
}

void World::publish(int channel, bool lazy) {
  const int number = new_number(channel);
  const auto error = bus_->channel(names[static_cast<std::size_t>(channel)])
                         .publish_text(data_text(number), {.lazy = lazy && plan_.has(Fault::lazy)});
  if (error) fail(Check::lost, "the application could not publish: " + error.message());
}

void World::deliver(const std::string& session, int channel) {
  if (!model_.knows(session) || model_.at(session).ended) return;
  const int number = new_number(-1);
  note_publication(number);
  model_.deliver(session, channel, number);
  const auto error = bus_->client(session).deliver(names[static_cast<std::size_t>(channel)],
                                                   Json::parse(data_text(number)).value_or(Json()));
  if (error && !model_.at(session).ended) fail(Check::lost, "the application could not deliver: " + error.message());
}

void World::drain(Moment deadline) {
  const auto rate = static_cast<Moment>(setup_.config.handshake_rate);
  const auto sessions = static_cast<Moment>(bus_->stats().clients);
  drain_from_ = now_;
  drain_until_ = now_ + deadline;
  drain_spread_ = rate == 0 ? 0 : std::min(deadline / 2, sessions * 1'000 / rate);
  bus_->drain(Milliseconds(deadline), [this] { drained_ = true; });
}

/// When that session is to go, while the bus drains.
Moment World::turn_of(const std::string& id) const {
  return drain_from_ + engine::scattered(engine::Id(id).hash, Milliseconds(drain_spread_)).count();
}

// Time.

void World::run_until(Moment end) {
  while (!failure_) {
    const auto event = timeline_.next();
    const auto due = bus_->next_deadline();
    const auto deadline =
        due ? std::optional(std::chrono::ceil<Milliseconds>(*due - begin_).count()) : std::optional<Moment>();
    const bool bus_first = deadline && (!event || *deadline <= *event);
    if (!bus_first && !event) break;
    const Moment next = bus_first ? *deadline : *event;
    if (next > end) break;
    idle_turns_ = bus_first && next <= now_ ? idle_turns_ + 1 : 0;
    if (idle_turns_ > 1'000) return fail(Check::stuck, "the bus wants to be called again and again");
    now_ = std::max(now_, next);
    clock_->set(begin_ + Milliseconds(now_));
    if (bus_first) {
      bus_->run_due();
    } else {
      timeline_.pop()();
    }
    happen();
  }
  now_ = std::max(now_, end);
  clock_->set(begin_ + Milliseconds(now_));
}

void World::jump(Moment span) {
  ++counts_[Count::jumps];
  trace([&] { return "the clock jumps by " + std::to_string(span); });
  now_ += span;
  clock_->set(begin_ + Milliseconds(now_));
}

void World::happen() {
  ++counts_[Count::events];
  settle();
  if (setup_.has_limit) check_limits();
}

void World::settle() {
  while (!rung_.empty() && !failure_) {
    auto bells = std::exchange(rung_, {});
    for (auto& bell : bells) {
      auto random = network();
      if (strikes(Fault::late_wake, random, 8)) {
        after(random.between(1, 40), [bell] { bell->hear(); });
      } else {
        bell->hear();
      }
    }
  }
}

void World::check_limits() {
  const auto& config = setup_.config;
  for (const auto& [id, session] : model_.all()) {
    if (session.ended) continue;
    if (session.expelled) fail(Check::limits, id + " is still here, and its queue is full");
    const auto waiting = bus_->client(id).waiting();
    // One message always fits.
    if (waiting.messages > 1 && (waiting.messages > config.max_queue_messages || waiting.bytes > config.max_queue_bytes))
      fail(Check::limits, id + " has " + std::to_string(waiting.messages) + " messages waiting");
  }
  const auto bytes = bus_->stats().queued_bytes;
  if (bytes > config.max_total_bytes)
    fail(Check::limits, "all queues hold " + std::to_string(bytes) + " bytes");
}

void World::check_ends() {
  after(round, [this] { check_ends(); });
  const auto due = bus_->next_deadline();
  if (due && *due <= clock_->now()) return;
  const auto& config = setup_.config;
  const auto longest = (config.timeout + config.interval + config.max_interval).count() + grace;
  for (const auto& [id, session] : model_.all()) {
    const auto& contact = contacts_[id];
    const auto heard = std::max(contact.heard, contact.maybe_heard);
    // Nobody has said yet for whom the link of a new session is kept open.
    if (!session.ended && contact.announced && contact.open == 0 && now_ > heard + longest)
      fail(Check::session_end, id + " lives, and was last heard of at " + std::to_string(heard));
  }
}

}  // namespace bayeux::simulation
