#include <algorithm>
#include <utility>
#include <vector>

#include <bayeux/error.hpp>
#include <bayeux/transport.hpp>

#include "link_state.hpp"
#include "pipeline.hpp"

namespace bayeux {
namespace {

using Connect = engine::Outlet::Connect;

/// The answer to a connect that was held, now that it is let go.
void release(LinkState& link, const engine::Taken& taken) {
  Message reply = std::move(*link.held);
  link.held.reset();
  // A client that said goodbye itself must not read this as being turned away.
  if (taken.ended == Removal::disconnect) reply.advice = Json();
  if (taken.ended == Removal::kicked) reply.advice = Json{{"reconnect", "none"}};
  Frame frame = bus::freeze_reply(*link.core, link.core->client(link.client_id), reply);
  if (!frame) return;
  // Clients close the connection as soon as they have the reply to their disconnect: this one goes before it.
  const bool last_but_one = taken.ended && !link.replies.empty();
  link.replies.insert(link.replies.end() - (last_but_one ? 1 : 0), {std::move(frame), LinkState::after_all_events});
}

/// Replies in their order, and each event as early as it may come.
std::vector<Frame> merge(std::vector<LinkState::Reply> replies, engine::Taken taken) {
  std::vector<Frame> all;
  all.reserve(replies.size() + taken.events.size());
  // What must not come before a reply must not come before those in front of it either.
  auto before = LinkState::after_all_events;
  for (auto reply = replies.rbegin(); reply != replies.rend(); ++reply) {
    before = reply->before = std::min(before, reply->before);
  }
  std::size_t next = 0;
  for (auto& reply : replies) {
    while (next < taken.events.size() && taken.first + next < reply.before)
      all.push_back(std::move(taken.events[next++]));
    all.push_back(std::move(reply.frame));
  }
  while (next < taken.events.size()) all.push_back(std::move(taken.events[next++]));
  return all;
}

std::error_code process_all(LinkState& link, std::vector<protocol::Incoming>& messages) {
  const auto shakes = std::find_if(messages.begin(), messages.end(), bus::is_handshake);
  if (shakes != messages.end() && shakes != messages.begin()) return Errc::handshake_not_first;
  link.received = true;
  link.settled = false;
  const bool alone = messages.size() == 1;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (i > 0 && shakes == messages.begin()) {
      bus::refuse_companion(link, messages[i]);
    } else {
      bus::process(link, messages[i], alone);
    }
  }
  return {};
}

}  // namespace

Link::Link(std::unique_ptr<LinkState> state) : state_(std::move(state)) {}

Link::~Link() {
  close();
}

std::error_code Link::receive(std::string_view json, const Request& request) {
  LinkState& link = *state_;
  if (link.closed || link.core->closed) return Errc::bus_closed;
  const Config& config = link.core->config;
  std::vector<protocol::Incoming> messages;
  link.request = &request;
  const auto error = protocol::parse(json, {config.max_batch, config.max_depth, config.max_id_length}, messages);
  if (error) return error;
  return process_all(link, messages);
}

bool Link::ready() {
  LinkState& link = *state_;
  if (link.closed || link.taken) return false;
  if (link.options.duplex) {
    return !link.replies.empty() || (!link.client_id.empty() && link.core->router.ready(link.client_id, *link.outlet));
  }
  if (!link.received) return false;
  return !link.held || link.core->router.ready(link.client_id, *link.outlet);
}

bool Link::finished() {
  LinkState& link = *state_;
  if (link.closed || link.taken) return true;
  if (!link.options.duplex || ready()) return false;
  return !link.client_id.empty() && link.core->router.left(link.client_id, *link.outlet);
}

std::vector<Frame> Link::take(std::size_t max_bytes) {
  LinkState& link = *state_;
  if (link.closed || link.taken) return {};
  engine::Taken taken;
  if (!link.client_id.empty()) {
    taken = link.core->router.take(link.client_id, *link.outlet, max_bytes, link.drain);
  }
  if (taken.connect == Connect::superseded) link.superseded = true;
  if (taken.connect == Connect::released && link.held) release(link, taken);
  auto frames = merge(std::exchange(link.replies, {}), std::move(taken));
  if (!link.options.duplex) {
    link.taken = true;
    if (std::exchange(link.batching, false)) link.core->router.end_batch(link.client_id);
  }
  return frames;
}

void Link::close() {
  LinkState& link = *state_;
  if (std::exchange(link.closed, true) || link.client_id.empty()) return;
  if (std::exchange(link.batching, false)) link.core->router.end_batch(link.client_id);
  if (!link.taken) link.core->router.detach(link.client_id, link.outlet);
}

bool Link::superseded() const {
  return state_->superseded;
}

const std::string& Link::new_browser() const {
  return state_->new_browser;
}

std::unique_ptr<Link> BusAccess::link(std::shared_ptr<BusCore> core, LinkOptions options,
                                      std::shared_ptr<Carrier> carrier) {
  auto outlet = std::make_shared<engine::Outlet>(std::move(carrier), options.duplex);
  auto state = std::unique_ptr<LinkState>(new LinkState{std::move(core), std::move(options), std::move(outlet)});
  state->drain = !state->options.events_on_connect_only;
  return std::unique_ptr<Link>(new Link(std::move(state)));
}

}  // namespace bayeux
