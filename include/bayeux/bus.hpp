#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bayeux/batch.hpp>
#include <bayeux/call.hpp>
#include <bayeux/channel.hpp>
#include <bayeux/client.hpp>
#include <bayeux/clock.hpp>
#include <bayeux/config.hpp>
#include <bayeux/fwd.hpp>
#include <bayeux/listener.hpp>
#include <bayeux/stats.hpp>
#include <bayeux/transport.hpp>
#include <bayeux/user.hpp>

namespace bayeux {

/// A publish/subscribe message bus that speaks Bayeux. It has no socket, no thread and no timer: transports carry
/// messages to it and from it, and whoever runs the loop tells it when to look at the clock.
///
///     bayeux::Bus bus;
///     bayeux::AsioServer server(bus, {.port = 8080});
///     bus.channel("/hello/world").publish({{"test", "hello world"}});
///     server.run();
///
/// Lifetime: handles (Channel, Client, Registration) may outlive it; links and transports must not.
/// Threads: every member may be called from any thread, also from within callbacks.
class Bus final {
 public:
  /// Errors: throws std::system_error (config_invalid).
  explicit Bus(Config config = {});
  ~Bus();
  Bus(const Bus&) = delete;
  Bus& operator=(const Bus&) = delete;

  const Config& config() const noexcept;

  /// The channel or pattern of that name. Cheap; nothing is made.
  Channel channel(std::string_view name);

  /// The client of that id; not valid when there is none.
  Client client(std::string_view id);

  /// The user of that name, whether there are any clients of theirs or not.
  User user(std::string_view name);

  /// All clients that live now; a copy, for looking at, not for publishing.
  std::vector<Client> clients() const;

  /// Holds back what is published and delivered to anybody: see Batch.
  Batch batch();

  /// Holds back what is published and delivered to these clients.
  Batch batch(const std::vector<Client>& clients);

  /// Puts an extension behind those that were added before.
  ///
  /// Errors: throws std::system_error (callback_empty), as do the listeners below.
  Registration add_extension(std::shared_ptr<Extension> extension);

  Registration on_client_added(ClientAddedListener listener);
  Registration on_client_removed(ClientRemovedListener listener);
  Registration on_channel_created(ChannelListener listener);
  Registration on_channel_swept(ChannelListener listener);
  Registration on_subscribed(SubscriptionListener listener);
  Registration on_unsubscribed(SubscriptionListener listener);
  Registration on_queue_full(QueueFullListener listener);
  Registration on_connect_held(ConnectListener listener);
  Registration on_connect_released(ConnectListener listener);

  /// Calls `handler` for messages to a service: `/service/x`, or a template such as `/service/room/{id}`, whose parts
  /// in braces stand for any one segment. The handler may answer or not. Of several that fit, all are called.
  ///
  /// Errors: throws std::system_error (channel_invalid: no name or template below `/service/`, callback_empty).
  Registration add_service(std::string_view name, CallHandler handler);

  /// The same for a remote call to `/service/<target>`, which may be a template too: a call whose handler let go of it
  /// without an answer is answered with a failure.
  ///
  ///     auto echo = bus.add_remote_call("echo", [](const bayeux::Call& call) { call.answer(call.data()); });
  ///
  /// Errors: as above.
  Registration add_remote_call(std::string_view target, CallHandler handler);

  /// Numbers of what has happened so far.
  Stats stats() const;

  /// Lets everybody go, as before a restart: whoever shakes hands is told to come again elsewhere, those who are here are
  /// told so one after the other, and when nobody is left, `done` is called. Nothing can be taken back.
  ///
  /// A client is told by the answer to a connect (`reconnect: handshake`, with an interval that differs from client to
  /// client) when its turn has come and nothing waits for it, what it has not acknowledged included: what was published
  /// before its turn, it gets, and what is published after that is not for it any more. No more than Config::handshake_rate
  /// clients have their turn in a second, because elsewhere all of them have to be let in, unless half of `deadline` (ms) is
  /// too short for that; without a rate all have it at once. At `deadline` all sessions end that are left, with what waits
  /// for them where a connect is held. Clients inside the program (Loopback) have their turn like all others.
  ///
  /// Called again, the earlier deadline counts, and every `done` is called. The clock has to run: `run_due`.
  ///
  /// Threads: `done` is called from any thread, under no lock; within this call when nobody is here.
  /// Errors: an exception of `done` is logged.
  void drain(Milliseconds deadline, std::function<void()> done = {});

  /// True once `drain` was called.
  bool draining() const noexcept;

  // For transports.

  /// Adds a name to those that handshake replies offer, in the order of preference; adding one twice is nothing.
  void add_connection_type(std::string_view name);

  /// Counts (Stats::callback_failures) and logs an exception of host code that a transport called: `what threw: ...`. Call it
  /// where the exception is caught.
  void report_exception(std::string_view what) noexcept;

  /// Opens the bus's end of a new exchange or connection. `carrier` is kept until the link is closed, and for as
  /// long as a wake is under way.
  std::unique_ptr<Link> open_link(LinkOptions options, std::shared_ptr<Carrier> carrier);

  // For whoever runs the loop.

  /// When `run_due` wants to be called next; nothing when there is nothing to wait for.
  std::optional<Time> next_deadline() const;

  /// Does what is due by now: ends held connects and sessions whose time is up.
  void run_due();

  /// Called when `next_deadline` has become earlier than what it last returned, so that a timer can be set anew.
  /// One alarm at a time; an empty one takes it back.
  ///
  /// Threads: called from any thread that uses the bus, never under a lock; it should only hand over to the loop.
  void set_alarm(std::function<void()> alarm);

 private:
  friend class BusAccess;
  std::shared_ptr<class BusCore> core_;
};

}  // namespace bayeux
