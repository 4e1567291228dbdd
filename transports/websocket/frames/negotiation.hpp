#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <bayeux/transports/http.hpp>

namespace bayeux::websocket {

/// What was agreed about permessage-deflate (RFC 7692): each message is compressed on its own, in both directions.
struct Compression {
  /// The size of the window within which we refer back, as a power of 2: 9 to 15.
  int server_max_window_bits = 15;
};

/// What becomes of a request for a WebSocket.
struct Upgrade {
  /// The HTTP status with which it is refused; 0 when it is not. 405 needs `Allow: GET`, and 426 needs
  /// `Sec-WebSocket-Version: 13`: see `refusal_header`.
  int refusal = 0;

  std::string accept;      ///< What `Sec-WebSocket-Accept` has to say.
  std::string extensions;  ///< What `Sec-WebSocket-Extensions` has to say; left out when empty.
  std::optional<Compression> compression;
};

/// True when a request names `websocket` among the protocols to which it would change.
bool asks_for_websocket(const HttpRequest& request);

/// Looks at the opening handshake (RFC 6455 section 4.2). That it came as HTTP/1.1 has to be seen by who parsed it.
/// With `compress`, the first offer of permessage-deflate that can be met is accepted; otherwise none is.
Upgrade negotiate(const HttpRequest& request, bool compress);

/// The header that belongs to a refusal of that status; without a name where none does.
HttpHeader refusal_header(int refusal);

/// The whole 101 response. `protocol` is the subprotocol that was selected, if any.
///
/// Errors: throws std::invalid_argument when `protocol` is no token, or when a header has no token as its name or more
/// than one line: what came from a peer must not become a header.
std::string upgrade_head(const Upgrade& upgrade, std::string_view protocol, std::span<const HttpHeader> headers = {});

}  // namespace bayeux::websocket
