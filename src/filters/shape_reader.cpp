#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <bayeux/filters/settings_error.hpp>
#include <bayeux/filters/shape.hpp>

#include "filters/settings.hpp"
#include "filters/shape_rules.hpp"

namespace bayeux {
namespace {

using filters::below;

struct Keyword {
  std::string_view name;
  unsigned type;
};

unsigned type_of(const Json& name, const std::string& path) {
  static constexpr Keyword types[] = {{"null", ShapeRules::null},       {"boolean", ShapeRules::boolean},
                                      {"integer", ShapeRules::integer}, {"number", ShapeRules::number},
                                      {"string", ShapeRules::string},   {"array", ShapeRules::array},
                                      {"object", ShapeRules::object}};
  const auto same = [&name](const Keyword& type) { return name.is_string() && name.as_string() == type.name; };
  const auto found = std::find_if(std::begin(types), std::end(types), same);
  if (found == std::end(types)) {
    throw SettingsError(path, "null, boolean, integer, number, string, array or object, as a string");
  }
  return found->type;
}

unsigned types_of(const Json& value, const std::string& path) {
  if (!value.is_array()) return type_of(value, path);
  if (value.empty()) throw SettingsError(path, "at least one type");
  unsigned types = 0;
  for (std::size_t at = 0; at < value.size(); ++at) types |= type_of(value[at], below(path, std::to_string(at)));
  return types;
}

const Json::Array& list_of(const Json& value, const std::string& path) {
  if (!value.is_array()) throw SettingsError(path, "an array");
  return value.items();
}

}  // namespace

/// Reads one description, and those within it. Each of them is bounded in depth before it is read.
class ShapeReader {
 public:
  static Shape read(const Json& description, const std::string& path, std::size_t depth) {
    if (depth > Shape::max_depth) throw SettingsError(path, "fewer shapes within each other");
    if (description.is_bool()) return description.as_bool() ? Shape::anything() : Shape::nothing();
    if (!description.is_object()) throw SettingsError(path, "an object, true or false");
    ShapeReader reader(description, path, depth);
    reader.read_all();
    return Shape(std::move(reader.rules_));
  }

 private:
  ShapeReader(const Json& description, const std::string& path, std::size_t depth)
      : description_(description), path_(path), depth_(depth) {}

  void read_all() {
    filters::expect_members(description_, path_,
                            {"type", "enum", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems",
                             "items", "minProperties", "maxProperties", "properties", "required",
                             "additionalProperties", "title", "description", "$comment", "$schema"});
    if (const Json* types = find("type")) rules_.types = types_of(*types, at("type"));
    if (const Json* values = find("enum")) rules_.values = list_of(*values, at("enum"));
    rules_.characters = sizes("minLength", "maxLength");
    rules_.items = sizes("minItems", "maxItems");
    rules_.members = sizes("minProperties", "maxProperties");
    read_range();
    if (const Json* items = find("items")) rules_.item = inner(*items, at("items"));
    if (const Json* others = find("additionalProperties")) {
      rules_.others = inner(*others, at("additionalProperties"));
    }
    read_properties();
    read_required();
  }

  const Json* find(std::string_view name) const { return description_.find(name); }
  std::string at(std::string_view name) const { return below(path_, name); }

  Shape inner(const Json& description, const std::string& path) {
    return rules_.adopt(read(description, path, depth_ + 1));
  }

  ShapeRules::Sizes sizes(std::string_view least, std::string_view most) const {
    ShapeRules::Sizes found;
    if (const Json* value = find(least)) found.least = filters::expect_count(*value, at(least));
    if (const Json* value = find(most)) found.most = filters::expect_count(*value, at(most));
    if (found.least > found.most) throw SettingsError(at(most), "no less than " + std::string(least));
    return found;
  }

  void read_range() {
    if (const Json* value = find("minimum")) rules_.least = filters::expect_number(*value, at("minimum"));
    if (const Json* value = find("maximum")) rules_.most = filters::expect_number(*value, at("maximum"));
    if (!(rules_.least <= rules_.most)) throw SettingsError(at("maximum"), "no less than minimum");
  }

  void read_properties() {
    const Json* properties = find("properties");
    if (properties == nullptr) return;
    const std::string path = at("properties");
    filters::expect_object(*properties, path);
    for (const auto& [name, description] : properties->members()) {
      const ShapeRules::Member member{inner(description, below(path, name)), false};
      if (!rules_.named.emplace(name, member).second) throw SettingsError(below(path, name), "this member only once");
    }
  }

  /// A name that has no property of its own falls under `additionalProperties`.
  void read_required() {
    const Json* required = find("required");
    if (required == nullptr) return;
    const std::string path = at("required");
    std::size_t place = 0;
    for (const Json& name : list_of(*required, path)) {
      const auto& text = filters::expect_string(name, below(path, std::to_string(place++)));
      const ShapeRules::Member other{rules_.others.value_or(Shape::anything()), true};
      rules_.named.try_emplace(text, other).first->second.required = true;
    }
  }

  const Json& description_;
  const std::string& path_;
  std::size_t depth_;
  ShapeRules rules_;
};

Shape Shape::from(const Json& description) {
  return ShapeReader::read(description, {}, 1);
}

}  // namespace bayeux
