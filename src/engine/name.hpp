#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "keyed_hash.hpp"

namespace bayeux::engine {

/// A channel name with its hash: a publish asks every shard for the same few names, and hashes them once. Peers choose
/// these names.
struct Name {
  std::string_view text;
  std::size_t hash;

  explicit Name(std::string_view name) noexcept : text(name), hash(keyed_hash(name)) {}
};

/// A client id with its hash. The bus chooses these ids, and whoever counts them has a run that repeats: no key here.
struct Id {
  std::string_view text;
  std::size_t hash;

  explicit Id(std::string_view id) noexcept : text(id), hash(std::hash<std::string_view>{}(id)) {}
};

inline bool is_pattern(std::string_view name) noexcept {
  return name.ends_with('*');
}

/// Not noexcept: see KeyedHash.
struct NameHash {
  using is_transparent = void;
  std::size_t operator()(const Name& name) const { return name.hash; }
  std::size_t operator()(std::string_view name) const { return keyed_hash(name); }
};

struct NameEqual {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const noexcept { return a == b; }
  bool operator()(const Name& a, std::string_view b) const noexcept { return a.text == b; }
  bool operator()(std::string_view a, const Name& b) const noexcept { return a == b.text; }
};

}  // namespace bayeux::engine
