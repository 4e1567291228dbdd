#pragma once

#include <string>
#include <string_view>

#include "response.hpp"

namespace bayeux::http {

/// True when a text is taken as JSON rather than as a form: by its first byte, because clients name many types.
bool looks_like_json(std::string_view text) noexcept;

/// The messages in the `message` fields of a query or a form body, as the text of one JSON array or object. Several
/// fields are put together, each being an array or an object. Whether it is JSON at all is left to the bus.
Outcome<std::string> messages_of_form(std::string_view form);

}  // namespace bayeux::http
