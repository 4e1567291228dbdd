#pragma once

// The bus inside a program that speaks HTTP with Boost.Beast (Boost 1.74 or newer). Only who includes this needs Boost.
//
//     if (!endpoint.serves(target)) ...                                             // a route of the host
//     else if (websocket::is_upgrade(request))
//       bayeux::async_run_websocket(endpoint, websocket::stream<tcp_stream>(std::move(stream)), request, {}, token);
//     else
//       bayeux::async_answer(endpoint, stream, buffer, request, {}, token);         // and then read the next request

#include <memory>
#include <type_traits>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

#include <bayeux/transports/adapters/beast/answer.hpp>
#include <bayeux/transports/adapters/beast/options.hpp>
#include <bayeux/transports/adapters/beast/socket.hpp>
#include <bayeux/transports/endpoint.hpp>

namespace bayeux {

/// Answers one request that the host has read and that `Endpoint::serves`: opens it, waits for the bus, and writes the
/// response, or a stream of events until that ends. Calls the handler with `void(error_code, bool keep_alive)`. With
/// `keep_alive`, which is never true next to an error, the next request may be read; otherwise close the connection.
///
/// A peer that hangs up while its request waits is noticed, over TLS too: what its client has not got stays queued. To
/// see it, the operation reads ahead into `buffer`, the one with which the host reads its requests. What comes in, such
/// as a pipelined request, stays there for the host's next read; behind 16 KiB of it only a reset is noticed. A peer
/// that ends its own side of the connection counts as one that hung up. Nothing is being read any more when the handler
/// is called.
///
/// The body is what the host let in: give its parser a `body_limit` of GatewayConfig::max_body, and answer 413.
///
/// Lifetime: the stream, the buffer and the Endpoint must stay until the handler is called, `request` until the
/// operation has begun. An execution context that is destroyed hangs up on its peers: let it go before the Endpoint
/// does, and when no thread uses the bus any more.
/// Threads: as any operation of the stream: begin it on the stream's strand, with nothing else under way there. It goes
/// on, and the handler is called, on the executor of the handler, by default on that of the stream.
/// Errors: `net::error::eof` and others when the peer hung up; `operation_aborted` when the host cancelled or closed
/// the stream, which is how it ends the operation; `beast::error::timeout` when the peer took too long to read.
template <class Stream, class Buffer, beast_adapter::TextBody Body, class Fields, class Token>
auto async_answer(Endpoint& endpoint, Stream& stream, Buffer& buffer,
                  const boost::beast::http::request<Body, Fields>& request, BeastOptions options, Token&& token) {
  return boost::asio::async_initiate<Token, void(boost::beast::error_code, bool)>(
      [&endpoint, &stream, &buffer, &request, options = std::move(options)](auto&& handler) mutable {
        using Handler = std::decay_t<decltype(handler)>;
        std::make_shared<beast_adapter::Answer<Stream, Buffer, Handler>>(
            stream, buffer, std::move(options), std::forward<decltype(handler)>(handler))
            ->start(endpoint, request);
      },
      token);
}

/// Makes a WebSocket of the bus of a connection whose request `websocket::is_upgrade`, and runs it to its end; or
/// refuses it. Calls the handler with `void(error_code)`: without an error when the socket was closed as it should be,
/// or refused. The connection is closed then.
///
/// The host makes `stream` over its connection with the options that it likes, such as permessage-deflate; limits of
/// time and size, the decorator and the subprotocol are set here. Bytes that came in behind the request are lost: a
/// client has to wait for the response (RFC 6455 section 4.1).
///
/// Lifetime: takes the stream. `request` must stay until the operation has begun, and the Endpoint until the handler is
/// called; the execution context as for `async_answer`.
/// Threads: as `async_answer`.
/// Errors: those of Beast, such as `websocket::error::message_too_big` and `beast::error::timeout`.
template <class Next, bool deflate, beast_adapter::TextBody Body, class Fields, class Token>
auto async_run_websocket(Endpoint& endpoint, boost::beast::websocket::stream<Next, deflate> stream,
                         const boost::beast::http::request<Body, Fields>& request, BeastOptions options,
                         Token&& token) {
  using Stream = boost::beast::websocket::stream<Next, deflate>;
  return boost::asio::async_initiate<Token, void(boost::beast::error_code)>(
      [&endpoint, &request, stream = std::move(stream), options = std::move(options)](auto&& handler) mutable {
        using Handler = std::decay_t<decltype(handler)>;
        std::make_shared<beast_adapter::Socket<Stream, Handler>>(std::move(stream), std::move(options),
                                                                 std::forward<decltype(handler)>(handler))
            ->start(endpoint, request);
      },
      token);
}

}  // namespace bayeux
