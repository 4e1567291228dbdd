#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include <bayeux/error.hpp>
#include <bayeux/transport.hpp>

#include "errors.hpp"
#include "link_state.hpp"
#include "pipeline.hpp"

namespace bayeux {
namespace {

using Connect = engine::Outlet::Connect;

constexpr std::uint64_t before_all_events = 0;

/// The advice to shake hands, at once or, where many are told to, each at another time.
Json start_anew(BusCore& core, Removal why) {
  const auto interval = why == Removal::drained ? core.drain.interval() : Milliseconds(0);
  return Json{{"reconnect", "handshake"}, {"interval", interval.count()}};
}

/// What a session that has ended tells its held connect.
void say_ended(BusCore& core, Message& reply, Removal why) {
  switch (why) {
    case Removal::disconnect:
      // A client that said goodbye itself must not read this as being turned away.
      reply.advice = Json();
      break;
    case Removal::kicked:
      reply.advice = Json{{"reconnect", "none"}};
      break;
    case Removal::queue:
    case Removal::drained:
      reply.advice = start_anew(core, why);
      reply.successful = false;
      reply.error = bus::errors::session_unknown;
      break;
    case Removal::timeout:
      break;
  }
}

/// The answer to a connect, now that it is to be given. Returned when it is to be the last of all; otherwise it is put
/// in its place among the replies.
Frame release(LinkState& link, const engine::Taken& taken) {
  // Clients close the connection as soon as they have the reply to their disconnect: this one goes before it.
  const bool last_but_one = taken.ended && !link.replies.empty();
  const auto place = link.held->place;
  const auto index = place != bus::HeldReply::last ? place : link.replies.size() - (last_but_one ? 1 : 0);
  const bool is_last = index == link.replies.size() && !link.listens;
  if (is_last && link.held->plain() && !taken.ended && !link.core->has_extensions()) {
    Frame frame(link.held->plain_text(), Frame::Kind::reply);
    link.held.reset();
    return frame;
  }
  Message reply = link.held->take();
  link.held.reset();
  link.parts = link.parts || taken.ended == Removal::drained;
  if (taken.ended) say_ended(*link.core, reply, *taken.ended);
  Frame frame = bus::freeze_reply(*link.core, link.core->client(link.client_id), reply);
  if (!frame || is_last) return frame;
  link.replies.insert(link.replies.begin() + static_cast<std::ptrdiff_t>(index),
                      {std::move(frame), LinkState::after_all_events});
  return {};
}

/// Tells a client that listens, and has no session any more, what to do.
void say_gone(LinkState& link, const Client& to, Removal why) {
  Message message;
  message.channel = "/meta/connect";
  message.successful = false;
  message.error = bus::errors::session_unknown;
  message.advice = why == Removal::kicked ? Json{{"reconnect", "none"}} : start_anew(*link.core, why);
  if (Frame frame = bus::freeze_reply(*link.core, to, message)) {
    link.replies.push_back({std::move(frame), LinkState::after_all_events});
  }
}

/// Lets go of the client to which a link listened, once that is served elsewhere or has ended.
void end_listening(LinkState& link, const std::optional<Removal>& ended) {
  const auto id = std::exchange(link.client_id, {});
  if (ended && *ended != Removal::disconnect) say_gone(link, link.core->client(id), *ended);
}

/// Replies in their order, and each event as early as it may come; then `last`, where there is one.
std::vector<Frame> merge(std::vector<LinkState::Reply> replies, std::vector<engine::Item> events, Frame last) {
  std::vector<Frame> all;
  all.reserve(replies.size() + events.size() + (last ? 1 : 0));
  // What must not come before a reply must not come before those in front of it either.
  auto before = LinkState::after_all_events;
  for (auto reply = replies.rbegin(); reply != replies.rend(); ++reply) {
    before = reply->before = std::min(before, reply->before);
  }
  auto event = events.begin();
  for (auto& reply : replies) {
    for (; event != events.end() && event->number < reply.before; ++event) all.push_back(std::move(event->frame));
    all.push_back(std::move(reply.frame));
  }
  for (; event != events.end(); ++event) all.push_back(std::move(event->frame));
  if (last) all.push_back(std::move(last));
  return all;
}

/// Sees to it that a link is looked at when nobody has spoken over it in time.
void expect_newcomer(LinkState& link, Milliseconds within) {
  const auto due = link.core->config.clock->now() + within;
  const auto timer =
      link.core->router.alarm().call_at(due, [carrier = std::weak_ptr<Carrier>(link.outlet->carrier)] {
        if (const auto to_wake = carrier.lock()) to_wake->wake();
      });
  link.newcomer = std::make_unique<LinkState::Newcomer>(LinkState::Newcomer{due, timer});
}

void end_waiting_for_newcomer(LinkState& link) {
  if (const auto newcomer = std::exchange(link.newcomer, nullptr)) link.core->router.alarm().cancel(newcomer->timer);
}

/// Takes a request apart, of which all is done or nothing.
std::error_code read(LinkState& link, std::string_view json, std::vector<protocol::Incoming>& messages) {
  const Config& config = link.core->config;
  const auto error = protocol::parse(json, {config.max_batch, config.max_depth, config.max_id_length}, messages);
  if (error) return error;
  const auto most_bytes = link.in_process ? std::numeric_limits<std::size_t>::max() : config.max_waiting_bytes;
  if (const auto* aside = link.aside.get(); aside != nullptr && !aside->waiting.empty()) {
    if (aside->waiting.size() + messages.size() > config.max_batch) return Errc::messages_too_many;
    if (aside->waiting_bytes + json.size() > most_bytes) return Errc::messages_too_many;
  }
  if (link.is_duplex() && link.reply_bytes > most_bytes) return Errc::messages_too_many;
  const auto shakes = std::find_if(messages.begin(), messages.end(), bus::is_handshake);
  if (shakes != messages.end() && shakes != messages.begin()) return Errc::handshake_not_first;
  return {};
}

/// Leaves what is left of a request to wait behind a message that waits.
void wait_in_line(LinkState& link, std::vector<protocol::Incoming>& messages, std::size_t from, std::size_t bytes) {
  const bool with_handshake = bus::is_handshake(messages.front());
  auto& aside = *link.aside;
  const auto request = from > 0 ? aside.request : std::make_shared<const bus::KeptRequest>(*link.request);
  bytes += request->size();
  aside.waiting_bytes += bytes;
  for (std::size_t i = from; i < messages.size(); ++i) {
    const bool last = i + 1 == messages.size();
    aside.waiting.push_back({std::move(messages[i]), request, last ? bytes : 0, messages.size() == 1, i == 0,
                             with_handshake && i > 0});
  }
}

/// Works on the messages of a request of so many bytes.
void process_all(LinkState& link, std::vector<protocol::Incoming>& messages, std::size_t bytes) {
  const bool alone = messages.size() == 1;
  const bool with_handshake = !messages.empty() && bus::is_handshake(messages.front());
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const bool companion = with_handshake && i > 0;
    if (link.is_suspended()) return wait_in_line(link, messages, i, bytes);
    if (i == 0) link.settled = false;
    if (companion) {
      bus::refuse_companion(link, messages[i]);
    } else {
      bus::process(link, messages[i], alone);
    }
  }
}

/// All that there is to say now, in its order.
std::vector<Frame> take_all(LinkState& link, std::size_t max_bytes) {
  engine::Taken taken;
  if (!link.client_id.empty()) {
    taken = link.core->router.take(link.client_id, *link.outlet, max_bytes, link.drain);
  }
  link.indivisible = taken.numbered;
  link.more = taken.more;
  if (taken.connect == Connect::superseded) link.superseded = true;
  Frame last;
  if (taken.connect == Connect::released && link.held) last = release(link, taken);
  if (link.listens && (taken.ended || taken.moved)) end_listening(link, taken.ended);
  link.reply_bytes = 0;
  return merge(std::exchange(link.replies, {}), std::move(taken.events), std::move(last));
}

}  // namespace

