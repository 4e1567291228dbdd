#pragma once

#include <optional>
#include <string_view>

#include <bayeux/json.hpp>

namespace bayeux::protocol {

/// True when `text` follows the grammar of a JSON number (RFC 8259, section 6).
bool is_number(std::string_view text) noexcept;

/// The value of a JSON number: whole ones of 64 bits exactly, all others as the nearest double.
///
/// Errors: empty when it is beyond a double.
std::optional<Json> read_number(std::string_view text);

/// True when `read_number` would give a value; cheap for ordinary numbers.
bool number_fits(std::string_view text);

}  // namespace bayeux::protocol
