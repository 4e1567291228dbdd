#pragma once

#include <microhttpd.h>

#include <any>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <bayeux/transports/adapters/microhttpd/exchange.hpp>
#include <bayeux/transports/adapters/microhttpd/peer_watch.hpp>
#include <bayeux/transports/endpoint.hpp>

namespace bayeux {

struct MicrohttpdOptions {
  /// What policies are shown of a request (HttpRequest::attachment); nothing when empty. Called on the thread of the
  /// connection. When it throws, that is logged and counted (Stats::callback_failures), and the connection is closed.
  std::function<std::any(MHD_Connection*)> attach;
};

/// The bus inside a program that speaks HTTP with libmicrohttpd (0.9.73 or newer): what its access handler hands over
/// is answered by an Endpoint, with streams (EventSource). While the bus has nothing to say the connection is
/// suspended, so that thousands may wait and no thread does.
///
///     bayeux::Endpoint endpoint(bus, {.websocket = std::nullopt});
///     bayeux::MicrohttpdEndpoint bayeux(endpoint);
///
///     MHD_Result on_request(void*, MHD_Connection* connection, const char* url, const char* method, const char*,
///                           const char* data, std::size_t* size, void** request) {
///       if (bayeux.serves(url)) return bayeux.answer(connection, url, method, data, size, request);
///       ...                                                          // a route of the host
///     }
///     void on_completed(void*, MHD_Connection*, void** request, MHD_RequestTerminationCode) {
///       if (bayeux.complete(request)) return;
///       ...                                                          // what the host keeps for a request of its own
///     }
///
///     MHD_start_daemon(MHD_USE_AUTO_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, port, nullptr, nullptr, &on_request,
///                      nullptr, MHD_OPTION_NOTIFY_COMPLETED, &on_completed, nullptr, MHD_OPTION_END);
///     ...
///     bayeux.stop();                                                 // and then
///     MHD_stop_daemon(daemon);
///
/// The daemon polls by itself, on one thread or on several (MHD_OPTION_THREAD_POOL_SIZE). A thread for each connection
/// (MHD_USE_THREAD_PER_CONNECTION) knows no suspending, and will not do. Both callbacks and the option
/// MHD_ALLOW_SUSPEND_RESUME are needed; MHD_OPTION_URI_LOG_CALLBACK must not set `*request`.
///
/// WebSocket is not offered here: say so in EndpointConfig::websocket, and clients fall back on polling.
///
/// A peer that hangs up while it waits is noticed on Linux, by a thread that watches the sockets of suspended
/// connections, because libmicrohttpd does not look at them. A peer that ends its own side of the connection counts as
/// one that hung up. Elsewhere it is noticed when there is something to be said to it, at the latest when its time is
/// up (Config::timeout): so long its session lives, and what was written to it then is lost to a client that does not
/// acknowledge. MHD_OPTION_CONNECTION_TIMEOUT does not count while a connection is suspended.
///
/// A request that announces a body larger than GatewayConfig::max_body is answered 413 at once. One that sends it in
/// chunks is answered behind it, and cut off after four times as much.
///
/// Policies are shown the target put together again from what libmicrohttpd took apart and decoded: what was `%2F` in
/// the path is `/` there.
///
/// Lifetime: `endpoint` must outlive it. It must outlive the daemon.
/// Threads: any, at once. None of it throws into libmicrohttpd.
class MicrohttpdEndpoint final {
 public:
  /// Errors: throws std::system_error when there can be no more threads or descriptors.
  explicit MicrohttpdEndpoint(Endpoint& endpoint, MicrohttpdOptions options = {})
      : endpoint_(endpoint),
        options_(std::move(options)),
        watch_([this](void* exchange) { hang_up(exchange); }, [this] { pulse(); }) {}
  ~MicrohttpdEndpoint() { stop(); }
  MicrohttpdEndpoint(const MicrohttpdEndpoint&) = delete;
  MicrohttpdEndpoint& operator=(const MicrohttpdEndpoint&) = delete;

  /// Whether a request is for the bus.
  bool serves(const char* url) const noexcept { return endpoint_.serves(url); }

  /// Answers it, with the arguments of MHD_AccessHandlerCallback, whose result it gives. Keeps what it needs in
  /// `*request`, from the first call for a request to `complete`.
  MHD_Result answer(MHD_Connection* connection, const char* url, const char* method, const char* data,
                    std::size_t* data_size, void** request) noexcept {
    try {
      if (*request == nullptr) return begin(connection, request);
      auto& exchange = *static_cast<microhttpd_adapter::Exchange*>(*request);
      if (*data_size > 0) return exchange.receive({data, std::exchange(*data_size, 0)});
      return exchange.go_on(url, method, options_.attach);
    } catch (...) {  // No memory, or an `attach` that threw, which has been told.
      return MHD_NO;
    }
  }

  /// For MHD_RequestCompletedCallback: true when the request was one of the bus, which is done with it then.
  bool complete(void** request) noexcept {
    const auto exchange = find(*request);
    if (exchange == nullptr) return false;
    exchange->close();
    {
      const std::lock_guard lock(mutex_);
      exchanges_.erase(*request);
    }
    *request = nullptr;
    return true;
  }

  /// To be called before MHD_stop_daemon, which may not find suspended connections: those that wait are cut off, and
  /// what waits for their clients stays queued. Nothing is answered any more.
  void stop() noexcept {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    for (const auto& exchange : all()) exchange->resume(microhttpd_adapter::Exchange::Why::stopped);
  }

 private:
  using Shared = std::shared_ptr<microhttpd_adapter::Exchange>;

  MHD_Result begin(MHD_Connection* connection, void** request) {
    auto exchange = std::make_shared<microhttpd_adapter::Exchange>(endpoint_, watch_, connection);
    {
      const std::lock_guard lock(mutex_);
      if (stopped_) return MHD_NO;
      exchanges_.emplace(exchange.get(), exchange);
    }
    *request = exchange.get();
    return exchange->begin();
  }

  Shared find(void* exchange) const noexcept {
    const std::lock_guard lock(mutex_);
    const auto found = exchanges_.find(exchange);
    return found != exchanges_.end() ? found->second : nullptr;
  }

  /// Those that are under way.
  std::vector<Shared> all() const {
    const std::lock_guard lock(mutex_);
    std::vector<Shared> all;
    all.reserve(exchanges_.size());
    for (const auto& [address, exchange] : exchanges_) all.push_back(exchange);
    return all;
  }

  void hang_up(void* exchange) {
    if (const auto found = find(exchange)) found->resume(microhttpd_adapter::Exchange::Why::hung_up);
  }

  void pulse() {
    for (const auto& exchange : all()) exchange->pulse();
  }

  Endpoint& endpoint_;
  const MicrohttpdOptions options_;
  mutable std::mutex mutex_;
  bool stopped_ = false;
  std::unordered_map<void*, Shared> exchanges_;
  microhttpd_adapter::PeerWatch watch_;  ///< The first to go: its thread looks at the others.
};

}  // namespace bayeux
