#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include <bayeux/fwd.hpp>
#include <bayeux/json.hpp>
#include <bayeux/listener.hpp>

namespace bayeux {

/// A channel or a pattern of channels, seen from the application.
///
/// A handle: cheap to copy, may outlive the bus. One made from a bad name answers every call with
/// `channel_invalid`.
///
/// Threads: any, at once.
class Channel final {
 public:
  /// The name, with blanks and a trailing slash dropped.
  const std::string& name() const noexcept { return name_; }

  /// Publishes to every subscriber of the channel, of `/**` and of every other pattern that matches it, each
  /// once. Filters and listeners of the channel run first; no policy is asked. Returns when the message stands
  /// in the queues; nothing waits for the network.
  ///
  ///     bus.channel("/hello/world").publish({{"test", "hello world"}});
  ///
  /// Order: two publishes of one thread reach every subscriber in that order.
  /// Errors: channel_invalid, channel_wild, channel_reserved (`/meta/`, `/service/`), message_deleted, bus_closed.
  std::error_code publish(Json data) const;

  /// The same, from JSON text, which is checked and then passed through as it is.
  ///
  /// Errors: as above, and json_invalid when it is not one JSON value.
  std::error_code publish_text(std::string data) const;

  /// How many clients are subscribed to exactly this name.
  std::size_t subscribers() const;

  /// Calls `listener` for every message on this channel, or on any channel that this pattern matches. Works for
  /// `/service/` channels too: that is how an application answers them.
  ///
  /// Errors: throws std::system_error (channel_invalid, channel_reserved for `/meta/`, callback_empty, bus_closed).
  Registration on_message(MessageListener listener) const;

  /// Runs every message on this channel, or on any channel that this pattern matches, through `filter`, once per
  /// publish. Filters run from `/**` down to the channel itself, in the order in which they were added.
  ///
  /// Errors: throws std::system_error (channel_invalid, channel_reserved for `/meta/`, callback_empty, bus_closed).
  Registration add_filter(std::shared_ptr<DataFilter> filter) const;

 private:
  friend class BusAccess;
  std::weak_ptr<class BusCore> bus_;
  std::shared_ptr<const ChannelId> id_;
  std::string name_;
};

}  // namespace bayeux
