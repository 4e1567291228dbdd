#pragma once

#include <optional>

#include <bayeux/fwd.hpp>
#include <bayeux/json.hpp>

namespace bayeux {

/// Changes or drops what is published on a channel for each receiver. It costs a call and a serialisation for every
/// subscriber of the channel, where a DataFilter costs one for all. Register it with Channel::add_receiver_filter.
///
/// Threads: called on the publisher's thread; several at once. It may call anything of the bus.
/// Errors: an exception is logged and drops the message for that receiver.
class ReceiverFilter {
 public:
  virtual ~ReceiverFilter() = default;

  /// Returns what `to` is to get instead of `data`, or nothing to leave it out.
  virtual std::optional<Json> filter(const Client& to, const ChannelId& channel, Json data) = 0;
};

}  // namespace bayeux
