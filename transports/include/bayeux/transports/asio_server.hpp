#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bayeux/clock.hpp>
#include <bayeux/fwd.hpp>
#include <bayeux/transports/gateway.hpp>
#include <bayeux/transports/http.hpp>
#include <bayeux/transports/websocket.hpp>

namespace asio {
class io_context;
}

namespace bayeux {

/// What an AsioServer shows its peers of itself, for TLS 1.2 and newer. It speaks nothing but TLS then.
struct TlsConfig {
  /// The server's certificate, and behind it those between it and one that clients know, in PEM.
  std::filesystem::path certificate;

  /// The private key of that certificate, in PEM, without a passphrase. It may be in the same file.
  std::filesystem::path key;
};

/// How an AsioServer listens and what it bears. A time of more than a year is a year (`longest_time`).
struct AsioServerConfig {
  /// The address to listen on; loopback only unless you say otherwise.
  std::string host = "127.0.0.1";

  /// 0 picks a free port: see AsioServer::port.
  std::uint16_t port = 8080;

  /// Paths below which the bus answers, whatever follows them.
  std::vector<std::string> endpoints{"/bayeux"};

  /// Threads that `run()` uses, the calling one included. Without meaning for a handed-in io_context.
  std::size_t threads = 1;

  /// A folder whose files are served for every other GET; none when empty. `index.html` stands for a folder. Names
  /// that begin with a dot, and links that lead out of the folder, are not found.
  std::filesystem::path static_files;

  /// Encrypts all connections. Needs a build with OpenSSL.
  std::optional<TlsConfig> tls;

  GatewayConfig gateway;

  /// WebSocket at the endpoints, next to HTTP; std::nullopt for none. GatewayConfig::allowed_origins may use it as
  /// well, and GatewayConfig::cookie is the cookie. Needs a build with wslay: without it clients are refused, and poll.
  std::optional<WebSocketConfig> websocket = WebSocketConfig();

  /// WebSocket messages of more bytes are compressed for clients that agree (permessage-deflate, RFC 7692), each on its
  /// own, and once for all who get it; 0 compresses none. Needs a build with zlib.
  std::size_t compress_above = 1024;

