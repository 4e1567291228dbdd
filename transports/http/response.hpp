#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <bayeux/frame.hpp>
#include <bayeux/transports/http.hpp>

namespace bayeux::http {

/// Why a request is refused. The reason names what is wrong and shows nothing of what was sent.
struct Refusal {
  int status;
  std::string_view reason;
};

/// What was asked for, or why there is none.
template <class Value>
using Outcome = std::variant<Value, Refusal>;

/// The methods that an endpoint knows, as `Allow` and `Access-Control-Allow-Methods` list them.
inline constexpr std::string_view allowed_methods = "POST, GET, OPTIONS";

/// A response without a body.
HttpResponse empty_response(int status);

/// A small text that says why.
HttpResponse refusal_response(const Refusal& refusal);

/// A response whose body is of that type, and never stored, sniffed or buffered on the way.
HttpResponse body_response(std::string_view type, std::string body);

/// The JSON array of messages that clients expect, whatever they sent.
std::string join(const std::vector<Frame>& frames);

}  // namespace bayeux::http
