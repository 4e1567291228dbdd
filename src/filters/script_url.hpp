#pragma once

#include <string_view>

namespace bayeux::filters {

/// True when a page that took this text for a URL, as it is or out of an attribute, would run a script.
bool is_script_url(std::string_view text);

}  // namespace bayeux::filters
