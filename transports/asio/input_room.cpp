#include "input_room.hpp"

#include <utility>

namespace bayeux::http1 {

bool InputRoom::Part::resize(std::size_t size) noexcept {
  const std::size_t before = std::exchange(size_, size);
  // Most requests are read and answered in one turn, and leave the number that all connections share alone.
  if (size == before) return true;
  // Wraps when it becomes less, and so does the sum.
  const std::size_t all = room_.taken_.fetch_add(size - before, std::memory_order_relaxed) + (size - before);
  return size < before || size <= always || all <= room_.most_;
}

}  // namespace bayeux::http1
