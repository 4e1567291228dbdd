#include "keyed_hash.hpp"

#include <chrono>
#include <exception>
#include <random>

namespace bayeux::engine {
namespace {

HashKey make_key() noexcept {
  try {
    std::random_device device;
    const auto word = [&device] { return static_cast<std::uint64_t>(device()) << 32 | device(); };
    return {word(), word()};
  } catch (const std::exception&) {
    // A machine without a source of randomness has clocks, and does not load programs at the same place each time.
    const auto now = std::chrono::high_resolution_clock::now().time_since_epoch().count();
    return {static_cast<std::uint64_t>(now), static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(&process_key))};
  }
}

}  // namespace

const HashKey& process_key() noexcept {
  static const HashKey key = make_key();
  return key;
}

}  // namespace bayeux::engine
