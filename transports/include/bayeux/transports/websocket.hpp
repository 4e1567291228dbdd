#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <bayeux/clock.hpp>
#include <bayeux/frame.hpp>
#include <bayeux/fwd.hpp>
#include <bayeux/transports/http.hpp>

namespace bayeux {

namespace websocket {
class KeptRequest;
class Events;
}

/// Which WebSockets the bus lets in, and how its messages travel in them (protocol: "Transport websocket").
struct WebSocketConfig {
  /// As GatewayConfig::allowed_origins: pages of other origins are refused (403) unless they are listed, because a
  /// browser sends its cookies along, and nothing else stops it. Programs, which say of no page, are let in.
  std::vector<std::string> allowed_origins;

  /// The subprotocols that are spoken: the first of them that a client offers is selected, and one that offers none of
  /// them is refused (400). Where this is empty, the first that a client offers is selected.
  std::vector<std::string> protocols;

  /// Whether all that waits for a client leaves in one WebSocket message, which costs the least. Otherwise each event
  /// has a message of its own, as old clients with small limits expect; but what a client acknowledges as a whole
  /// travels as a whole.
  bool grouped = false;

  /// Bytes of a message that comes in, after decompression; a larger one closes the socket (1009).
  std::size_t max_message = 256 * 1024;

  /// Bytes of events that are taken at a time. What is left waits in the client's queue until the socket has taken
  /// those.
  std::size_t max_take = 64 * 1024;

  /// How long a socket may be open before a client has shaken hands, or spoken, over it: then it is closed (1008), however
  /// well it answers pings. Longer than the minute after which a client that was told to come again does so. Must be
  /// positive; more than `longest_time` is that.
  Milliseconds handshake_timeout{90'000};

  /// The cookie by which the windows of one browser are known: see BrowserCookie::name.
  std::string cookie_name = "BAYEUX_BROWSER";
};

/// What a WebSocketGateway has let in and refused since it began. None of it says who.
struct WebSocketStats {
  std::uint64_t opened = 0;              ///< Requests that were let in.
  std::uint64_t foreign_origins = 0;     ///< Requests of pages of origins that are not allowed (403).
  std::uint64_t wrong_subprotocols = 0;  ///< Requests that offer no subprotocol which is spoken (400).
  std::uint64_t bad_upgrades = 0;        ///< Of AsioServer and Endpoint: requests against a rule of the upgrade (400, 426),
                                         ///< or where there is no WebSocket (400).
  std::uint64_t unreadable = 0;          ///< Sockets to be closed because a text was no messages (1007).
  std::uint64_t binary = 0;              ///< Because a message was binary (1003).
  std::uint64_t too_many = 0;            ///< Because of more messages at once than Config::max_batch (1009).
  std::uint64_t handshake_timeouts = 0;  ///< By WebSocketConfig::handshake_timeout (1008).
  std::uint64_t failed = 0;              ///< For another reason, such as the end of the bus (1001, 1011).

  /// As Stats::for_each.
  template <class Visit>
  void for_each(Visit&& visit) const {
    visit("opened", opened, "Requests for a WebSocket that were let in", true);
    visit("foreign_origins", foreign_origins, "Requests of pages of origins that are not allowed", true);
    visit("wrong_subprotocols", wrong_subprotocols, "Requests without a subprotocol that is spoken", true);
    visit("bad_upgrades", bad_upgrades, "Requests against a rule of the upgrade, or where there is no WebSocket", true);
    visit("unreadable", unreadable, "WebSockets that were closed over a text that was no messages", true);
    visit("binary", binary, "WebSockets that were closed over a binary message", true);
    visit("too_many", too_many, "WebSockets that were closed over too many messages at once", true);
    visit("handshake_timeouts", handshake_timeouts, "WebSockets over which no client spoke in time", true);
    visit("failed", failed, "WebSockets that were closed for another reason", true);
  }
};

/// Why a WebSocket is to be closed (RFC 6455, section 7.4).
struct WebSocketClose {
  std::uint16_t code;
  std::string_view reason;  ///< Fixed texts of at most 123 bytes, which show nothing of what was sent.
};

/// WebSocket messages on their way out, each a JSON array of Bayeux messages.
class WebSocketOutput final {
 public:
  WebSocketOutput() = default;

  std::size_t size() const noexcept { return ends_.size(); }
  bool empty() const noexcept { return ends_.empty(); }

  /// True when this was all there is for now: no need to look again before the next wake.
  bool complete() const noexcept { return complete_; }

  /// The Bayeux messages in one WebSocket message, perhaps none.
  std::span<const Frame> frames(std::size_t index) const noexcept;

