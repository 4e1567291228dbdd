#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <bayeux/frame.hpp>
#include <bayeux/transports/http.hpp>

#include "fault.hpp"

namespace bayeux::http {

/// Why a request is refused. The reason names what is wrong and shows nothing of what was sent.
struct Refusal {
  Fault fault;
  int status;
  std::string_view reason;
};

/// What was asked for, or why there is none.
template <class Value>
using Outcome = std::variant<Value, Refusal>;

/// The methods that an endpoint knows, as `Allow` and `Access-Control-Allow-Methods` list them.
inline constexpr std::string_view allowed_methods = "POST, GET, OPTIONS";

/// What is in a response, as far as its header fields tell.
enum class Content : std::uint8_t { messages, script, events, reason, nothing };
inline constexpr std::size_t contents = 5;

/// The header fields of such a response: it is never stored, and what is in it neither sniffed nor buffered on the way.
HttpHeaders fields_of(Content content);

/// A small text that says why; `headers` are for Content::reason.
HttpResponse refusal_response(int status, std::string_view reason, HttpHeaders headers);

/// The JSON array of messages that clients expect, whatever they sent.
std::string join(const std::vector<Frame>& frames);

}  // namespace bayeux::http
