#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bayeux/frame.hpp>
#include <bayeux/transports/gateway.hpp>

#include "response.hpp"

namespace bayeux::http {

/// True for a GET as an EventSource of a browser sends it (HTML standard, "Server-sent events").
bool asks_for_events(const HttpRequest& request) noexcept;

/// The client whose events are asked for: the last segment of the path.
Outcome<std::string_view> listening_client(const HttpRequest& request) noexcept;

/// How a stream begins: it says after how many milliseconds a browser opens it again when it was cut.
std::string first_words(Milliseconds retry);

/// One event with the array of these messages; nothing when there are none.
std::string event_text(const std::vector<Frame>& frames);

/// What a browser takes no notice of.
inline constexpr std::string_view comment = ":\r\n\r\n";

}  // namespace bayeux::http
