#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bayeux::protocol {

/// Where a JSON text cannot be read as Unicode: bytes that are not UTF-8 and escaped surrogates without their
/// other half, in ascending order. RapidJSON would stop at some of them and let others pass.
std::vector<std::size_t> broken_places(std::string_view text);

/// Puts readable characters at these places, without moving anything.
void mend(std::string& text, const std::vector<std::size_t>& places);

/// Replaces every number that could be too large by a small one of the same length. RapidJSON stops at those,
/// and takes some for too large that are not.
void shrink_numbers(std::string& text);

}  // namespace bayeux::protocol
