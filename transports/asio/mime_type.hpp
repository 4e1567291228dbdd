#pragma once

#include <string_view>

namespace bayeux::http1 {

/// The `Content-Type` of a file, by the end of its name.
std::string_view mime_type(std::string_view file_name) noexcept;

}  // namespace bayeux::http1
