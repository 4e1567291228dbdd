#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace bayeux {

/// How often values of which size have occurred.
struct Histogram {
  std::vector<double> bounds;         ///< The largest value of each size, growing.
  std::vector<std::uint64_t> counts;  ///< How many there were of each size, and of larger ones at the end.
  double sum = 0;                     ///< All values together.
};

/// What a bus has done since it began, and has now. See `prometheus.hpp` for all of it as text.
struct Stats {
  // Now.
  std::size_t clients = 0;          ///< Sessions that live.
  std::size_t held = 0;             ///< Connects that are held.
  std::size_t channels = 0;         ///< Channels and patterns that exist.
  std::size_t subscriptions = 0;    ///< Each client to each channel or pattern.
  std::size_t queued_messages = 0;  ///< Copies that wait, those not acknowledged included.
  std::size_t queued_bytes = 0;     ///< Bytes of the messages that wait, each counted once.

  // So far: messages.
  std::uint64_t published = 0;  ///< Messages that were serialised for subscribers.
  std::uint64_t delivered = 0;  ///< Copies of them that were queued, and messages to one client.
  std::uint64_t dropped = 0;    ///< Copies that had to leave a full queue, did not fit, or came when it was time to go.
  std::uint64_t abandoned = 0;  ///< Copies that were never sent, because the session for which they waited ended.
  std::uint64_t replaced = 0;   ///< Copies that gave way to a later one: see ChannelOptions::latest_by.
  std::uint64_t repeated = 0;   ///< Copies that were sent again because they had not been acknowledged.
  std::uint64_t withheld = 0;   ///< Copies that a DeliveryPolicy, ReceiverFilter or Extension kept from their receiver;
                                ///< what an Extension lets nobody see of the program's own messages, each once; and
                                ///< replies that it keeps from their client.
  std::uint64_t wakes = 0;      ///< Calls of Carrier::wake.

  // So far: sessions.
  std::uint64_t handshakes = 0;  ///< Sessions that began.
  std::uint64_t expired = 0;     ///< Sessions that ended because nothing was heard of their client.
  std::uint64_t expelled = 0;    ///< Sessions that ended because their queue was full.
  std::uint64_t kicked = 0;      ///< Sessions that Client::disconnect ended.
  std::uint64_t drained = 0;     ///< Sessions that Bus::drain ended.
  std::uint64_t superseded = 0;  ///< Connects whose place a newer one took before their answer had left.

  // So far: what was refused. Each message counts once.
  std::uint64_t unreadable = 0;          ///< Requests that were no messages: nothing of them was done.
  std::uint64_t malformed = 0;           ///< Messages with something missing or wrong in them, or an `id` that is too long.
  std::uint64_t over_batch = 0;          ///< Requests with more than Config::max_batch messages: nothing of them was done.
  std::uint64_t over_depth = 0;          ///< Messages that nest deeper than Config::max_depth.
  std::uint64_t unknown = 0;             ///< Messages without a session, or from another browser than its own.
  std::uint64_t denied = 0;              ///< Messages that the policy denied, or over which it threw or took too long.
  std::uint64_t deleted = 0;             ///< Messages that a filter, listener or extension ended.
  std::uint64_t over_publish_rate = 0;   ///< Messages beyond Config::publish_rate.
  std::uint64_t over_handshake_rate = 0;  ///< Handshakes beyond Config::handshake_rate, told to come again.
  std::uint64_t over_handshake_rate_per_address = 0;  ///< Those beyond Config::handshake_rate_per_address instead.
  std::uint64_t over_sessions = 0;       ///< Handshakes beyond Config::max_sessions, told to come again.
  std::uint64_t over_channels = 0;       ///< Messages that would have made more than Config::max_channels.
  std::uint64_t over_subscriptions = 0;  ///< Messages that would have made more than Config::max_subscriptions.
  std::uint64_t over_total_subscriptions = 0;  ///< Those beyond Config::max_total_subscriptions.
  std::uint64_t over_windows = 0;        ///< Connects and streams beyond Config::max_sessions_per_browser.
  std::uint64_t over_queue = 0;          ///< Queues that became full; counted again only once they were empty.
  std::uint64_t over_total = 0;          ///< Queues that were cut, and messages that were lost, at Config::max_total_bytes
                                         ///< or Config::max_total_messages.
  std::uint64_t while_draining = 0;      ///< Handshakes during Bus::drain, told to come again elsewhere.

