#pragma once

#include <any>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

#include <bayeux/delivery.hpp>
#include <bayeux/flow.hpp>
#include <bayeux/fwd.hpp>
#include <bayeux/json.hpp>
#include <bayeux/listener.hpp>
#include <bayeux/snapshot.hpp>

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
  /// Errors: channel_invalid, channel_wild, channel_reserved (`/meta/`, `/service/`), message_deleted, channel_limit,
  /// bus_closed.
  std::error_code publish(Json data, PublishOptions options = {}) const;

  /// The same, from JSON text, which is checked and then passed through as it is.
  ///
  /// Errors: as above, and json_invalid when it is not one JSON value.
  std::error_code publish_text(std::string data, PublishOptions options = {}) const;

  /// How many clients are subscribed to exactly this name.
  std::size_t subscribers() const;

  /// Says how the channel behaves, or every channel that this pattern matches: see ChannelOptions. It replaces what was
  /// said before.
  ///
  /// Errors: channel_invalid, channel_reserved (`/meta/`, `/service/`), channel_wild (`persistent` for a pattern),
  /// config_invalid (a negative `lazy_timeout`), bus_closed.
  std::error_code configure(ChannelOptions options) const;

  /// What was said of just this name.
  ChannelOptions options() const;

  /// True while somebody is subscribed to just this name, and for Config::channel_timeout after that or after the last
  /// publish; always when it is persistent.
  bool exists() const;

  /// Keeps a value with the channel for as long as it exists; one of that name is replaced. The channel is made when
  /// it is not there.
  ///
  /// Errors: channel_invalid, channel_wild, channel_reserved, channel_limit, bus_closed.
  template <class T>
  std::error_code set_attribute(std::string_view name, T value) const {
    return set_any(name, std::any(std::move(value)));
  }

  /// A copy of the value, when there is one of that name and type.
  template <class T>
  std::optional<T> attribute(std::string_view name) const {
    const std::any value = any(name);
    const T* found = std::any_cast<T>(&value);
    return found != nullptr ? std::optional<T>(*found) : std::nullopt;
  }

  /// Calls `listener` for every message on this channel, or on any channel that this pattern matches. Where it returns
  /// a Flow, that decides what becomes of the message. Works for `/service/` channels too; see Bus::add_service for
  /// more.
  ///
  /// Errors: throws std::system_error (channel_invalid, channel_reserved for `/meta/`, callback_empty, bus_closed).
  template <class Listener>
  Registration on_message(Listener listener) const {
    if constexpr (std::same_as<std::invoke_result_t<Listener&, const Client&, const Message&>, Flow>) {
      return add_listener(std::move(listener));
    } else {
      if constexpr (requires { listener.operator bool(); }) {
        if (!static_cast<bool>(listener)) return add_listener({});
      }
      return add_listener([listener = std::move(listener)](const Client& from, const Message& message) mutable {
        listener(from, message);
        return Flow::pass;
      });
    }
  }

  /// Runs every message on this channel, or on any channel that this pattern matches, through `filter`, once per
  /// publish. Filters run from `/**` down to the channel itself, in the order in which they were added.
  ///
  /// Errors: throws std::system_error (channel_invalid, channel_reserved for `/meta/`, callback_empty, bus_closed).
  Registration add_filter(std::shared_ptr<DataFilter> filter) const;

  /// Runs every copy of a message on this channel, or on any channel that this pattern matches, through `filter`: see
  /// ReceiverFilter for what that costs.
  ///
  /// Errors: as above.
  Registration add_receiver_filter(std::shared_ptr<ReceiverFilter> filter) const;

  /// Lets `handler` deliver the state of the channel to every new subscriber: see Snapshot.
  ///
  /// Errors: throws std::system_error (channel_invalid, channel_reserved, callback_empty, bus_closed).
  Registration on_snapshot(SnapshotHandler handler) const;

 private:
  friend class BusAccess;
  Registration add_listener(MessageListener listener) const;
  std::error_code set_any(std::string_view name, std::any value) const;
  std::any any(std::string_view name) const;

  std::weak_ptr<class BusCore> bus_;
  std::shared_ptr<const ChannelId> id_;
  std::string name_;
};

}  // namespace bayeux