LinkState::LinkState(std::shared_ptr<BusCore> its_core, LinkOptions options, std::shared_ptr<engine::Outlet> its_outlet)
    : core(std::move(its_core)),
      outlet(std::move(its_outlet)),
      in_process(options.in_process),
      drain(!options.events_on_connect_only) {
  if (options.browser) browser = std::make_unique<Browser>(Browser{std::move(*options.browser), {}, {}});
}

LinkState::~LinkState() = default;

LinkState::Aside::Aside() = default;

LinkState::Aside::~Aside() = default;

Link::Link(std::unique_ptr<LinkState> state) : state_(std::move(state)) {}

Link::~Link() {
  close();
}

std::error_code Link::receive(std::string_view json, const Request& request) {
  LinkState& link = *state_;
  if (link.closed || link.core->closed) return Errc::bus_closed;
  std::vector<protocol::Incoming> messages;
  if (const auto error = read(link, json, messages)) {
    link.core->note(error == Errc::messages_too_many ? bus::Count::batch : bus::Count::unreadable);
    return error;
  }
  bus::resume(link);
  link.received = true;
  link.request = &request;
  process_all(link, messages, json.size());
  link.request = nullptr;
  return {};
}

std::error_code Link::listen(std::string_view client_id) {
  LinkState& link = *state_;
  if (link.closed || link.core->closed) return Errc::bus_closed;
  if (!link.is_duplex()) return Errc::config_invalid;
  auto& router = link.core->router;
  if (!link.client_id.empty()) bus::leave(link);
  link.listens = true;
  if (router.touch(client_id, link.cookie()) != engine::Touch::known) {
    link.core->note(bus::Count::unknown);
    say_gone(link, Client(), Removal::timeout);
    return Errc::client_unknown;
  }
  std::shared_ptr<void> ticket;
  if (!bus::find_place(link, ticket)) {
    link.core->note(bus::Count::windows, client_id);
    return Errc::links_too_many;
  }
  if (ticket != nullptr) link.browser->ticket = std::move(ticket);
  link.client_id = engine::ShortText(client_id);
  if (router.listen(client_id, link.outlet)) return {};
  link.client_id = {};
  say_gone(link, Client(), Removal::timeout);
  return Errc::client_unknown;
}

