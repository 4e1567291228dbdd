#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace bayeux::websocket {

/// False where this was built without zlib; nothing below is used then.
bool can_compress() noexcept;

/// Deflates `parts`, one after the other, from a fresh state. What is returned ends within the header of an empty
/// stored block: 00 00 FF FF completes it (RFC 7692 section 7.2.1). The state is that of the thread.
///
/// Errors: throws std::bad_alloc.
std::string deflated(std::initializer_list<std::string_view> parts, int window_bits);

enum class Inflation : std::uint8_t {
  done,
  too_large,  ///< More than the limit would come out.
  corrupt,    ///< It is no deflated message.
};

/// Inflates one whole message (RFC 7692 section 7.2.2) into `text`, which never gets larger than `limit`. The state is
/// that of the thread.
///
/// Errors: throws std::bad_alloc.
Inflation inflate(std::string_view bytes, std::size_t limit, std::string& text);

}  // namespace bayeux::websocket
