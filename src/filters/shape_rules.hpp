#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <bayeux/filters/shape.hpp>

namespace bayeux {

/// What a Shape says.
struct ShapeRules {
  static constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max();

  struct Sizes {
    std::size_t least = 0;
    std::size_t most = unbounded;

    bool hold(std::size_t size) const noexcept { return least <= size && size <= most; }
  };

  struct Member {
    Shape shape;
    bool required;
  };

  /// Types that fit, one bit each. A whole number has the bit of `integer`, every other that of `fraction`.
  enum Type : std::uint8_t { null = 1, boolean = 2, integer = 4, fraction = 8, string = 16, array = 32, object = 64 };
  static constexpr unsigned number = integer | fraction;
  static constexpr unsigned every_type = 127;

  unsigned types = every_type;
  Sizes characters;
  Sizes items;
  Sizes members;
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
  std::optional<std::vector<Json>> values;

  /// Of all items, of the members by name, and of all other members; anything where there is none.
  std::optional<Shape> item;
  std::map<std::string, Member, std::less<>> named;
  std::optional<Shape> others;

  /// How many shapes are within each other, this one included.
  std::size_t depth = 1;

  /// Makes `inner` a part of this; throws when there are too many within each other.
  const Shape& adopt(const Shape& inner);
};

}  // namespace bayeux