bool Link::ready() {
  LinkState& link = *state_;
  if (link.closed || link.taken) return false;
  bus::resume(link);
  if (link.is_duplex()) {
    if (!link.replies.empty()) return true;
    if (link.client_id.empty()) return false;
    auto& router = link.core->router;
    return router.ready(link.client_id, *link.outlet) || (link.listens && router.left(link.client_id, *link.outlet));
  }
  if (!link.received || link.is_suspended()) return false;
  return !link.held || link.core->router.ready(link.client_id, *link.outlet);
}

bool Link::finished() {
  LinkState& link = *state_;
  if (link.closed || link.taken) return true;
  if (!link.is_duplex() || ready() || link.is_suspended()) return false;
  if (link.listens) return link.client_id.empty();
  return !link.client_id.empty() && link.core->router.left(link.client_id, *link.outlet);
}

bool Link::congested() const {
  // Enough for what is sent in one go; most of the limit is left for what cannot be stopped.
  return state_->aside != nullptr && state_->aside->waiting_bytes > state_->core->config.max_waiting_bytes / 16;
}

bool Link::late() const {
  const LinkState& link = *state_;
  if (link.newcomer == nullptr || !link.client_id.empty() || link.is_suspended()) return false;
  return link.core->config.clock->now() >= link.newcomer->due;
}

std::vector<Frame> Link::take(std::size_t max_bytes) {
  LinkState& link = *state_;
  if (link.closed || link.taken) return {};
  bus::resume(link);
  if (!link.is_duplex() && link.is_suspended()) return {};
  if (!link.client_id.empty()) end_waiting_for_newcomer(link);
  auto frames = take_all(link, max_bytes);
  if (!link.is_duplex()) {
    link.taken = true;
    if (std::exchange(link.batching, false)) link.core->router.end_request(link.client_id);
  }
  return frames;
}

void Link::close() {
  LinkState& link = *state_;
  if (std::exchange(link.closed, true)) return;
  end_waiting_for_newcomer(link);
  bus::abandon(link);
  if (link.browser) link.browser->ticket.reset();
  if (link.client_id.empty()) return;
  if (std::exchange(link.batching, false)) link.core->router.end_request(link.client_id);
  if (!link.taken) link.core->router.detach(link.client_id, link.outlet);
}

bool Link::indivisible() const {
  return state_->indivisible;
}

bool Link::more() const {
  return state_->more;
}

bool Link::superseded() const {
  return state_->superseded;
}

bool Link::parts() const {
  return state_->parts;
}

const std::string& Link::new_browser() const {
  static const std::string none;
  return state_->browser ? state_->browser->new_cookie : none;
}

namespace bus {

void leave(LinkState& link) {
  if (!link.client_id.empty()) {
    auto& router = link.core->router;
    if (router.left(link.client_id, *link.outlet)) {
      for (auto& frame : take_all(link, std::numeric_limits<std::size_t>::max())) {
        link.replies.push_back({std::move(frame), before_all_events});
      }
    }
    router.detach(link.client_id, link.outlet);
  }
  link.held.reset();
  link.client_id = {};
}

}  // namespace bus

std::unique_ptr<Link> BusAccess::link(std::shared_ptr<BusCore> core, LinkOptions options,
                                      std::shared_ptr<Carrier> carrier) {
  auto outlet = std::make_shared<engine::Outlet>(std::move(carrier), options.duplex);
  const auto handshake_timeout = options.duplex ? options.handshake_timeout : std::nullopt;
  auto state = std::make_unique<LinkState>(std::move(core), std::move(options), std::move(outlet));
  if (handshake_timeout) expect_newcomer(*state, *handshake_timeout);
  return std::unique_ptr<Link>(new Link(std::move(state)));
}

}  // namespace bayeux
