#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bayeux {

/// Bytes as text of which JSON needs to escape nothing: four bytes are five characters (ZeroMQ RFC 32). The last one
/// to three bytes are padded as Bayeux clients do it, which that RFC does not know: they are two to four characters.
///
/// Threads: any, at once.
std::string to_z85(std::span<const std::byte> bytes);

/// The bytes of such a text.
///
/// Errors: empty when there is a character in it that is none of the alphabet, a group beyond 32 bits, or a single
/// character at the end.
std::optional<std::vector<std::byte>> from_z85(std::string_view text);

/// Whether `from_z85` would give something.
bool is_z85(std::string_view text) noexcept;

}  // namespace bayeux
