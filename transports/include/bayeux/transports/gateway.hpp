#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <bayeux/clock.hpp>
#include <bayeux/fwd.hpp>
#include <bayeux/transports/http.hpp>

namespace bayeux {

/// When the cookie is marked `Secure`: browsers send it over TLS alone then, and keep it only if it came that way.
enum class CookieSecurity : std::uint8_t {
  over_tls,  ///< In responses to requests that came over TLS (HttpRequest::tls).
  always,    ///< In all: for a program behind a proxy that ends TLS and does not say so.
  never,
};

/// The attributes of the cookie by which the windows of one browser are known as such (protocol: "Browser cookie
/// and multi-session detection"; RFC 6265bis).
///
/// Browsers drop a cookie of another site (`None`), a partitioned one, and one whose name begins with `__Secure-` or
/// `__Host-`, unless it is `Secure`. So such a cookie cannot be CookieSecurity::never, and with CookieSecurity::over_tls
/// a request without TLS is given none. `__Host-`, which keeps a cookie from being set by other hosts of the domain, also
/// wants the path `/` and no domain.
struct BrowserCookie {
  std::string name = "BAYEUX_BROWSER";
  std::string path = "/";
  std::string domain;             ///< Left out when empty.
  std::string same_site = "Lax";  ///< `Lax`, `Strict` or `None`; left out when empty.
  bool http_only = true;          ///< Keeps it from scripts.
  CookieSecurity secure = CookieSecurity::over_tls;
  bool partitioned = false;  ///< Another cookie for each site whose pages embed ours.
};

/// Which transports a Gateway offers and what it lets in.
struct GatewayConfig {
  bool long_polling = true;

  /// JSONP. Off by default: any page anywhere can then read and do what a browser of yours may, because scripts are
  /// requested without `Origin`. `allowed_origins` does not keep them out.
  bool callback_polling = false;

  /// EventSource: a GET with `Accept: text/event-stream` on a path that ends with the client id is answered by a stream
  /// of that client's events; its requests come by `long_polling`, without which
  /// there are no streams. What was written to a stream that is cut may be
  /// lost, as with every transport that has no acknowledgement. The client id, which is a secret, stands in the
  /// address: keep such addresses out of logs.
  bool event_source = true;

  /// After how long a browser opens a stream again that was cut; more than `longest_told` is that. Must be positive, and
  /// should be well below Config::max_interval.
  Milliseconds event_source_retry{1'000};

  /// Origins whose pages may use the bus across origins, such as `https://example.org`; `*` stands for any. Any other
  /// request of a page of another origin is refused (403) before anything is done, a form too, for which browsers ask
  /// nobody first. What comes from the host's own pages is always let in, and so is what says of no page: programs. Its own is
  /// what `Host` says, by http or https; over TLS by https alone. Whose page it is tells `Origin`; where that is missing
  /// `Sec-Fetch-Site`, and where that is missing `Referer`. `null` (files, sandboxes) only where it is listed.
  std::vector<std::string> allowed_origins;

  /// Request headers that pages of other origins may send, besides `content-type` and `pragma`; `*` stands for
  /// whatever they ask for.
  std::vector<std::string> allowed_headers;

  BrowserCookie cookie;

  /// Bytes of a request body; more is answered 413.
  std::size_t max_body = 1024 * 1024;

  /// Bytes of events in one response; what is left waits for the next. Clients refuse large ones (the Java client
  /// above 1 MiB).
  std::size_t max_response = 512 * 1024;

  /// The status of a held connect whose place a newer one took; 400 or more.
  int duplicate_connect_status = 500;

  /// The name of the query parameter that holds the JSONP callback, and how long that may be.
  std::string callback_parameter = "jsonp";
  std::size_t max_callback_length = 128;
};

/// What a Gateway has refused since it began, each request once, and what else became of requests. None of it says who.
struct GatewayStats {
  // Refused, because of who asks.
  std::uint64_t foreign_origins = 0;  ///< Requests of pages of origins that are not allowed (403).
  std::uint64_t foreign_forms = 0;    ///< Others, for which a browser asks nobody first: POSTs as of a form (403).

  // Refused, because of what is asked.
  std::uint64_t too_large = 0;         ///< Beyond GatewayConfig::max_body (413, 414).
  std::uint64_t too_many = 0;          ///< More messages than Config::max_batch (413).
  std::uint64_t unreadable = 0;        ///< No messages: neither JSON nor a form with some (400).
  std::uint64_t wrong_codings = 0;     ///< Compressed, or not in UTF-8 (415).
  std::uint64_t wrong_callbacks = 0;   ///< With a callback that is none, or too long (400).
  std::uint64_t wrong_client_ids = 0;  ///< For a stream of what is no client id (400).
  std::uint64_t wrong_methods = 0;     ///< By another method (405), or a transport that is not offered (400).

