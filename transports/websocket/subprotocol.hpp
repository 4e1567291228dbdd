#pragma once

#include <optional>
#include <string>
#include <vector>

#include <bayeux/transports/http.hpp>

namespace bayeux::websocket {

/// The subprotocol to answer with (RFC 6455 section 4.2.2): the first of `spoken` that the request offers, or, where
/// `spoken` is empty, the first that it offers at all. Browsers drop a connection whose offer is not taken up. Empty
/// when the request offers none and need not.
///
/// Errors: nothing when the request offers none of those that are spoken, or something that is no token.
std::optional<std::string> select_subprotocol(const HttpRequest& request, const std::vector<std::string>& spoken);

}  // namespace bayeux::websocket
