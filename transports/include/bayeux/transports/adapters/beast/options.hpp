#pragma once

#include <any>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

namespace bayeux {

/// What the host knows of a request beyond what stands in it, and how long things may take: a year (`longest_time`) at
/// most.
struct BeastOptions {
  /// As HttpRequest::attachment: the host's own session, for its policies.
  std::any attachment = {};

  std::string remote_address = {};  ///< As HttpRequest::remote_address; empty for that of the socket.
  std::optional<bool> tls = {};     ///< As HttpRequest::tls; unset, whether the stream is a layer above its socket.

  /// Adds the host's own fields, such as `Server` and `Date`, to every response, the 101 of a WebSocket too.
  std::function<void(boost::beast::http::fields&)> decorate = {};

  /// How long a peer may take for what is written to it: one response, or one part of a stream. For a
  /// `beast::basic_stream` or what is above one; other streams know no time limits.
  std::chrono::milliseconds write_limit{30'000};

  /// A stream of events over which nothing went for so long carries a comment: see HttpExchange::keep_alive.
  std::chrono::milliseconds stream_ping{15'000};

  /// The time limits and the pings of a WebSocket.
  boost::beast::websocket::stream_base::timeout websocket_limits =
      boost::beast::websocket::stream_base::timeout::suggested(boost::beast::role_type::server);
};

}  // namespace bayeux
