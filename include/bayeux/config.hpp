#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <bayeux/clock.hpp>
#include <bayeux/delivery.hpp>
#include <bayeux/fwd.hpp>

namespace bayeux {

/// When a session belongs to the browser whose cookie it was given.
enum class CookieBinding : std::uint8_t {
  /// From the first request on in which it presents its cookie: a client that keeps cookies is protected against
  /// whoever learns its client id, one that keeps none works all the same.
  when_presented,
  /// From the handshake on: a client that keeps no cookies is unknown with its next request, or on its next WebSocket.
  always,
  never,  ///< The client id alone is enough.
};

/// How a bus behaves. Every value has a default that is safe on an open network; times are milliseconds, sizes
/// bytes. Checked by the constructor of Bus, which throws std::system_error (config_invalid). A time of more than a year is
/// a year (`longest_time`), and one that clients are told, such as `timeout` and `interval`, 24 days (`longest_told`).
struct Config {
  // Time (protocol: "Advice", "Session life cycle and timers").

  /// How long a `/meta/connect` is held while there is nothing to say. Proxies and load balancers cut what is silent for a
  /// minute, some for half of that. Must be positive.
  Milliseconds timeout{25'000};

  /// How long clients are told to wait between two connects.
  Milliseconds interval{0};

  /// How long a session lives after it was last heard of, on top of `interval`: so long a client can be without a network
  /// and lose nothing, and so long the queue of one that has gone takes room. Must be positive.
  Milliseconds max_interval{10'000};

  /// The longest `interval` that a client may announce for itself in a connect, which prolongs its life as much. Browsers
  /// wake the timers of hidden pages once a minute.
  Milliseconds max_client_interval{60'000};

  /// Tells clients `maxInterval`, so that one which was away for longer starts with a handshake at once.
  bool handshake_reconnect = false;

  /// How long a lazy message waits at most: as late as news may be that nobody waits for. Must be positive.
  Milliseconds lazy_timeout{5'000};

  /// How long a verdict that was deferred may take; the answer is no after that. Each has that time of its own, and what a
  /// client sends is decided in its order, one after the other. Clients of CometD give up on a request after 10 s.
  /// Must be positive.
  Milliseconds verdict_timeout{10'000};

  /// How long a channel without subscribers is remembered: a client that reloads its page finds it still there, and
  /// its attributes. Must be positive.
  Milliseconds channel_timeout{3'000};

  // Several windows of one browser (protocol: "Browser cookie and multi-session detection").

  /// How many connects of one browser are held at once, streams (EventSource) included: a stream beyond that number is
  /// refused, and its client polls. A browser opens six connections to a host over HTTP/1.1 and needs some for other
  /// things. 0 holds none, a negative value any number.
  int max_sessions_per_browser = 4;

  /// How often a window beyond that number is told to poll. 0 or less turns it away.
  Milliseconds multi_session_interval{2'000};

  CookieBinding cookie_binding = CookieBinding::when_presented;

  // What a peer may send. (What a name of a channel may be is in channel_id.hpp; bytes of requests are limited by
  // transports.)

  /// Messages in one request or frame. Clients group what is sent within one turn of their program: hundreds at most.
  std::size_t max_batch = 1'000;

  /// Bytes of messages that one connection may have waiting behind a message which waits for a verdict, and of replies
  /// that it has not taken; the request beyond is refused as one with too many messages. (Not of a request alone, which
  /// its transport limits.) AsioServer and the adapter for Beast read nothing more at a sixteenth of it.
  /// Clients inside the program have no such limit.
  std::size_t max_waiting_bytes = 1024 * 1024;

  /// How deep `data` and every other member may nest. What people write is ten deep, and each level costs whoever reads
  /// it a frame of its stack.
  std::size_t max_depth = 64;

  /// Bytes of a string used as `id`, which comes back in the reply. Clients count, or send a UUID of 36 bytes.
  std::size_t max_id_length = 128;

  /// Channels and patterns to which one client may be subscribed. Each takes some 400 bytes where nobody else has it, and
  /// several times its name where that is long: a client takes 5 MiB with short names, and 60 MiB with the longest.
  std::size_t max_subscriptions = 10'000;

  /// The same of all clients together; who would have one more is refused (`403::subscription_limit`). Each to a name that
  /// others have takes 32 to 64 bytes: with these, a gibibyte. (Those that come at the same time may exceed it by as many
  /// as each of them asks for.)
  std::size_t max_total_subscriptions = 20'000'000;

  /// Sessions at once; a handshake beyond is told to come back later. An idle session takes 0.7 KiB, a client that waits
  /// 1.5 KiB: with these, 1.5 GiB.
  std::size_t max_sessions = 1'000'000;

  /// Channels and patterns at once; who would make another is refused (`403::channel_limit`). Each takes some 400 bytes
  /// with a short name, and 6 KiB with the longest, and goes when nobody uses it. A sixteenth is kept for the program itself,
  /// so that clients who take all of theirs do not keep it from publishing.
  std::size_t max_channels = 1'000'000;

  // How often a peer may do it. A rate is a number per second; as many as `burst` may come at once. 0 is no limit.

  /// Messages to channels and services that one session may send; one beyond is refused (`429::publish_rate`). A page
  /// sends a few in a second, and a program that feeds the bus some hundreds: what it collected while it was away may
  /// come at once.
  std::size_t publish_rate = 1'000;
  std::size_t publish_burst = 10'000;

  /// Handshakes of all clients together; one beyond is told when to come again, each at a time of its own. After a
  /// restart everybody comes back, each with a connection, subscriptions and a connect, which is a tenth of a millisecond
  /// of work: this many take a tenth of a core, and leave the rest to those who are here.
  std::size_t handshake_rate = 1'000;
  std::size_t handshake_burst = 2'000;

  /// Handshakes from one address (Request::remote_address) or one /64 of IPv6, so that one peer cannot take all that there
  /// is for others; one beyond is told when to come again in the line of its own address. A tenth of the rate of all, and
  /// a burst for an office whose hundreds of people have one address and all come back after a restart: half a thousand
  /// are in at once, a thousand within six seconds. No limit for addresses that nobody has on the open Internet, where
  /// proxies sit: loopback, link-local, private and shared ones (100.64.0.0/10); nor where the address is unknown. **Behind
  /// a proxy with any other address** all of its clients are one address: give that of the client (HttpRequest), or say 0.
  std::size_t handshake_rate_per_address = 100;
  std::size_t handshake_burst_per_address = 500;

  /// Refuses handshakes without `version`, with one that is not 1.x, or without a common connection type. Off by
  /// default: several clients in use leave them out.
  bool strict_handshake = false;

  // What waits for clients, what they have not acknowledged included.

  /// What one client may have waiting: copies, and bytes. That is ten seconds of a thousand messages a second, and what a
  /// slow line can still take in within a minute.
  std::size_t max_queue_messages = 10'000;
  std::size_t max_queue_bytes = 8 * 1024 * 1024;

  /// What may wait for all clients together: copies, each of which takes 16 bytes, and bytes of messages, which count
  /// once for all who share one. At three quarters the longest queues are cut, and the sessions end for which nothing may
  /// be missing, until half of it is free: one who takes nothing of much cannot take it from those who have little
  /// waiting. What comes beyond it is lost, whatever queue it is for. Of the copies each of `shards` has its part. Each is
  /// a gibibyte, which a server has; one that has not sets less.
  std::size_t max_total_messages = 64'000'000;
  std::size_t max_total_bytes = std::size_t(1) << 30;

  /// What gives way where a channel says nothing else.
  Overflow overflow = Overflow::drop_oldest;

  // Delivery.

  /// Whether a publisher that subscribes to its own channel hears itself.
  bool broadcast_to_publisher = true;

  /// Members of a publisher's `ext` that its subscribers see; nothing else of the message but `channel` and
  /// `data` reaches them.
  std::vector<std::string> relayed_ext{"binary"};

  /// Sessions are spread over so many parts, each with a lock of its own. With one, order is total and a run with
  /// a manual clock and counted ids repeats to the byte. Between 1 and 64.
  std::size_t shards = 16;

  // What the host brings along; each is shared with the bus for as long as that lives.

  std::shared_ptr<SecurityPolicy> policy;  ///< Allows everything when empty.
  std::shared_ptr<const Clock> clock;      ///< SystemClock when empty.
  std::shared_ptr<IdSource> ids;           ///< SystemIdSource when empty.
  std::shared_ptr<Log> log;                ///< Silence when empty.
};

}  // namespace bayeux