  /// How long a WebSocket may be silent before it is pinged (RFC 6455 section 5.5.2). One that then is silent for as
  /// long again is closed.
  Milliseconds ping_interval{25'000};

  /// Connections at once; beyond that no more are accepted until some go.
  std::size_t max_connections = 100'000;

  /// Connections at once from one address, or from one /64 of IPv6, within which a host takes any address it likes; one
  /// more is closed as soon as it is accepted. 0 is no limit. An office of hundreds behind one address fits, a browser
  /// needing two or three; and nobody takes more than a hundredth of `max_connections` for himself.
  std::size_t max_connections_per_address = 1'000;

  /// Addresses and networks, such as `10.0.0.0/8` or `2001:db8::1`, that have no limit of their own. A proxy must be
  /// among them, because all of its clients come from its address; one on this machine or in a private network is.
  std::vector<std::string> unlimited_addresses{"127.0.0.0/8",    "10.0.0.0/8",    "172.16.0.0/12", "192.168.0.0/16",
                                               "169.254.0.0/16", "100.64.0.0/10", "::1",           "fc00::/7",
                                               "fe80::/10"};

  /// Bytes of a request line with all its headers; more is answered 431.
  std::size_t max_header = 16 * 1024;

  /// Header fields of a request; more is answered 431. Browsers send some twenty, and proxies add a few.
  std::size_t max_header_fields = 100;

  /// Requests of one connection that may wait behind the one being answered, as long as their bodies together are
  /// no larger than GatewayConfig::max_body; beyond that, reading stops. GatewayConfig::max_body bounds the body of
  /// every request.
  std::size_t max_pipeline = 16;

  /// Bytes of requests and WebSocket messages of all connections together that are coming in or wait for their turn; their
  /// buffers take up to twice that. Beyond it a request that goes on growing is answered 503 with `Retry-After`, and a
  /// WebSocket closed with 1013. Whoever sends no more than 16 KiB is let be, so that polls are answered whatever others do.
  /// Room for 256 of the largest bodies that come in at the same moment; a peer that takes its time over one has
  /// `body_timeout`.
  std::size_t max_total_input = 256 * 1024 * 1024;

  /// Texts (JSON, scripts, markup) of more bytes are compressed for peers that accept gzip, in responses of the bus and
  /// of routes, not in files; 0 compresses none. Larger than 4 MiB, they are sent as they are. Needs a build with zlib.
  /// Over TLS, the length of a compressed response can tell of a secret in it to who controls another part of it: keep
  /// the two out of one response.
  std::size_t gzip_above = 4096;

  /// How long a TLS handshake may take.
  Milliseconds tls_handshake_timeout{10'000};

  /// How long the headers, and then the body, of a request may take; 408 after that.
  Milliseconds header_timeout{10'000};
  Milliseconds body_timeout{30'000};

  /// How long a connection may be silent before and between requests. A held connect, and a request over which a
  /// policy takes its time, have no limit here: the bus ends them.
  Milliseconds idle_timeout{60'000};

  /// How long a peer may take to accept some more of a response, however little: one that reads slowly but steadily stays,
  /// with that response and no more than its connection. On Linux, one that does not even acknowledge what it
  /// was sent (RFC 5482) has twice that: a peer that has gone without a word is noticed so, once there is something to
  /// say.
  Milliseconds write_timeout{30'000};

  /// How long an EventSource may be silent, twice that at most, before it is sent a comment: proxies cut connections
  /// over which nothing goes, and a peer that has gone without a word is noticed so.
  Milliseconds event_source_ping_interval{15'000};

  /// How long clients have to leave when a signal ends the server: see `stop_on_signals`. Who manages services kills what
  /// is still there after 30 (Kubernetes) or 90 seconds (systemd).
  Milliseconds drain_timeout{10'000};

  /// A path at which the numbers of the server and of its bus can be read as text for Prometheus, such as `/metrics`; none
  /// when empty. Whoever can reach the server can read it.
  std::string metrics_path;

  /// How long `stop` lets responses that are under way finish.
  Milliseconds stop_timeout{5'000};
};

/// What an AsioServer has done since it began, and has now.
struct AsioServerStats {
  std::size_t connections = 0;              ///< Open now.
  std::size_t websockets = 0;               ///< Those of them that are WebSockets.
  std::size_t input_bytes = 0;              ///< Of requests and WebSocket messages that are coming in or wait.
  std::uint64_t websocket_messages_in = 0;  ///< WebSocket messages.
  std::uint64_t websocket_messages_out = 0;
  std::uint64_t framed = 0;    ///< Frames that were made: one for all sockets that get the same message.
  std::uint64_t deflated = 0;  ///< Messages that were compressed, each once for all sockets with the same parameters.
  std::uint64_t inflated = 0;  ///< Compressed messages that came in.
  std::uint64_t pings = 0;     ///< Pings that were sent.
  std::uint64_t gzipped = 0;  ///< HTTP responses that were compressed.

  // So far: connections that were not let in.
  std::uint64_t over_connections = 0;  ///< Times that accepting paused because of `max_connections`.
  std::uint64_t over_connections_per_address = 0;  ///< Closed at once because of `max_connections_per_address`.
  std::uint64_t accept_failures = 0;  ///< Times that the system had none to give: no more descriptors, or no memory.
  std::uint64_t tls_failures = 0;     ///< TLS handshakes that failed, those that the peer gave up included.

  // So far: requests that were refused. Each counts once.
  std::uint64_t header_too_large = 0;        ///< Beyond `max_header`: 431.
  std::uint64_t too_many_header_fields = 0;  ///< Beyond `max_header_fields`: 431.
  std::uint64_t body_too_large = 0;          ///< Beyond GatewayConfig::max_body: 413.
  std::uint64_t bad_requests = 0;            ///< Against a rule of HTTP: 400, 405, 417, 501, 505.
  std::uint64_t over_total_input = 0;        ///< Beyond `max_total_input`: 503, or a WebSocket that was closed.
  std::uint64_t bad_responses = 0;           ///< What a route answered and cannot be sent: 500.
  std::uint64_t held_back = 0;        ///< Times that requests were left for later because of `max_pipeline`.
  std::uint64_t protocol_errors = 0;  ///< WebSockets whose peer broke a rule, or WebSocketConfig::max_message.

  // So far: connections that were cut off.
  std::uint64_t tls_handshake_timeouts = 0;  ///< By `tls_handshake_timeout`.
  std::uint64_t header_timeouts = 0;         ///< By `header_timeout`: 408.
  std::uint64_t body_timeouts = 0;           ///< By `body_timeout`: 408, or a WebSocket with half a message.
  std::uint64_t idle_timeouts = 0;           ///< By `idle_timeout`.
  std::uint64_t write_timeouts = 0;          ///< By `write_timeout`: the peer did not read.
  std::uint64_t ping_timeouts = 0;           ///< By `ping_interval`: a WebSocket whose peer did not answer a ping.
  std::uint64_t stop_timeouts = 0;           ///< By `stop_timeout`.

  /// As Stats::for_each.
  template <class Visit>
  void for_each(Visit&& visit) const {
    visit("connections", std::uint64_t(connections), "Connections that are open", false);
    visit("websockets", std::uint64_t(websockets), "WebSockets that are open", false);
    visit("input_bytes", std::uint64_t(input_bytes), "Bytes of requests and WebSocket messages that are coming in", false);
    const auto so_far = [&](std::string_view name, std::uint64_t value, std::string_view help) {
      visit(name, value, help, true);
    };
    for_each_message(so_far);
    for_each_refusal(so_far);
    for_each_cut(so_far);
  }

 private:
  template <class Visit>
  void for_each_message(const Visit& visit) const {
    visit("websocket_messages_in", websocket_messages_in, "WebSocket messages that came in");
    visit("websocket_messages_out", websocket_messages_out, "WebSocket messages that went out");
    visit("framed", framed, "WebSocket frames that were made");
    visit("deflated", deflated, "WebSocket messages that were compressed");
    visit("inflated", inflated, "Compressed WebSocket messages that came in");
    visit("pings", pings, "Pings that were sent");
    visit("gzipped", gzipped, "HTTP responses that were compressed");
  }

  template <class Visit>
  void for_each_refusal(const Visit& visit) const {
    visit("over_connections", over_connections, "Times that accepting paused because there were too many connections");
    visit("over_connections_per_address", over_connections_per_address, "Connections too many from one address");
    visit("accept_failures", accept_failures, "Times that the system had no connection to give");
    visit("tls_failures", tls_failures, "TLS handshakes that failed");
    visit("header_too_large", header_too_large, "Requests whose headers were too large");
    visit("too_many_header_fields", too_many_header_fields, "Requests with too many header fields");
    visit("body_too_large", body_too_large, "Requests whose body was too large");
    visit("bad_requests", bad_requests, "Requests against a rule of HTTP");
    visit("over_total_input", over_total_input, "Requests and WebSockets for whose input there was no room");
    visit("bad_responses", bad_responses, "Responses of routes that cannot be sent");
    visit("held_back", held_back, "Times that requests of a connection were left for later");
    visit("protocol_errors", protocol_errors, "WebSockets whose peer broke a rule");
  }

  template <class Visit>
  void for_each_cut(const Visit& visit) const {
    visit("tls_handshake_timeouts", tls_handshake_timeouts, "TLS handshakes that took too long");
    visit("header_timeouts", header_timeouts, "Requests whose headers took too long");
    visit("body_timeouts", body_timeouts, "Requests and WebSocket messages of which the rest took too long");
    visit("idle_timeouts", idle_timeouts, "Connections that were silent for too long");
    visit("write_timeouts", write_timeouts, "Connections whose peer did not read");
    visit("ping_timeouts", ping_timeouts, "WebSockets whose peer did not answer a ping");
    visit("stop_timeouts", stop_timeouts, "Connections that were still busy when the server had to stop");
  }
};

/// An HTTP/1.1 server (RFC 9112) for a bus, on standalone Asio: all that a small program needs, and an example of
/// what a transport has to do. It also runs the clock of its bus.
///
///     bayeux::Bus bus;
///     bayeux::AsioServer server(bus, {.port = 8080, .static_files = "www"});
///     server.run();
///
/// A bus may have several servers, on several ports.
///
/// Lifetime: the bus, and a handed-in io_context, must outlive it.
class AsioServer final {
 public:
  /// Answers a request of a path of its own. It must not block for long: the thread serves other connections.
  using Handler = std::function<HttpResponse(const HttpRequest&)>;

  /// Listens at once, with an io_context and, in `run`, threads of its own.
  ///
  /// Errors: throws std::system_error (config_invalid, or what the system says of the address or of a file of TLS). It
  /// names the file, and shows nothing of what is in it.
  AsioServer(Bus& bus, AsioServerConfig config = {});

  /// Listens at once, and works on whatever threads run `io`, one or several.
  ///
  /// Errors: as above.
  AsioServer(Bus& bus, asio::io_context& io, AsioServerConfig config = {});

  /// Closes what is open. `run` must have returned. The threads that run a handed-in io_context must have left it, or
  /// it must be the thread of the destructor that runs it, and not within a handler or task of the server.
  ~AsioServer();
  AsioServer(const AsioServer&) = delete;
  AsioServer& operator=(const AsioServer&) = delete;

  /// The port it listens on.
  std::uint16_t port() const noexcept;

  /// Connections that are open now. Threads: any.
  std::size_t connections() const noexcept;

  /// Threads: any.
  AsioServerStats stats() const;

  /// Answers requests of exactly that path (and any query) with `handler`. Call it before the first request comes.
  /// An exception of the handler is logged, counted (Stats::callback_failures) and answered 500. So is a response that
  /// cannot be sent (a status outside 200 to 599, a header with a line break), which counts as `bad_responses`. Other
  /// methods and HEAD come to it as well.
  void route(std::string path, Handler handler);

  /// Reads the files of AsioServerConfig::tls again, as after a renewal, for connections that come from now on.
  /// Others keep what they have. Takes the time of reading two files. Threads: any.
  ///
  /// Errors: throws std::system_error as the constructor; what was in use stays in use then. Without TLS:
  /// config_invalid.
  void reload_certificate();

  /// Works until `stop`. Only for a server with an io_context of its own.
  ///
  /// Errors: throws std::system_error (config_invalid with a handed-in io_context, or what starting a thread says).
  void run();

  /// Stops accepting, lets go of parked polls and of requests over which a policy takes its time, finishes what is
  /// being answered within AsioServerConfig::stop_timeout, and lets `run` return. Threads: any; more than once is
  /// nothing. Safe in a callback; not in a signal handler, see `stop_on_signals`.
  void stop();

  /// Calls Bus::drain, and `stop` when nobody is left: for a restart that loses nothing, behind something that leads new
  /// connections elsewhere. Until then the server answers, because clients come to say what they have received. Other
  /// servers of the same bus end with their own `drain`. Threads: any.
  void drain(Milliseconds deadline);

  /// Calls `drain` with AsioServerConfig::drain_timeout when SIGINT or SIGTERM comes, and `stop` when another one does.
  void stop_on_signals();

  /// Runs a task on a thread of the server: once, as soon as there is time. What it throws is logged and
  /// counted (Stats::callback_failures). Threads: any.
  void post(std::function<void()> task);

  /// Runs a task every `period`, of a millisecond to a year, until the server stops, one run at a time. What it throws is
  /// logged and counted. Threads: any.
  void every(Milliseconds period, std::function<void()> task);

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace bayeux
