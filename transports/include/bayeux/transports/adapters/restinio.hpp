#pragma once

#include <any>
#include <memory>
#include <type_traits>
#include <utility>

#include <restinio/all.hpp>

#include <bayeux/transports/adapters/restinio/connections.hpp>
#include <bayeux/transports/adapters/restinio/exchange.hpp>
#include <bayeux/transports/adapters/restinio/socket.hpp>
#include <bayeux/transports/endpoint.hpp>

namespace bayeux {

/// The bus inside a RESTinio server (0.6): what its request handler or its router hands over is answered by an Endpoint,
/// by HTTP with streams (EventSource), and by WebSocket where EndpointConfig::websocket says so.
///
///     struct Traits : restinio::default_traits_t {
///       using connection_state_listener_t = bayeux::RestinioConnections;
///     };
///     asio::io_context io;
///     bayeux::RestinioEndpoint<Traits> bayeux(endpoint, io);
///     auto server = restinio::run_async<Traits>(
///         restinio::external_io_context(io),
///         restinio::server_settings_t<Traits>{}
///             .connection_state_listener(bayeux.connections())
///             .max_pipelined_requests(2)
///             .handle_request_timeout(std::chrono::seconds(60))
///             .request_handler([&](auto request) {
///               if (bayeux.serves(*request)) return bayeux.accept(request);
///               return restinio::request_rejected();  // or what the host does
///             }),
///         threads);
///
/// What the settings of the server are to say:
/// - `handle_request_timeout` is longer than Config::timeout and Config::verdict_timeout, and longer than the 15 s after
///   which a stream shows that it lives. RESTinio closes a connection whose request takes longer; it says 10 s.
/// - `max_pipelined_requests` is 2 or more, and the listener is there: then a peer that hangs up while it waits is noticed
///   at once. RESTinio reads on only as long as it may take one more request; with its 1 a loss shows when something is
///   written, and what was written then is lost to clients that do not acknowledge.
/// - `incoming_http_msg_limits`: RESTinio reads a body whole before it hands it over. What is larger than
///   GatewayConfig::max_body is answered 413 after that, and what is larger than RESTinio's limit, which is none, ends the
///   connection without an answer: set that to somewhat more than `max_body`.
/// - `socket_options_setter` sets `no_delay`, which RESTinio does not: otherwise what follows closely on something else may
///   wait some 40 ms.
///
/// RESTinio reads whole frames of a WebSocket, however long they say they are, and has no limit for that: it takes as much
/// memory as the head of a frame announces. WebSocketConfig::max_message closes the socket after that (1009). Where peers
/// cannot be trusted, put a proxy with a limit in front, or offer no WebSocket here.
///
/// Lifetime: `endpoint` and `io` must outlive it, and nothing of the server may run any more when it goes. One for each
/// server: RESTinio numbers connections by server.
/// Threads: any, at once. Traits with one thread and with several will do.
template <class Traits = restinio::default_traits_t>
class RestinioEndpoint final {
 public:
  using Request = restinio::generic_request_type_from_traits_t<Traits>;

  /// `io` is what the server runs on (`restinio::external_io_context`).
  RestinioEndpoint(Endpoint& endpoint, restinio::asio_ns::io_context& io)
      : endpoint_(endpoint), io_(io), connections_(std::make_shared<RestinioConnections>()) {}
  ~RestinioEndpoint() { connections_->drop_all(); }
  RestinioEndpoint(const RestinioEndpoint&) = delete;
  RestinioEndpoint& operator=(const RestinioEndpoint&) = delete;

  /// The listener for the settings of the server.
  const std::shared_ptr<RestinioConnections>& connections() const noexcept { return connections_; }

  /// Whether a request is for the bus.
  bool serves(const Request& request) const noexcept {
    const auto target = request.header().request_target();
    return endpoint_.serves({target.data(), target.size()});
  }

  /// Answers it, now or later. `attachment` is what policies are shown (HttpRequest::attachment).
  restinio::request_handling_status_t accept(const std::shared_ptr<Request>& request, std::any attachment = {}) {
    constexpr bool tls = !std::is_same_v<typename Traits::stream_socket_t, restinio::asio_ns::ip::tcp::socket>;
    const auto address = request->remote_endpoint().address().to_string();
    const auto http = restinio_adapter::http_request(*request, address, tls, std::move(attachment));
    if (endpoint_.config().websocket && restinio_adapter::asks_for_websocket(*request)) {
      upgrade(*request, http);
    } else {
      using Exchange = restinio_adapter::Exchange<Request>;
      std::make_shared<Exchange>(io_, connections_, request)->open(endpoint_, http);
    }
    return restinio::request_accepted();
  }

 private:
  void upgrade(Request& request, const HttpRequest& http) {
    if (auto refusal = restinio_adapter::upgrade_refusal(request)) {
      return restinio_adapter::respond(request, std::move(*refusal));
    }
    const auto socket = std::make_shared<restinio_adapter::Socket>(
        io_, connections_, request.connection_id(), endpoint_.config().websocket->max_message);
    auto answer = endpoint_.open_websocket(http, socket->wake());
    if (answer.socket == nullptr) return restinio_adapter::respond(request, std::move(answer.refusal));
    auto fields = restinio_adapter::upgrade_fields(request, answer.protocol);
    socket->template open<Traits>(request, std::move(answer.socket), std::move(fields));
  }

  Endpoint& endpoint_;
  restinio::asio_ns::io_context& io_;
  const std::shared_ptr<RestinioConnections> connections_;
};

}  // namespace bayeux
