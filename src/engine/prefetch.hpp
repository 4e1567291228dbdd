#pragma once

#include <cstddef>

namespace bayeux::engine {

/// Whoever goes through many things which lie all over the memory asks for them so many steps ahead, which hides most
/// of the wait.
inline constexpr std::size_t prefetch_ahead = 8;

inline void prefetch(const void* address) noexcept {
#if defined(__GNUC__)
  __builtin_prefetch(address, 1);
#else
  static_cast<void>(address);
#endif
}

/// Something that a std::shared_ptr owns: its references are counted just in front of it.
inline void prefetch_shared(const void* address) noexcept {
  if (address == nullptr) return;
  prefetch(static_cast<const char*>(address) - sizeof(void*));
  prefetch(static_cast<const char*>(address) + 32);
}

}  // namespace bayeux::engine
