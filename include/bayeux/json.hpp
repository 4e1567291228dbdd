#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace bayeux {

/// A JSON value (RFC 8259), for building what is published and reading what came in.
///
///     Json{{"name", "ann"}, {"age", 30}}          an object: every item is a pair whose first is a string
///     Json{1, 2, 3}                               an array
///     Json::array({"a", "b"})                     an array, where a list could be read as a pair
///
/// A value type: copies are deep. An object keeps its members in the order in which they were added; where a
/// text repeats a name, the last one counts, as in every browser.
///
/// Threads: as a std::vector: any number of readers, or one writer.
class Json final {
 public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;

  Json() noexcept = default;
  Json(std::nullptr_t) noexcept {}
  Json(bool value) noexcept : value_(value) {}
  Json(double value) noexcept : value_(value) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(std::string value) noexcept : value_(std::move(value)) {}
  Json(Array value) noexcept : value_(std::move(value)) {}
  Json(Object value) noexcept : value_(std::move(value)) {}

  template <class Integer>
  requires(std::is_integral_v<Integer> && !std::is_same_v<Integer, bool>) Json(Integer value)
  noexcept {
    if constexpr (std::is_unsigned_v<Integer> && sizeof(Integer) >= 8) {
      value_ = static_cast<std::uint64_t>(value);
    } else {
      value_ = static_cast<std::int64_t>(value);
    }
  }

  /// An object when every item is a two-item list that begins with a string, else an array.
  Json(std::initializer_list<Json> items);

  static Json array(std::initializer_list<Json> items = {});
  static Json object(std::initializer_list<Member> members = {});

  /// Reads one JSON text. A text nested deeper than `max_depth` is refused while it is read, so that no text
  /// can exhaust the stack.
  ///
  /// Errors: empty when the text is not JSON, is not UTF-8, nests too deep or holds a number beyond a double.
  static std::optional<Json> parse(std::string_view text, std::size_t max_depth = 64);

  /// The value as JSON text, without blanks. A double that is not finite becomes `null`.
  std::string text() const;

  bool is_null() const noexcept { return std::holds_alternative<std::monostate>(value_); }
  bool is_bool() const noexcept { return std::holds_alternative<bool>(value_); }
  bool is_number() const noexcept;
  bool is_integer() const noexcept;
  bool is_string() const noexcept { return std::holds_alternative<std::string>(value_); }
  bool is_array() const noexcept { return std::holds_alternative<Array>(value_); }
  bool is_object() const noexcept { return std::holds_alternative<Object>(value_); }

  /// The value, or `otherwise` when it is of another type (for `as_integer` also: not a whole number of 64 bits).
  bool as_bool(bool otherwise = false) const noexcept;
  std::int64_t as_integer(std::int64_t otherwise = 0) const noexcept;
  double as_double(double otherwise = 0) const noexcept;

  /// The text of a string, or an empty one; valid as long as this value is left alone.
  const std::string& as_string() const noexcept;

  /// The items of an array and the members of an object, or an empty list.
  const Array& items() const noexcept;
  const Object& members() const noexcept;

  /// The member of that name, or nullptr. The last one, where a name is repeated.
  const Json* find(std::string_view name) const noexcept;
  Json* find(std::string_view name) noexcept;

  /// The member of that name, or a null value.
  const Json& operator[](std::string_view name) const noexcept;

  /// The item at that place, or a null value.
  const Json& operator[](std::size_t index) const noexcept;

  /// The member of that name, made if it was not there. A value that is not an object becomes one.
  Json& operator[](std::string_view name);

  // Without these, `json["name"]` and `json[0]` would be ambiguous.
  const Json& operator[](const char* name) const noexcept { return (*this)[std::string_view(name)]; }
  Json& operator[](const char* name) { return (*this)[std::string_view(name)]; }
  const Json& operator[](int index) const noexcept { return (*this)[static_cast<std::size_t>(index)]; }
  const Json& operator[](int index) noexcept { return std::as_const(*this)[index]; }

  /// Removes every member of that name; true when there was one.
  bool erase(std::string_view name);

  /// Appends to an array. A value that is not an array becomes one.
  void push_back(Json item);

  /// The number of items or members; 0 for anything else.
  std::size_t size() const noexcept;
  bool empty() const noexcept { return size() == 0; }

  friend bool operator==(const Json& a, const Json& b) noexcept;

 private:
  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, Array, Object> value_;
};

}  // namespace bayeux