  // Refused, because of us.
  std::uint64_t over_windows = 0;  ///< Streams beyond Config::max_sessions_per_browser (503).
  std::uint64_t failed = 0;        ///< For another reason, such as the end of the bus (500, 503).

  // Not refused, and yet not answered as they should have been.
  std::uint64_t cut_requests = 0;  ///< Their peer hung up before the answer was there, or the stack let go of them.
  std::uint64_t cut_streams = 0;   ///< They ended before their session did.
  std::uint64_t withheld_cookies = 0;  ///< Handshakes without TLS that were given no cookie: see BrowserCookie.

  /// As Stats::for_each.
  template <class Visit>
  void for_each(Visit&& visit) const {
    visit("foreign_origins", foreign_origins, "Requests of pages of origins that are not allowed", true);
    visit("foreign_forms", foreign_forms, "Forms of pages of origins that are not allowed", true);
    visit("too_large", too_large, "Requests that were too large", true);
    visit("too_many", too_many, "Requests with too many messages", true);
    visit("unreadable", unreadable, "Requests that were no messages", true);
    visit("wrong_codings", wrong_codings, "Requests that were compressed or not in UTF-8", true);
    visit("wrong_callbacks", wrong_callbacks, "Requests with a callback that is none", true);
    visit("wrong_client_ids", wrong_client_ids, "Requests for a stream of what is no client id", true);
    visit("wrong_methods", wrong_methods, "Requests by a method or transport that is not offered", true);
    visit("over_windows", over_windows, "Streams of too many windows of a browser", true);
    visit("failed", failed, "Requests that failed", true);
    visit("cut_requests", cut_requests, "Requests whose peer was gone before they were answered", true);
    visit("cut_streams", cut_streams, "Streams that ended before their session did", true);
    visit("withheld_cookies", withheld_cookies, "Handshakes without TLS that were given no cookie", true);
  }
};

/// One HTTP request that the bus is answering, now or later.
///
/// Lifetime: must not outlive its Gateway and Bus. Destroying it is hanging up.
/// Threads: one at a time.
class HttpExchange {
 public:
  virtual ~HttpExchange() = default;

  /// True when the response, or the next part of it, can be taken. Goes on with what waited for a policy, so look again
  /// after every wake.
  virtual bool ready() = 0;

  /// Takes the response, once, when `ready()`.
  virtual HttpResponse take() = 0;

  /// Asked after `take`: true when what was taken is but the beginning of the response, whose length nobody knows yet
  /// (an EventSource). Then take a part whenever `ready()`, until this turns false: there the body ends.
  ///
  /// A stack that cannot stream needs not ask: it sends the beginning as a whole response and destroys the exchange.
  /// The client then opens the stream again after GatewayConfig::event_source_retry, and gets what has come meanwhile.
  virtual bool streaming() const { return false; }

  /// Takes what follows, which may be nothing at all, when `ready()`. Write all of it before you take more: what waits
  /// meanwhile, waits in the client's queue, which has limits.
  virtual std::string take_part() { return {}; }

  /// What to send on a stream over which nothing went for some time, such as 15 s, and which means nothing to the
  /// client. It keeps proxies from taking the connection for dead, and shows whether the peer is still there.
  virtual std::string_view keep_alive() const { return {}; }

  /// Says that the peer hung up before it was answered, or that its stream was cut: what was not taken stays queued for
  /// the client.
  virtual void abort() = 0;
};

/// The bus's door for HTTP: looks at a request, picks the transport and answers. Give it every request below the
/// endpoint, whatever its method and path suffix.
///
///     auto exchange = gateway.open(request, carrier);
///     if (exchange->ready()) respond(exchange->take());      // else: when carrier->wake() was called
///     // and for a stack that can stream, as long as exchange->streaming(), after every carrier->wake():
///     if (exchange->ready()) send(exchange->take_part());
///
/// A stack needs no more than this: on `wake()`, which comes from any thread, go to the thread of the connection,
/// and there `take` if `ready()`. When the peer hangs up meanwhile, `abort` and drop the exchange.
///
/// Threads: any, at once.
class Gateway final {
 public:
  /// Adds the connection types that it serves to those which `bus` offers. `bus` must outlive it.
  ///
  /// Errors: throws std::system_error (config_invalid): a status, size, cookie attribute, origin, header or parameter
  /// name that is none, or a cookie that browsers would drop.
  explicit Gateway(Bus& bus, GatewayConfig config = {});
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  const GatewayConfig& config() const noexcept;

  /// Threads: any.
  GatewayStats stats() const noexcept;

  /// Begins to answer a request, of which nothing is used after the call. Never fails: what is wrong is in the
  /// response.
  std::unique_ptr<HttpExchange> open(const HttpRequest& request, std::shared_ptr<Carrier> carrier);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bayeux
