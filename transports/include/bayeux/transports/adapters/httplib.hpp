#pragma once

#include <algorithm>
#include <any>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <httplib.h>

#include <bayeux/bus.hpp>
#include <bayeux/extension.hpp>
#include <bayeux/transports/adapters/httplib/peer.hpp>
#include <bayeux/transports/adapters/httplib/places.hpp>
#include <bayeux/transports/endpoint.hpp>

namespace bayeux {

/// How the polls of clients take the threads of a cpp-httplib server. A time of more than a year is a year
/// (`longest_time`), and `poll_interval` 24 days at most (`longest_told`).
struct HttplibOptions {
  /// How many connects are held at once. Each of them has a thread of the server waiting for it, so that this must be
  /// well below the number of those. A connect beyond it is answered at once, and its client is told to come back every
  /// `poll_interval`, until one of its connects finds a place again.
  std::size_t max_parked = 64;
  Milliseconds poll_interval{2'000};

  /// A request that is not answered after that time is given up (503), so that no thread is lost when nobody runs the
  /// clock of the bus. Must be longer than Config::timeout and Config::verdict_timeout.
  Milliseconds longest_wait{60'000};

  /// How often it is looked whether a peer that waits is still there.
  Milliseconds hang_up_check{500};

  /// What policies are shown of a request (HttpRequest::attachment); nothing when empty. When it throws, that is
  /// logged and counted (Stats::callback_failures), and the answer is 500.
  std::function<std::any(const httplib::Request&)> attach;
};

namespace httplib_adapter {

/// A thread of the server that waits for the bus.
///
/// Threads: any, at once.
class Waiter final {
 public:
  void wake() {
    {
      const std::lock_guard lock(mutex_);
      woken_ = true;
    }
    changed_.notify_one();
  }

  /// True when it was woken before that time was up.
  bool wait(Milliseconds span) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, span, [this] { return woken_; });
    return std::exchange(woken_, false);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;
};

/// What cpp-httplib adds to the header fields of the peer.
inline bool is_added(std::string_view name) {
  return name == "REMOTE_ADDR" || name == "REMOTE_PORT" || name == "LOCAL_ADDR" || name == "LOCAL_PORT";
}

/// Views of what `request` and `body` hold.
inline HttpRequest http_request(const httplib::Request& request, std::string_view body, std::any attachment) {
  HttpRequest http;
  http.method = request.method;
  http.target = request.target;
  for (const auto& [name, value] : request.headers) {
    if (!is_added(name)) http.headers.emplace_back(name, value);
  }
  http.body = body;
  http.remote_address = request.remote_addr;
#ifdef CPPHTTPLIB_OPENSSL_SUPPORT
  http.tls = request.ssl != nullptr;
#endif
  http.attachment = std::move(attachment);
  return http;
}

inline HttplibOptions bounded(HttplibOptions options) {
  options.poll_interval = std::min(options.poll_interval, longest_told);
  options.longest_wait = std::min(options.longest_wait, longest_time);
  options.hang_up_check = std::min(options.hang_up_check, longest_time);
  return options;
}

/// The regular expression by which cpp-httplib finds what is below a path.
inline std::string pattern(std::string_view path) {
  std::string pattern;
  while (path.ends_with('/')) path.remove_suffix(1);
  for (const char c : path) {
    if (std::string_view("\\^$.|?*+()[]{}").find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern + "(/.*)?";
}

}  // namespace httplib_adapter

/// The bus inside a cpp-httplib server (0.11), by HTTP.
///
///     httplib::Server server;
///     bayeux::HttplibEndpoint bayeux(bus, endpoint, {.max_parked = 100});
///     server.new_task_queue = [] { return new httplib::ThreadPool(100 + 32); };
///     bayeux.serve(server);                    // next to the routes of the host
///     ...
///     bayeux.stop();                           // lets go of those who wait, so that stopping the server does not
///     server.stop();
///
/// What it costs: cpp-httplib gives each connection a thread for as long as that is open, which is while a request is
/// answered, and then for `set_keep_alive_timeout` (5 s). A client that polls has a connection with a poll that is held,
/// and needs another to publish. So the thread pool limits the clients: give it HttplibOptions::max_parked threads, and
/// for whatever else the server does as many as it has connections at a time; connections that find no thread wait until
/// one is free. A thread takes its stack (8 MiB of addresses, some 10 KiB of memory in use). Clients beyond `max_parked`
/// are served all the same, but hear things up to `poll_interval` later. While the adapter lives, connects take the
/// longer way through the bus that extensions need.
///
/// A stream (EventSource) is not held: its client gets what there is and opens it again after
/// GatewayConfig::event_source_retry. Better turn `event_source` off, so that browsers poll. There is no WebSocket:
/// EndpointConfig::websocket is to be std::nullopt, or clients try it first, and in vain.
///
/// cpp-httplib does not say when a peer hangs up while its handler waits. On Linux the adapter asks the system instead,
/// every `hang_up_check`. Elsewhere the thread waits until the bus answers, at most Config::timeout; what it takes for the
/// lost poll is lost too, unless the client acknowledges.
///
/// Where a connection is better closed (HttpResponse::close) the peer is told so, and closes it. cpp-httplib itself does not
/// before `set_keep_alive_timeout`.
///
/// Bodies are read up to GatewayConfig::max_body; of more than that the rest is dropped as it comes in, and the answer is
/// 413. Say `server.set_payload_max_length` as well, where the host reads bodies of its own.
///
/// Lifetime: `bus` and `endpoint` must outlive it, and no handler of the server may run any more when it goes.
/// Threads: any, at once.
class HttplibEndpoint final {
 public:
  HttplibEndpoint(Bus& bus, Endpoint& endpoint, HttplibOptions options = {})
      : endpoint_(endpoint),
        options_(httplib_adapter::bounded(std::move(options))),
        places_(std::make_shared<httplib_adapter::Places>(options_.max_parked, options_.poll_interval)),
        usher_(bus.add_extension(places_)) {}
  HttplibEndpoint(const HttplibEndpoint&) = delete;
  HttplibEndpoint& operator=(const HttplibEndpoint&) = delete;

  /// Adds routes for the paths of the endpoint. Call it before the server listens.
  void serve(httplib::Server& server) {
    const auto plain = [this](const auto& request, auto& response) { answer(request, response); };
    const auto reading = [this](const auto& request, auto& response, const auto& reader) {
      answer(request, response, reader);
    };
    for (const auto& path : endpoint_.config().paths) {
      const auto pattern = httplib_adapter::pattern(path);
      server.Get(pattern, plain).Options(pattern, plain);
      server.Post(pattern, reading).Put(pattern, reading).Patch(pattern, reading).Delete(pattern, reading);
    }
  }

  /// Answers a request from a handler of the host, whose body was read already.
  void answer(const httplib::Request& request, httplib::Response& response) { answer(request, request.body, response); }

  /// Answers one whose body is still to be read.
  void answer(const httplib::Request& request, httplib::Response& response, const httplib::ContentReader& reader) {
    if (const auto body = read(request, response, reader)) answer(request, *body, response);
  }

  /// Lets go of all that is parked (503), and parks nothing any more. What was not taken stays queued for its clients.
  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    for (auto* waiter : waiters_) waiter->wake();
  }

 private:
  using Waiter = httplib_adapter::Waiter;

  /// A waiter that `stop` knows of.
  class Guest final {
   public:
    Guest(HttplibEndpoint& host, Waiter& waiter) : host_(host), waiter_(waiter) {
      const std::lock_guard lock(host_.mutex_);
      host_.waiters_.insert(&waiter_);
    }
    ~Guest() {
      const std::lock_guard lock(host_.mutex_);
      host_.waiters_.erase(&waiter_);
    }
    Guest(const Guest&) = delete;
    Guest& operator=(const Guest&) = delete;

   private:
    HttplibEndpoint& host_;
    Waiter& waiter_;
  };

  /// Nothing when it cannot be read: then the response says so.
  std::optional<std::string> read(const httplib::Request& request, httplib::Response& response,
                                  const httplib::ContentReader& reader) const {
    std::string body;
    // Without either it would read until the peer hangs up.
    if (!request.has_header("Content-Length") && !request.has_header("Transfer-Encoding")) return body;
    if (request.is_multipart_form_data()) {
      reader([](const auto&) { return true; }, [](const char*, std::size_t) { return true; });
      response.status = 415;
      return std::nullopt;
    }
    // One byte more than is allowed is enough for the bus to refuse it. What is not read would be taken for the next
    // request.
    const std::size_t max_body = endpoint_.config().gateway.max_body;
    const std::size_t most = std::max(max_body, max_body + 1);  // It may be all that a size can be.
    const bool whole = reader([&](const char* data, std::size_t size) {
      body.append(data, std::min(size, most - body.size()));
      return true;
    });
    return whole ? std::optional(std::move(body)) : std::nullopt;
  }

  /// Nothing when the host throws: what it threw would show in a header field of cpp-httplib's.
  std::optional<std::any> attachment_of(const httplib::Request& request) const try {
    std::optional<std::any> attachment(std::in_place);
    if (options_.attach) *attachment = options_.attach(request);
    return attachment;
  } catch (...) {
    endpoint_.report_exception("attach");
    return std::nullopt;
  }

  void answer(const httplib::Request& request, std::string_view body, httplib::Response& response) {
    const auto attachment = attachment_of(request);
    if (!attachment) return fail(response);
    const auto waiter = std::make_shared<Waiter>();
    const Guest guest(*this, *waiter);
    if (stopped_) return refuse(response);
    const httplib_adapter::Places::Turn turn(*places_);
    const auto pending =
        endpoint_.open(httplib_adapter::http_request(request, body, *attachment), [waiter] { waiter->wake(); });
    auto found = pending->look();
    if (!found) found = wait(request, *pending, *waiter);
    found ? fill(response, std::move(*found)) : refuse(response);
  }

  /// Nothing when it was given up.
  std::optional<HttpResponse> wait(const httplib::Request& request, PendingResponse& pending, Waiter& waiter) {
    const httplib_adapter::Peer peer(request);
    const auto limit = std::chrono::steady_clock::now() + options_.longest_wait;
    while (!stopped_ && !peer.hung_up() && std::chrono::steady_clock::now() < limit) {
      if (!waiter.wait(options_.hang_up_check)) continue;
      if (auto response = pending.look()) return response;
    }
    pending.abort();
    return std::nullopt;
  }

  static void fill(httplib::Response& to, HttpResponse from) {
    to.status = from.status;
    for (const auto& [name, value] : from.headers) to.set_header(name, value);
    if (from.close) to.set_header("Connection", "close");
    to.body = std::move(from.body);
  }

  static void fail(httplib::Response& response) {
    fill(response, {500, {{"Content-Type", "text/plain"}, {"X-Content-Type-Options", "nosniff"}}, "The request failed\n"});
  }

  static void refuse(httplib::Response& response) {
    response.status = 503;
    response.set_header("Retry-After", "1");
  }

  Endpoint& endpoint_;
  const HttplibOptions options_;
  const std::shared_ptr<httplib_adapter::Places> places_;
  const Registration usher_;
  std::mutex mutex_;
  std::set<Waiter*> waiters_;
  std::atomic<bool> stopped_{false};
};

}  // namespace bayeux
