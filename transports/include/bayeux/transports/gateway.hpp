#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <bayeux/clock.hpp>
#include <bayeux/fwd.hpp>
#include <bayeux/transports/http.hpp>

namespace bayeux {

/// The attributes of the cookie by which the windows of one browser are known as such (protocol: "Browser cookie
/// and multi-session detection"; RFC 6265).
struct BrowserCookie {
  std::string name = "BAYEUX_BROWSER";
  std::string path = "/";
  std::string domain;             ///< Left out when empty.
  std::string same_site = "Lax";  ///< `Lax`, `Strict` or `None`; left out when empty.
  bool http_only = true;
  bool secure = false;       ///< Sent only with responses to requests that came over TLS.
  bool partitioned = false;  ///< Needs `secure`.
};

/// Which transports a Gateway offers and what it lets in.
struct GatewayConfig {
  bool long_polling = true;

  /// JSONP. Off by default: any page anywhere can then read what a browser of yours may read, because scripts are
  /// requested without `Origin`.
  bool callback_polling = false;

  /// EventSource: a GET with `Accept: text/event-stream` on a path that ends with the client id is answered by a stream
  /// of that client's events; its requests come by `long_polling`, without which
  /// there are no streams. What was written to a stream that is cut may be
  /// lost, as with every transport that has no acknowledgement. The client id, which is a secret, stands in the
  /// address: keep such addresses out of logs.
  bool event_source = true;

  /// After how long a browser opens a stream again that was cut. Must be positive, and should be well below
  /// Config::max_interval.
  Milliseconds event_source_retry{1'000};

  /// Origins whose pages may use the bus across origins, such as `https://example.org`; `*` stands for any. A
  /// request from another origin is refused (403), one without `Origin` or from its own host is always let in. Its own
  /// is what `Host` says, by http or https; over TLS by https alone. `null` (files, sandboxes) only where it is listed.
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

  /// Begins to answer a request, of which nothing is used after the call. Never fails: what is wrong is in the
  /// response.
  std::unique_ptr<HttpExchange> open(const HttpRequest& request, std::shared_ptr<Carrier> carrier);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bayeux
