#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <bayeux/clock.hpp>
#include <bayeux/frame.hpp>
#include <bayeux/fwd.hpp>
#include <bayeux/request.hpp>

namespace bayeux {

struct LinkState;

/// All that a transport implements towards the bus: being woken.
///
/// A wake carries nothing. It says that the link has, or may have, something to take; the transport comes back on
/// its own thread and takes. Wakes may be spurious, and several may come before the transport gets round to it.
///
/// Threads: called from any thread, never under a lock of the library. It must not block, and must not call the
/// link from within.
class Carrier {
 public:
  virtual ~Carrier() = default;
  virtual void wake() noexcept = 0;
};

/// What a transport is, as far as the bus cares.
struct LinkOptions {
  /// The name by which clients ask for it, such as `long-polling`.
  std::string connection_type;

  /// True where messages can leave at any time (WebSocket, loopback), false for one request and its response.
  bool duplex = false;

  /// True where only the reply to a connect may carry events (callback-polling).
  bool events_on_connect_only = false;

  /// The browser cookie of the request; empty when it had none. Without a value the transport has no cookies, and
  /// sessions are not bound to any.
  std::optional<std::string> browser;

  /// True where the client is a part of the program: then limits that protect the program from its peers are not for it
  /// (Config::publish_rate, Config::handshake_rate).
  bool in_process = false;

  /// How long a duplex link may be there before a client speaks over it: then it is woken, and `Link::late()`. Without a
  /// value it may for ever.
  std::optional<Milliseconds> handshake_timeout;
};

/// The bus's end of one HTTP exchange, one WebSocket or one in-process pair.
///
/// An exchange (not duplex) is used as: one `receive`; then, as soon as `ready()`, one `take`, which is the whole
/// response and leaves `finished()` true. A duplex link receives and takes in any order and as often as it likes.
///
/// Order of what is taken (protocol: "Order inside a response"): a handshake reply, then events, then replies in
/// the order of the requests. A subscribe reply comes before the events that it lets in.
///
/// Threads: one at a time. Different links may be used at the same time.
class Link final {
 public:
  /// Closes.
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  /// Gives the bus what came in: a JSON array of messages, or one message. Every message in it is answered by a
  /// reply of its own, however bad; `[]` is answered by nothing at all.
  ///
  /// `request` is what policies are shown; nothing of it is used after the call. While a verdict is waited for, what
  /// comes in on a duplex link queues behind it, as many messages as Config::max_batch and as many bytes as
  /// Config::max_waiting_bytes; see `congested`.
  ///
  /// Errors: json_invalid, messages_invalid, messages_empty, messages_too_many (also for too many bytes, and when as many
  /// bytes of replies have not been taken), handshake_not_first, bus_closed: nothing of it was done.
  std::error_code receive(std::string_view json, const Request& request = {});

  /// Carries the events of a client whose requests come in over other links, as an EventSource does: for a duplex link
  /// that nothing is received on. The session lives as long as this link, which serves it alone: an older one is
  /// `finished()`. Replies leave with the responses to their requests, and nothing tells which of the two the client
  /// reads first: an event may be read before the reply to the subscribe that let it in.
  ///
  /// By the `connectionType` of its connects a client says whether it hears the link. One that says `eventsource` is
  /// answered at once, with advice to come again after the time for which others are held. As long as a client says
  /// anything else it polls, and its events leave with what it polls: it may not know yet that the link stands, or
  /// something on the way may swallow what is sent. A client that acknowledges, or is to get messages with replies to
  /// connects only, always polls.
  ///
  /// When the session ends `ready()` turns true, and the last that is taken is a `/meta/connect` which tells why,
  /// unless the client said goodbye itself.
  ///
  /// Errors: client_unknown, also where the browser is not the one that the session is bound to: `take` then gives what
  /// tells the client so, and is the last. links_too_many; bus_closed; config_invalid when the link is not duplex.
  std::error_code listen(std::string_view client_id);

  /// True when `take` would give something; for an exchange: when the response is complete. Goes on with what waited
  /// for a verdict, so look again after every wake.
  bool ready();

  /// True when much waits behind a message that waits for a verdict (a sixteenth of Config::max_waiting_bytes): leave what
  /// comes in with the peer. A wake follows, and then `ready` or `take` goes on with what waits.
  bool congested() const;

  /// True when nothing will ever come again: an exchange that was taken, or a link whose session was ended.
  bool finished();

  /// True when LinkOptions::handshake_timeout is over and no client has spoken: close the connection. A handshake that
  /// waits for a verdict is waited for.
  bool late() const;

  /// Takes what is to be sent, in order. Events stop after `max_bytes` bytes (at least one is given, and replies
  /// always): the rest stays in the client's queue. What was queued when a session ended comes at once.
  std::vector<Frame> take(std::size_t max_bytes);

  /// True when what was taken last has to arrive as a whole or not at all, because its client acknowledges it as a whole:
  /// a part of it would be heard twice. Does not matter where each taking is one response.
  bool indivisible() const;

  /// True when there may be events that did not fit into what was taken last: look again, without a wake. Otherwise there
  /// is no need to.
  bool more() const;

  /// Says that the peer has gone. What was not taken stays queued for the client, and its time to come back
  /// begins. Nothing is woken after.
  void close();

  /// True when a newer connect of the same client took the place of the one that came over this link, which is not
  /// answered: where nothing else came with it, there is nothing to send. Meaningful once `ready()`.
  bool superseded() const;

  /// True when what was taken tells its client to go elsewhere (Bus::drain): a connection that stayed open would lead it
  /// here again.
  bool parts() const;

  /// The value to set as browser cookie, after a handshake that came without one; empty otherwise.
  const std::string& new_browser() const;

 private:
  friend class BusAccess;
  explicit Link(std::unique_ptr<LinkState> state);
  std::unique_ptr<LinkState> state_;
};

}  // namespace bayeux
