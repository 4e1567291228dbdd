#include <bayeux/filters/shape.hpp>

#include <algorithm>
#include <cmath>
#include <system_error>
#include <utility>

#include <bayeux/error.hpp>

#include "filters/shape_rules.hpp"

namespace bayeux {
namespace {

[[noreturn]] void refuse(const char* what) {
  throw std::system_error(Errc::config_invalid, what);
}

}  // namespace

const Shape& ShapeRules::adopt(const Shape& inner) {
  depth = std::max(depth, inner.rules_->depth + 1);
  if (depth > Shape::max_depth) refuse("too many shapes within each other");
  return inner;
}

Shape::Shape(ShapeRules rules) : rules_(std::make_shared<const ShapeRules>(std::move(rules))) {}

Shape Shape::anything() {
  return Shape(ShapeRules{});
}

Shape Shape::nothing() {
  return Shape(ShapeRules{.types = 0});
}

Shape Shape::null() {
  return Shape(ShapeRules{.types = ShapeRules::null});
}

Shape Shape::boolean() {
  return Shape(ShapeRules{.types = ShapeRules::boolean});
}

Shape Shape::number() {
  return Shape(ShapeRules{.types = ShapeRules::number});
}

Shape Shape::integer() {
  return Shape(ShapeRules{.types = ShapeRules::integer});
}

Shape Shape::string() {
  return Shape(ShapeRules{.types = ShapeRules::string});
}

Shape Shape::array(const Shape& items) {
  ShapeRules rules{.types = ShapeRules::array};
  rules.item = rules.adopt(items);
  return Shape(std::move(rules));
}

Shape Shape::object() {
  ShapeRules rules{.types = ShapeRules::object};
  rules.others = nothing();
  return Shape(std::move(rules));
}

Shape Shape::or_null() const {
  ShapeRules rules = *rules_;
  rules.types |= ShapeRules::null;
  if (rules.values) rules.values->emplace_back(nullptr);
  return Shape(std::move(rules));
}

Shape Shape::size(std::size_t least, std::size_t most) const {
  if (least > most) refuse("the smallest size of a shape is above the largest");
  ShapeRules rules = *rules_;
  rules.characters = rules.items = rules.members = {least, most};
  return Shape(std::move(rules));
}

Shape Shape::between(double least, double most) const {
  if (!(least <= most)) refuse("the least number of a shape is above the greatest");
  ShapeRules rules = *rules_;
  rules.least = least;
  rules.most = most;
  return Shape(std::move(rules));
}

Shape Shape::one_of(std::vector<Json> values) const {
  ShapeRules rules = *rules_;
  rules.values = std::move(values);
  return Shape(std::move(rules));
}

Shape Shape::required(std::string name, const Shape& shape) const {
  ShapeRules rules = *rules_;
  rules.named.insert_or_assign(std::move(name), ShapeRules::Member{rules.adopt(shape), true});
  return Shape(std::move(rules));
}

Shape Shape::optional(std::string name, const Shape& shape) const {
  ShapeRules rules = *rules_;
  rules.named.insert_or_assign(std::move(name), ShapeRules::Member{rules.adopt(shape), false});
  return Shape(std::move(rules));
}

Shape Shape::others(const Shape& shape) const {
  ShapeRules rules = *rules_;
  rules.others = rules.adopt(shape);
  return Shape(std::move(rules));
}

}  // namespace bayeux
