#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <bayeux/rules.hpp>

namespace bayeux::rules {

inline constexpr std::size_t max_bytes = 1 << 20;
inline constexpr std::size_t max_depth = 64;

enum class Type : std::uint8_t { null, boolean, number, string, array, object };

/// A value of a JSON text, and where it stands in it.
struct Value {
  Type type = Type::null;
  std::size_t begin = 0;  ///< Bytes from the beginning of the text.
  std::size_t end = 0;
  std::string text;                   ///< Of a string.
  std::size_t parent = 0;             ///< The root is its own.
  std::size_t position = 0;           ///< Among the items of an array.
  std::string name;                   ///< As a member of an object.
  std::size_t name_begin = 0;         ///< Where the name stands.
  std::vector<std::size_t> children;  ///< Items or members, in order, as numbers of values.
};

/// A JSON text taken apart into values that know their places. Flat, so that neither reading nor destroying it
/// recurses.
class Document final {
 public:
  /// Errors: throws RulesError when it is no JSON text, is too large or too deep, or repeats a name in an object.
  Document(std::string source, std::string_view text);

  const Value& root() const noexcept { return values_.front(); }
  const Value& at(std::size_t number) const noexcept { return values_[number]; }

  /// The value as the rest of the library knows it.
  Json json(const Value& value) const;

  /// Errors: throws RulesError, always: something is wrong with that value, or with its name.
  [[noreturn]] void fail(const Value& value, std::string problem) const;
  [[noreturn]] void fail_name(const Value& value, std::string problem) const;

  /// The way from the root to a value: `channels."/a".publish[1]`.
  std::string path(const Value& value) const;

 private:
  friend class TreeReader;
  [[noreturn]] void fail_at(std::size_t offset, std::string key, std::string problem) const;

  std::string source_;
  std::string text_;
  std::vector<Value> values_;
};

/// What a value is, for a sentence: `a number`, `the text "abc"`.
std::string described(const Value& value);

/// A text as it is shown to people: in quotes, escaped, and not too long.
std::string in_quotes(std::string_view text);

}  // namespace bayeux::rules
