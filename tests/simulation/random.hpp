#pragma once

#include <cstdint>

namespace bayeux::simulation {

/// Random numbers that are the same with every standard library. Each thing that happens has a stream of its own, so that
/// leaving one out changes none of the others.
class Random final {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  /// The stream of the thing of that kind and number.
  Random(std::uint64_t seed, std::uint64_t kind, std::uint64_t number)
      : state_(mixed(mixed(mixed(seed) ^ kind) + number)) {}

  std::uint64_t next() noexcept { return mixed(state_ += 0x9e3779b97f4a7c15); }

  /// Both ends included.
  int between(int low, int high) noexcept {
    return low + static_cast<int>(next() % static_cast<std::uint64_t>(high - low + 1));
  }

  bool chance(int percent) noexcept { return between(0, 99) < percent; }

 private:
  /// The finalizer of splitmix64.
  static std::uint64_t mixed(std::uint64_t z) noexcept {
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }

  std::uint64_t state_;
};

/// The kinds of streams.
enum Stream : std::uint64_t { of_setup = 1, of_client, of_step, of_network };

}  // namespace bayeux::simulation
