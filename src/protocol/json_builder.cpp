#include "protocol/json_builder.hpp"

#include <utility>

namespace bayeux::protocol {

void JsonBuilder::add(Json value) {
  if (levels_.empty()) {
    root_ = std::move(value);
  } else if (Level& level = levels_.back(); level.object) {
    level.members.emplace_back(std::move(level.name), std::move(value));
  } else {
    level.items.push_back(std::move(value));
  }
}

void JsonBuilder::close() {
  Level level = std::move(levels_.back());
  levels_.pop_back();
  add(level.object ? Json(std::move(level.members)) : Json(std::move(level.items)));
}

}  // namespace bayeux::protocol
