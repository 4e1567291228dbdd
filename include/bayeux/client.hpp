#pragma once

#include <any>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <bayeux/batch.hpp>
#include <bayeux/clock.hpp>
#include <bayeux/delivery.hpp>
#include <bayeux/fwd.hpp>
#include <bayeux/json.hpp>
#include <bayeux/listener.hpp>

namespace bayeux {

/// A client of the bus, seen from the application: whoever shook hands, over whichever transport.
///
/// A handle: cheap to copy, may outlive the client and the bus. What can no longer be done says so.
///
/// Threads: any, at once.
class Client final {
 public:
  /// No client: `valid()` is false.
  Client() noexcept = default;

  /// True when this names a client at all; it may have gone meanwhile.
  bool valid() const noexcept { return !id_.empty(); }

  /// Its client id. A secret: who knows it can speak for the client, unless cookies bind it.
  const std::string& id() const noexcept { return id_; }

  /// A checksum of the id, in 8 characters, for logs: it tells clients apart, and says nothing about the id.
  std::string log_id() const;

  /// True while its session lives.
  bool connected() const;

  /// Sends a message to this client alone, on any channel that is not `/meta/`, subscribed or not. It takes its
  /// place behind what is queued for the client already.
  ///
  /// Errors: channel_invalid, channel_wild, channel_reserved, client_unknown, message_deleted (by an extension),
  /// bus_closed.
  std::error_code deliver(std::string_view channel, Json data, DeliverOptions options = {}) const;

  /// Ends the session: the client is told with `/meta/disconnect` where a connect is held, and by the answer to
  /// its next connect otherwise.
  ///
  /// Errors: client_unknown, bus_closed.
  std::error_code disconnect() const;

  /// Holds back what is delivered to this client: see Batch.
  Batch batch() const;

  /// Lets an extension see the messages of this client, until the registration or the client goes. Published messages
  /// are then serialised for this client alone.
  ///
  /// Errors: throws std::system_error (callback_empty, client_unknown, bus_closed).
  Registration add_extension(std::shared_ptr<Extension> extension) const;

  // Who it is.

  /// The user to whom the session belongs; empty when nobody said.
  std::string user() const;

  /// Says to whom the session belongs from now on; nobody, when empty. Errors: client_unknown, bus_closed.
  std::error_code set_user(std::string user) const;

  /// Keeps a value with the client for as long as its session lives; one of that name is replaced. It may be set while
  /// a policy decides about the handshake.
  ///
  /// Errors: client_unknown, bus_closed.
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

  /// Errors: client_unknown, bus_closed.
  std::error_code remove_attribute(std::string_view name) const { return set_any(name, {}); }

  // How it is served. Errors: client_unknown, bus_closed.

  /// How long its connects are held, and how long it waits between two; the bus's Config when not set, 0 for less, and
  /// `longest_told` for more.
  /// The client is told with its next connect.
  std::error_code set_timeout(std::optional<Milliseconds> timeout) const;
  std::error_code set_interval(std::optional<Milliseconds> interval) const;

  /// Whether it hears what it publishes itself, where the channel allows it.
  std::error_code set_broadcast_to_publisher(bool on) const;

  /// Whether messages reach it only together with the reply to a connect (protocol: "metaConnectDeliverOnly"), which
  /// keeps them in order where responses overtake each other. A client that acknowledges stays so.
  std::error_code set_connects_only(bool on) const;

  /// Messages and bytes that wait for the client, those it has not acknowledged included.
  struct Waiting {
    std::size_t messages = 0;
    std::size_t bytes = 0;
  };
  Waiting waiting() const;

  // For an extension that lets clients acknowledge: see extensions/acknowledge.hpp.

  /// From now on messages leave only with replies to connects, and are kept until they are acknowledged.
  std::error_code keep_until_acknowledged() const;

  /// Forgets what was sent in batches up to that number. What was sent later is sent again, before everything else,
  /// with the next reply to a connect.
  ///
  /// Errors: as above; batch_unknown when no such batch was sent yet: then nothing is done.
  std::error_code acknowledge(std::int64_t batch) const;

  /// The number of the batch that the last reply to a connect completed, from 1; 0 before there is one.
  std::int64_t sent_batch() const;

  friend bool operator==(const Client& a, const Client& b) noexcept { return a.id_ == b.id_; }

 private:
  friend class BusAccess;
  std::error_code set_any(std::string_view name, std::any value) const;
  std::any any(std::string_view name) const;

  std::weak_ptr<class BusCore> bus_;
  std::string id_;
};

}  // namespace bayeux
