#pragma once

#include <cstdint>

#include <bayeux/clock.hpp>

namespace bayeux::engine {

/// Turns numbers that lie close together into ones that lie all over the place (the last step of splitmix64). What is
/// spread by it need not be unforeseeable, and a run with a manual clock repeats.
constexpr std::uint64_t scatter(std::uint64_t number) noexcept {
  number += 0x9e3779b97f4a7c15u;
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9u;
  number = (number ^ (number >> 27)) * 0x94d049bb133111ebu;
  return number ^ (number >> 31);
}

/// A time from 0 up to `span`, which depends on the number alone.
constexpr Milliseconds scattered(std::uint64_t number, Milliseconds span) noexcept {
  if (span.count() <= 0) return Milliseconds(0);
  return Milliseconds(static_cast<Milliseconds::rep>(scatter(number) % static_cast<std::uint64_t>(span.count())));
}

}  // namespace bayeux::engine