  /// The text of one WebSocket message.
  std::string text(std::size_t index) const;

 private:
  friend class WebSocketSession;
  std::vector<Frame> frames_;
  std::vector<std::size_t> ends_;  ///< Of each WebSocket message, in `frames_`.
  bool complete_ = true;
};

/// One WebSocket of a client, at the level of its messages.
///
/// Lifetime: must not outlive its WebSocketGateway and Bus. Destroying it is `abort`.
/// Threads: one at a time.
class WebSocketSession final {
 public:
  ~WebSocketSession();
  WebSocketSession(const WebSocketSession&) = delete;
  WebSocketSession& operator=(const WebSocketSession&) = delete;

  /// Gives the bus a text message that came in. Look at `closing` after it.
  void receive(std::string_view text);

  /// A binary message came in: the protocol knows none (1003).
  void receive_binary();

  /// True when much waits behind a message that waits for a policy: read nothing more from the peer until a wake has come
  /// and `take` was called. What comes in all the same waits within limits (Config::max_waiting_bytes).
  bool congested() const;

  /// True when `take` would give something. Goes on with what waited for a policy, so look again after every wake.
  bool ready();

  /// Takes what is to be sent, in order, up to WebSocketConfig::max_take bytes of events. Send it before taking more.
  WebSocketOutput take();

  /// Why the socket is to be closed, once what was taken has been sent; nothing as long as it is to stay. Look at it after
  /// `ready` and `take` too: no client may have spoken in time (WebSocketConfig::handshake_timeout). While the bus
  /// drains that is so (1001) as soon as its client has been told to go elsewhere.
  const std::optional<WebSocketClose>& closing() const noexcept { return closing_; }

  /// True when the session of its client has ended or goes on elsewhere: close it (1000) when nothing comes in for some
  /// seconds. Clients close it themselves, or shake hands again on it.
  bool finished();

  /// Says that the socket has gone: what was not taken stays queued for the client, and its time to come back begins.
  void abort();

 private:
  friend class WebSocketGateway;
  WebSocketSession(std::unique_ptr<Link> link, std::unique_ptr<const websocket::KeptRequest> request,
                   const Bus& bus, const WebSocketConfig& config, websocket::Events& events);

  bool leads_back();
  void look_at_clock();

  const Bus& bus_;
  const WebSocketConfig& config_;
  websocket::Events& events_;
  const std::unique_ptr<const websocket::KeptRequest> request_;
  std::unique_ptr<Link> link_;
  std::optional<WebSocketClose> closing_;
  std::size_t empty_answers_ = 0;
};

/// What becomes of a request for a WebSocket.
struct WebSocketAnswer {
  /// The socket's session; null when the request is refused.
  std::unique_ptr<WebSocketSession> session;

  /// What to answer otherwise.
  HttpResponse refusal;

  /// What `Sec-WebSocket-Protocol` of the 101 response has to say; left out when empty.
  std::string protocol;
};

/// The bus's door for WebSocket, for a stack that has its own: it does the upgrade and the frames (RFC 6455), and hands
/// over messages.
///
///     auto answer = websockets.open(request, carrier);    // before the stack upgrades
///     if (!answer.session) respond(answer.refusal);
///     // then, for each text message:                     session.receive(text);
///     // after that, and after every carrier->wake():     if (session.ready()) send all of session.take()
///     // then:                                            if (session.closing()) close with that
///     // when the socket has gone:                        session.abort();
///
/// `wake()` comes from any thread: go to the thread of the socket first. Start no write while one is under way, and
/// take nothing meanwhile: what waits, waits in the client's queue, which has limits. Read no more than you write, and
/// nothing while the session is `congested()`: what waits then, waits with the peer.
///
/// Threads: any, at once.
class WebSocketGateway final {
 public:
  /// Adds `websocket` to the connection types that `bus` offers. `bus` must outlive it.
  ///
  /// Errors: throws std::system_error (config_invalid): an origin, subprotocol or cookie name that is none, a size
  /// of 0, a time that is none.
  explicit WebSocketGateway(Bus& bus, WebSocketConfig config = {});
  ~WebSocketGateway();
  WebSocketGateway(const WebSocketGateway&) = delete;
  WebSocketGateway& operator=(const WebSocketGateway&) = delete;

  const WebSocketConfig& config() const noexcept;

  /// Threads: any.
  WebSocketStats stats() const noexcept;

  /// Looks at the request for a WebSocket. Of the request nothing is used after the call; what policies are shown of it
  /// is copied, and its attachment shared.
  WebSocketAnswer open(const HttpRequest& request, std::shared_ptr<Carrier> carrier);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bayeux
