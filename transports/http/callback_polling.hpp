#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bayeux/frame.hpp>
#include <bayeux/transports/gateway.hpp>

#include "response.hpp"

namespace bayeux::http {

/// What a JSONP request asks: the function to call, and the messages.
struct CallbackRequest {
  std::string callback;
  std::string messages;
};

/// Reads the query of a GET (protocol: "Transport callback-polling").
Outcome<CallbackRequest> callback_request(const HttpRequest& request, const GatewayConfig& config);

/// True for what may be called: letters, digits and `._$-`. The response is a script, so nothing else may get in.
bool is_callback(std::string_view name, std::size_t max_length) noexcept;

/// The script that hands over these messages.
std::string script_text(std::string_view callback, const std::vector<Frame>& frames);

}  // namespace bayeux::http
