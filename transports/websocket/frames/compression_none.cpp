#include <cstdlib>

#include "websocket/frames/compression.hpp"

// Without zlib no compression is ever agreed, so nobody comes here.

namespace bayeux::websocket {

bool can_compress() noexcept {
  return false;
}

std::string deflated(std::initializer_list<std::string_view>, int) {
  std::abort();
}

Inflation inflate(std::string_view, std::size_t, std::string&) {
  std::abort();
}

}  // namespace bayeux::websocket
