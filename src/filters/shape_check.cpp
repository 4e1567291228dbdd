#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>

#include <bayeux/filters/shape.hpp>

#include "filters/settings.hpp"
#include "filters/shape_rules.hpp"

namespace bayeux {
namespace {

/// As what it will be written: a double that is not finite becomes null.
unsigned type_of(const Json& value) {
  if (value.is_string()) return ShapeRules::string;
  if (value.is_object()) return ShapeRules::object;
  if (value.is_array()) return ShapeRules::array;
  if (value.is_bool()) return ShapeRules::boolean;
  if (!value.is_number() || !std::isfinite(value.as_double())) return ShapeRules::null;
  return value.is_integer() ? ShapeRules::integer : ShapeRules::fraction;
}

std::string type_names(unsigned types) {
  if (types == 0) return "nothing here";
  if ((types & ShapeRules::number) == ShapeRules::number) types &= ~static_cast<unsigned>(ShapeRules::integer);
  static constexpr const char* names[] = {"null",     "true or false", "a whole number", "a number",
                                          "a string", "an array",      "an object"};
  std::string all;
  for (unsigned bit = 0; bit < std::size(names); ++bit) {
    if ((types >> bit & 1U) == 0) continue;
    if (!all.empty()) all += " or ";
    all += names[bit];
  }
  return all;
}

std::string range(const std::string& least, const std::string& most) {
  if (most.empty()) return "at least " + least;
  return least.empty() ? "at most " + most : "from " + least + " to " + most;
}

std::string size_range(const ShapeRules::Sizes& sizes, const char* of_what) {
  const std::string least = sizes.least == 0 ? "" : std::to_string(sizes.least);
  const std::string most = sizes.most == ShapeRules::unbounded ? "" : std::to_string(sizes.most);
  return range(least, most) + " " + of_what;
}

std::string number_text(double value) {
  if (!std::isfinite(value)) return "";
  const Json json(value);
  return json.is_integer() ? std::to_string(json.as_integer()) : json.text();
}

/// Code points, which are the bytes of UTF-8 that go on with none (RFC 3629 section 3).
std::size_t characters(std::string_view text) {
  const auto begins = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; };
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins));
}

}  // namespace

/// Checks one value. How deep it goes is bounded by Shape::max_depth, whatever the value is.
class ShapeChecker {
 public:
  struct Fault {
    std::string path;
    std::string expected;
  };

  static std::optional<Fault> fault(const Shape& shape, const Json& value) {
    const ShapeRules& rules = *shape.rules_;
    const unsigned type = type_of(value);
    if ((rules.types & type) == 0) return Fault{"", type_names(rules.types)};
    if (rules.values && std::find(rules.values->begin(), rules.values->end(), value) == rules.values->end()) {
      return Fault{"", "one of the values that are listed"};
    }
    if (type == ShapeRules::string) return check_string(rules, value);
    if ((type & ShapeRules::number) != 0) return check_number(rules, value);
    if (type == ShapeRules::array) return check_array(rules, value);
    if (type == ShapeRules::object) return check_object(rules, value);
    return std::nullopt;
  }

 private:
  static std::optional<Fault> check_string(const ShapeRules& rules, const Json& value) {
    if (rules.characters.hold(characters(value.as_string()))) return std::nullopt;
    return Fault{"", size_range(rules.characters, "characters")};
  }

  static std::optional<Fault> check_number(const ShapeRules& rules, const Json& value) {
    const double number = value.as_double();
    if (rules.least <= number && number <= rules.most) return std::nullopt;
    return Fault{"", "a number " + range(number_text(rules.least), number_text(rules.most))};
  }

  static std::optional<Fault> check_array(const ShapeRules& rules, const Json& value) {
    if (!rules.items.hold(value.size())) return Fault{"", size_range(rules.items, "items")};
    if (!rules.item) return std::nullopt;
    for (std::size_t at = 0; at < value.size(); ++at) {
      if (auto found = fault(*rules.item, value[at])) return within(std::to_string(at), std::move(*found));
    }
    return std::nullopt;
  }

  static std::optional<Fault> check_object(const ShapeRules& rules, const Json& value) {
    if (!rules.members.hold(value.size())) return Fault{"", size_range(rules.members, "members")};
    std::set<std::string_view> seen;
    for (const auto& [name, inner] : value.members()) {
      const auto known = rules.named.find(name);
      if (known == rules.named.end()) {
        if (!rules.others) continue;
        if (auto found = fault(*rules.others, inner)) return within("*", std::move(*found));
      } else {
        if (auto found = fault(known->second.shape, inner)) return within(known->first, std::move(*found));
        seen.insert(known->first);
      }
    }
    for (const auto& [name, member] : rules.named) {
      if (member.required && !seen.contains(name)) return within(name, {"", "a member of that name"});
    }
    return std::nullopt;
  }

  static Fault within(std::string_view name, Fault fault) {
    fault.path.insert(0, filters::below("", name));
    return fault;
  }
};

std::optional<std::string> Shape::misfit(const Json& value) const {
  const auto fault = ShapeChecker::fault(*this, value);
  if (!fault) return std::nullopt;
  return (fault->path.empty() ? "the value" : fault->path) + ": expected " + fault->expected;
}

}  // namespace bayeux