  // So far: the host.
  std::uint64_t callback_failures = 0;  ///< Callbacks of the host that threw.
  std::uint64_t unanswered = 0;         ///< Messages that waited for a verdict, or behind one, when their link closed.
  std::uint64_t verdict_timeouts = 0;   ///< Verdicts that had not come within Config::verdict_timeout.

  /// Receivers of each publish.
  Histogram fan_out;

  /// Seconds from a publish until a transport took the message for a receiver; of at most one publish in 10 ms.
  Histogram latency;

  /// Calls `visit(name, value, help, counts_up)` for every number that is no histogram: its name, its value, what it is,
  /// and whether it only grows.
  template <class Visit>
  void for_each(Visit&& visit) const {
    const auto now = [&](std::string_view name, std::size_t value, std::string_view help) {
      visit(name, static_cast<std::uint64_t>(value), help, false);
    };
    now("clients", clients, "Sessions that live");
    now("held", held, "Connects that are held");
    now("channels", channels, "Channels and patterns that exist");
    now("subscriptions", subscriptions, "Subscriptions of all clients");
    now("queued_messages", queued_messages, "Copies of messages that wait");
    now("queued_bytes", queued_bytes, "Bytes of the messages that wait, each counted once");
    const auto so_far = [&](std::string_view name, std::uint64_t value, std::string_view help) {
      visit(name, value, help, true);
    };
    for_each_message(so_far);
    for_each_session(so_far);
    for_each_refusal(so_far);
    so_far("callback_failures", callback_failures, "Callbacks of the host that threw");
    so_far("unanswered", unanswered, "Messages that waited for a verdict when their connection went");
    so_far("verdict_timeouts", verdict_timeouts, "Verdicts that came too late");
  }

 private:
  template <class Visit>
  void for_each_message(const Visit& visit) const {
    visit("published", published, "Messages serialised for subscribers");
    visit("delivered", delivered, "Copies of messages that were queued");
    visit("dropped", dropped, "Copies that gave way because a queue was full, or came when their session was to go");
    visit("abandoned", abandoned, "Copies never sent because the session for which they waited ended");
    visit("replaced", replaced, "Copies that gave way to a later one");
    visit("repeated", repeated, "Copies sent again because they had not been acknowledged");
    visit("withheld", withheld, "Copies and replies kept from their receiver by a policy, filter or extension");
    visit("wakes", wakes, "Links that were woken");
  }

  template <class Visit>
  void for_each_session(const Visit& visit) const {
    visit("handshakes", handshakes, "Sessions that began");
    visit("expired", expired, "Sessions of clients that were not heard of");
    visit("expelled", expelled, "Sessions that ended because their queue was full");
    visit("kicked", kicked, "Sessions that the host ended");
    visit("drained", drained, "Sessions that were let go while draining");
    visit("superseded", superseded, "Connects whose place a newer one took before their answer had left");
  }

  template <class Visit>
  void for_each_refusal(const Visit& visit) const {
    visit("unreadable", unreadable, "Requests that could not be read");
    visit("malformed", malformed, "Messages with something missing or wrong");
    visit("over_batch", over_batch, "Requests with too many messages");
    visit("over_depth", over_depth, "Messages that nest too deep");
    visit("unknown", unknown, "Messages without a session");
    visit("denied", denied, "Messages that the policy denied");
    visit("deleted", deleted, "Messages that a filter, listener or extension ended");
    visit("over_publish_rate", over_publish_rate, "Messages beyond the rate of publishing");
    visit("over_handshake_rate", over_handshake_rate, "Handshakes beyond the rate, told to come again");
    visit("over_handshake_rate_per_address", over_handshake_rate_per_address,
          "Handshakes beyond the rate of one address, told to come again");
    visit("over_sessions", over_sessions, "Handshakes beyond the number of sessions");
    visit("over_channels", over_channels, "Messages beyond the number of channels");
    visit("over_subscriptions", over_subscriptions, "Messages beyond the number of subscriptions");
    visit("over_total_subscriptions", over_total_subscriptions, "Messages beyond the subscriptions of all clients");
    visit("over_windows", over_windows, "Connects and streams beyond those of one browser");
    visit("over_queue", over_queue, "Queues that became full");
    visit("over_total", over_total, "Queues cut and messages lost because all queues held what they may");
    visit("while_draining", while_draining, "Handshakes told to come again elsewhere");
  }
};

}  // namespace bayeux
