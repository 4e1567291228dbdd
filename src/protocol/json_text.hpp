#pragma once

#include <string>
#include <string_view>

namespace bayeux::protocol {

/// Appends `value` as a JSON string. Bytes that are not UTF-8 become U+FFFD: what a host hands us must never make
/// a frame that no client can read.
void append_string(std::string& out, std::string_view value);

/// Appends the shortest text that reads back as the same double and as a double; `null` when it is not finite.
void append_double(std::string& out, double value);

}  // namespace bayeux::protocol
