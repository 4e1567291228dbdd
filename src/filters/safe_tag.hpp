#pragma once

#include <cstddef>
#include <string_view>

namespace bayeux::filters {

/// How many bytes at the beginning of `text` are one complete tag which NoScripts lets stand; 0 when there is none.
/// Looks no further than to the next `<`, so that looking at every `<` of a text costs no more than reading it.
std::size_t safe_tag_length(std::string_view text);

}  // namespace bayeux::filters
