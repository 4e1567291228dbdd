#pragma once

#include <cstddef>
#include <string_view>

namespace bayeux::engine {

/// Whether two secrets are the same, in a time that tells nothing of where they differ.
inline bool same_secret(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  unsigned char difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference |= static_cast<unsigned char>(a[i] ^ b[i]);
  return difference == 0;
}

}  // namespace bayeux::engine
