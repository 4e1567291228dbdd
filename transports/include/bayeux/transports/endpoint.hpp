#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bayeux/fwd.hpp>
#include <bayeux/transports/gateway.hpp>
#include <bayeux/transports/http.hpp>
#include <bayeux/transports/websocket.hpp>

namespace bayeux {

/// Where in a host's own HTTP stack the bus answers, and what it offers there.
struct EndpointConfig {
  /// Paths below which the bus answers, whatever follows them.
  std::vector<std::string> paths{"/bayeux"};

  GatewayConfig gateway;

  /// WebSocket next to HTTP; std::nullopt for none. GatewayConfig::allowed_origins may use it as well, and
  /// GatewayConfig::cookie is the cookie.
  std::optional<WebSocketConfig> websocket = WebSocketConfig();
};

/// What an Endpoint has done since it began, and has now.
struct EndpointStats {
  std::uint64_t requests = 0;  ///< HTTP requests that were handed to it; those for a WebSocket are not counted.
  std::size_t open = 0;        ///< Those of them that are not answered yet, and streams.
  std::size_t parked = 0;      ///< Those of these that wait for the bus: held connects, requests before a policy.
  std::size_t websockets = 0;  ///< Open now.

  GatewayStats http;
  WebSocketStats websocket;  ///< Where there is no WebSocket, all zero but `bad_upgrades`.

  /// As Stats::for_each, for the numbers of the endpoint itself: `http` and `websocket` have their own.
  template <class Visit>
  void for_each(Visit&& visit) const {
    visit("requests", requests, "HTTP requests", true);
    visit("open", std::uint64_t(open), "HTTP requests that are not answered yet, and streams", false);
    visit("parked", std::uint64_t(parked), "Those of them that wait for the bus", false);
    visit("websockets", std::uint64_t(websockets), "WebSockets that are open", false);
  }
};

/// Called when it is worth looking again: once, and not again before somebody has looked. It comes from any thread, also
/// from within `look` of another request, and perhaps still after what it was given to has gone; it should only hand
/// over to the thread that looks. What it throws is logged, counted (Stats::callback_failures), and lost.
using WakeFunction = std::function<void()>;

/// The response to a request, which the bus has now or later.
///
///     void go_on() {
///       if (auto response = pending->look()) send(*response);   // otherwise: WakeFunction calls us
///     }
///
/// Lifetime: must not outlive its Endpoint and Bus. Destroying it before the response was taken is `abort`.
/// Threads: one at a time.
class PendingResponse final {
 public:
  ~PendingResponse();
  PendingResponse(const PendingResponse&) = delete;
  PendingResponse& operator=(const PendingResponse&) = delete;

  /// The response, once, when it is there. While it is not, nothing; the wake function is called then when it is worth
  /// looking again. Look first as soon as the request was opened: most are answered at once.
  std::optional<HttpResponse> look();

  /// As HttpExchange::streaming: after `look` gave a response, whether that was but its beginning.
  bool streaming() const;

  /// The next part of such a response, perhaps an empty one; nothing when the wake function is to be waited for. Send it
  /// before looking again.
  std::optional<std::string> look_part();

  /// As HttpExchange::keep_alive.
  std::string_view keep_alive() const;

  /// The peer hung up: what was not taken stays queued for the client.
  void abort();

 private:
  friend class Endpoint;
  class Impl;
  explicit PendingResponse(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// A WebSocket of a client, whose frames the host's stack reads and writes.
///
/// After each `receive` and whenever the wake function was called, and when no write is under way: send all that `look`
/// gives; then, if `closing()`, close the socket with that code.
///
/// Lifetime: must not outlive its Endpoint and Bus. Destroying it is `abort`.
/// Threads: one at a time.
class EndpointSocket final {
 public:
  ~EndpointSocket();
  EndpointSocket(const EndpointSocket&) = delete;
  EndpointSocket& operator=(const EndpointSocket&) = delete;

  /// A text message, or a binary one, came in.
  void receive(std::string_view text);
  void receive_binary();

  /// What is to be sent now, in order, up to WebSocketConfig::max_take bytes of events; send it before looking again.
  /// Nothing when the wake function is to be waited for.
  WebSocketOutput look();

  /// As the members of WebSocketSession.
  const std::optional<WebSocketClose>& closing() const noexcept;
  bool congested() const;
  bool finished();
  void abort();

 private:
  friend class Endpoint;
  class Impl;
  explicit EndpointSocket(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// What becomes of a request for a WebSocket: as WebSocketAnswer.
struct EndpointSocketAnswer {
  std::unique_ptr<EndpointSocket> socket;  ///< Null when the request is refused.
  HttpResponse refusal;
  std::string protocol;  ///< What `Sec-WebSocket-Protocol` of the 101 response has to say; left out when empty.
};

/// The bus's place in an HTTP stack that the host has already. The adapters (`bayeux/transports/adapters/`) connect
/// known stacks to it; for another one these are the calls to make:
///
///     bayeux::Endpoint endpoint(bus);
///     if (endpoint.serves(target)) {                                   // 1. is it ours?
///       pending = endpoint.open(request, [] { /* post: go_on */ });    // 2. hand it over
///       go_on();                                                       // 3. look; send what there is
///     }                                                                // 4. when woken: look again
///     pending.reset();                                                 // 5. the peer hung up, or all was sent
///
/// Somebody has to run the clock of the bus: ClockThread, or the host's own loop (`Bus::next_deadline`).
///
/// Lifetime: `bus` must outlive it.
/// Threads: any, at once.
class Endpoint final {
 public:
  /// Adds the connection types that it serves to those which `bus` offers.
  ///
  /// Errors: throws std::system_error (config_invalid), as Gateway and WebSocketGateway do; a path that does not begin
  /// with `/`.
  explicit Endpoint(Bus& bus, EndpointConfig config = {});
  ~Endpoint();
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  const EndpointConfig& config() const noexcept;

  /// Whether a request is for the bus. `target` is a path, with or without a query.
  bool serves(std::string_view target) const noexcept;

  /// Begins to answer a request, of which nothing is used after the call. Never fails: what is wrong is in the
  /// response.
  std::unique_ptr<PendingResponse> open(const HttpRequest& request, WakeFunction wake);

  /// Looks at a request for a WebSocket, before the stack upgrades. Of the request nothing is used after the call, but
  /// its attachment is shared.
  EndpointSocketAnswer open_websocket(const HttpRequest& request, WakeFunction wake);

  /// As Bus::report_exception. Threads: any.
  void report_exception(std::string_view what) noexcept;

  EndpointStats stats() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bayeux
