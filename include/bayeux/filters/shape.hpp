#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <bayeux/json.hpp>

namespace bayeux {

/// What a JSON value has to look like: its type, sizes, ranges and members.
///
///     const auto line = Shape::object()
///                           .required("text", Shape::string().size(1, 500))
///                           .optional("stars", Shape::integer().between(1, 5))
///                           .optional("tags", Shape::array(Shape::string().size(0, 20)).size(0, 10));
///
/// An immutable value, cheap to copy: each call gives a new one. A rule binds values of the type which it is about and
/// lets others be, so that the types decide first. An object may have no members but those that are named, unless
/// `others` says so.
///
/// Threads: any, at once.
/// Errors: what makes no sense (a smallest size above the largest, more than `max_depth` shapes within each other)
/// throws std::system_error (config_invalid).
class Shape final {
 public:
  static constexpr std::size_t max_depth = 64;

  // Of which type.

  static Shape anything();
  static Shape nothing();
  static Shape null();
  static Shape boolean();
  static Shape number();
  static Shape integer();  ///< A number that is whole and fits 64 bits; 1.0 is one.
  static Shape string();
  static Shape array(const Shape& items = anything());
  static Shape object();

  /// As this, and null too.
  Shape or_null() const;

  // How large.

  /// From `least` to `most`: characters (code points) of a string, items of an array, members of an object.
  Shape size(std::size_t least, std::size_t most) const;

  /// A number from `least` to `most`. Compared as doubles.
  Shape between(double least, double most) const;

  /// Nothing but one of these values.
  Shape one_of(std::vector<Json> values) const;

  // The members of an object. Each of a repeated name has to fit.

  /// There must be such a member, or there may be. The last word counts for a name.
  Shape required(std::string name, const Shape& shape = anything()) const;
  Shape optional(std::string name, const Shape& shape = anything()) const;

  /// Every other member must have that shape: `nothing()` until this is said.
  Shape others(const Shape& shape) const;

  /// From a description that is a part of JSON Schema (draft 2020-12), with the meaning that it has there:
  ///
  ///     {"type": "object", "required": ["text"], "additionalProperties": false, "properties": {
  ///       "text": {"type": "string", "minLength": 1, "maxLength": 500},
  ///       "stars": {"type": "integer", "minimum": 1, "maximum": 5},
  ///       "tags": {"type": "array", "maxItems": 10, "items": {"type": "string", "maxLength": 20}}}}
  ///
  /// The keywords are `type` (a name or a list), `enum`, `minLength`, `maxLength`, `minimum`, `maximum`, `minItems`,
  /// `maxItems`, `items`, `minProperties`, `maxProperties`, `properties`, `required` and `additionalProperties`;
  /// `true` is any value, `false` none. `title`, `description`, `$comment` and `$schema` say nothing. As there, other
  /// members are allowed unless `additionalProperties` is false.
  ///
  /// Errors: throws SettingsError, also for every other keyword: a rule that is not understood must not be lost.
  static Shape from(const Json& description);

  bool fits(const Json& value) const { return !misfit(value); }

  /// Where a value does not fit, and what is expected there: `/stars: expected a number from 1 to 5`; nothing when it
  /// fits. It holds nothing of the value but where in it that is, with `*` for names that the shape does not know.
  std::optional<std::string> misfit(const Json& value) const;

 private:
  friend class ShapeChecker;
  friend class ShapeReader;
  friend struct ShapeRules;
  explicit Shape(struct ShapeRules rules);

  std::shared_ptr<const struct ShapeRules> rules_;
};

}  // namespace bayeux
