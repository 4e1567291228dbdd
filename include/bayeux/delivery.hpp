#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <bayeux/clock.hpp>
#include <bayeux/json.hpp>

namespace bayeux {

/// What gives way when a message does not fit into the queue of a client it is for: see Config::max_queue_messages.
/// A client that acknowledges is promised every message, so its session ends whatever is said here.
enum class Overflow : std::uint8_t {
  drop_oldest,  ///< What waits longest: a client that comes back finds the newest.
  drop_newest,  ///< The message itself.
  disconnect,   ///< The session, which ends with Removal::queue; the client finds out and starts anew.
};

/// How one message is published.
struct PublishOptions {
  /// It waits for company: nobody is woken for it, until another message is, the lazy timeout has passed or the client
  /// asks anyway.
  bool lazy = false;

  /// What subscribers see as `ext`, such as `{"binary": {}}`.
  Json ext = {};
};

/// How one message is delivered to one client.
struct DeliverOptions {
  bool lazy = false;  ///< As PublishOptions::lazy.

  /// Makes the message the answer to the request with that id (protocol: "Remote calls").
  Json id = {};

  /// With `id`: whether the call went well.
  std::optional<bool> successful = std::nullopt;

  /// What the client sees as `ext`.
  Json ext = {};
};

/// How a channel, or every channel that a pattern matches, behaves. Where several patterns say something about a
/// channel, the most exact one counts; a channel is lazy when any of them is.
struct ChannelOptions {
  /// The channel stays without subscribers. For a channel, not for a pattern.
  bool persistent = false;

  /// Its messages are lazy, as with PublishOptions::lazy.
  bool lazy = false;

  /// How long its lazy messages wait at most; positive makes the channel lazy, 0 is Config::lazy_timeout, and more than
  /// `longest_time` is that.
  Milliseconds lazy_timeout{0};

  /// What gives way when a queue is full; Config::overflow when not set.
  std::optional<Overflow> overflow = std::nullopt;

  /// In every queue only the latest message stays for each value of that member of `data`; with an empty name only the
  /// latest of the channel.
  std::optional<std::string> latest_by = std::nullopt;

  /// Whether a publisher hears itself; Config::broadcast_to_publisher when not set.
  std::optional<bool> broadcast_to_publisher = std::nullopt;

  /// Whether subscribers of its ancestors get its messages too: those of `/stocks` what is published on
  /// `/stocks/ORCL`. They do not when not set.
  std::optional<bool> to_ancestors = std::nullopt;
};

}  // namespace bayeux
