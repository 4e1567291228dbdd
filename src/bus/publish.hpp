#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <bayeux/channel_id.hpp>
#include <bayeux/client.hpp>
#include <bayeux/delivery.hpp>
#include <bayeux/frame.hpp>
#include <bayeux/message.hpp>

#include "core.hpp"

namespace bayeux::bus {

/// Runs filters and listeners over a message and hands it to the subscribers of a broadcast channel; a service message
/// ends at the listeners and services. The same for clients (`from` is valid) and for the application.
///
/// Errors: message_deleted, channel_limit.
std::error_code publish_message(BusCore& core, const ChannelId& channel, const Client& from, Message& message,
                                PublishOptions options);

/// What is to be delivered to single clients, once checked.
///
/// Errors: channel_invalid, channel_wild, channel_reserved.
std::error_code prepare_delivery(BusCore& core, std::string_view channel, Json data, DeliverOptions options,
                                 std::optional<Message>& event);

/// The one serialisation of a message for all who will get it. Nothing when an extension dropped it.
std::optional<Frame> freeze_event(BusCore& core, const Client& from, Message& event, const Treatment& treatment);

/// The same for what `prepare_delivery` made.
std::optional<Frame> freeze_delivery(BusCore& core, Message& event, bool lazy);

/// Sends `frame`, or what the extensions of the client and the filters for receivers make of `event`, to one client.
///
/// Errors: client_unknown, message_deleted.
std::error_code send_to(BusCore& core, const std::string& id, const Message& event, const Frame& frame);

/// The frame for one client, which is the first thing that it gets of a channel; nothing when somebody dropped it.
std::optional<Frame> frame_for(BusCore& core, const Client& to, Message& event);

}  // namespace bayeux::bus
