#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

#include <bayeux/transports/http.hpp>

#include "response.hpp"

namespace bayeux::http {

/// The messages of a POST: the body itself where it is JSON, or what its form fields hold.
using Posted = std::variant<std::string_view, std::string>;

/// Reads the body of a POST, whatever its type says (protocol: "long-polling", "Requests").
Outcome<Posted> posted_messages(const HttpRequest& request, std::size_t max_body);

}  // namespace bayeux::http
