#pragma once

#include <optional>
#include <string>

#include <bayeux/channel_id.hpp>
#include <bayeux/client.hpp>
#include <bayeux/frame.hpp>
#include <bayeux/message.hpp>

#include "core.hpp"

namespace bayeux::bus {

/// Runs filters and listeners over a message and hands it to the subscribers of a broadcast channel; a service message
/// ends at the listeners. The same for clients (`from` is valid) and for the application. False when somebody dropped
/// the message.
bool publish_message(BusCore& core, const ChannelId& channel, const Client& from, Message& message);

/// The one serialisation of a message for all who will get it: of what its publisher sent only channel, data and the
/// allowed part of `ext`. Nothing when an extension dropped it.
std::optional<Frame> freeze_event(BusCore& core, const Client& from, Message event);

}  // namespace bayeux::bus
