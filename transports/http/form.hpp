#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bayeux::http {

/// Decodes `+` and `%XX`. Nothing when an escape is cut short or is not hexadecimal.
std::optional<std::string> form_decode(std::string_view text);

/// The decoded values of every field of that name in a query or a form body, in order. Nothing when an escape in a
/// name, or in one of those values, is malformed.
std::optional<std::vector<std::string>> form_values(std::string_view form, std::string_view name);

}  // namespace bayeux::http
