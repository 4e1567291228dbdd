#pragma once

#include <optional>

#include <bayeux/fwd.hpp>
#include <bayeux/json.hpp>

namespace bayeux {

/// Changes or drops what is published on a channel, before it is serialised: once per publish, however many
/// subscribe. Register it with Channel::add_filter.
///
/// Threads: called on the publisher's thread; several at once. It may call anything of the bus.
/// Errors: an exception is logged and drops the message.
class DataFilter {
 public:
  virtual ~DataFilter() = default;

  /// Returns what is to be published instead of `data`, or nothing to drop the message, in which case its
  /// publisher is answered `404::message_deleted`. `from` is not valid when the application publishes.
  virtual std::optional<Json> filter(const Client& from, const ChannelId& channel, Json data) = 0;
};

}  // namespace bayeux
