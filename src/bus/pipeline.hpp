#pragma once

#include <cstdint>
#include <string_view>

#include <bayeux/channel_id.hpp>
#include <bayeux/message.hpp>

#include "link_state.hpp"
#include "protocol/parser.hpp"

/// The way of a message from a link to its reply (protocol: "Server processing algorithm").
namespace bayeux::bus {

/// One message on its way.
struct Step {
  LinkState& link;
  BusCore& core;
  const ChannelId& channel;
  Message& message;
  Message reply;
  Client from;
  bool alone;  ///< The only message of its request: a connect may be held.
};

/// Works on one message and leaves its reply with the link.
void process(LinkState& link, protocol::Incoming& incoming, bool alone);

/// Answers one message that shares its request with a handshake: nobody can have a session yet.
void refuse_companion(LinkState& link, protocol::Incoming& incoming);

/// Parts the link from the client that it served, whose messages go on being queued.
void leave(LinkState& link);

/// True for a message on `/meta/handshake`, readable or not.
bool is_handshake(const protocol::Incoming& incoming);

/// Ends a step: lets the extensions see the reply, and leaves it with the link.
void answer(Step& step, std::uint64_t before = LinkState::after_all_events);
void refuse(Step& step, std::string_view error);

/// Lets the extensions see a reply, and serialises it; nothing when one of them dropped it.
Frame freeze_reply(BusCore& core, const Client& to, Message& reply);

// A file for each of them.
void handshake(Step& step);
void connect(Step& step);
void subscribe(Step& step);
void unsubscribe(Step& step);
void disconnect(Step& step);
void publish(Step& step);

}  // namespace bayeux::bus
