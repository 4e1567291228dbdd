#pragma once

#include <string_view>

namespace bayeux::websocket {

/// True for UTF-8 (RFC 3629): no surrogates, nothing longer than need be, nothing beyond U+10FFFF, nothing cut off.
bool is_utf8(std::string_view text) noexcept;

/// The longest beginning of `text`, which is UTF-8, that has at most `size` bytes and cuts no character.
std::string_view utf8_prefix(std::string_view text, std::size_t size) noexcept;

}  // namespace bayeux::websocket
