#include <bayeux/filters/json_filter.hpp>

#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

namespace bayeux {
namespace {

using Fate = JsonFilter::Fate;
using Place = JsonFilter::Place;

bool is_nested(const Json& value) {
  return value.is_array() || value.is_object();
}

/// An array or object on the way: what it was, how much of it has been visited, and what is kept of it.
struct Level {
  const Json* source;
  std::size_t next = 0;
  std::string name{};  ///< Under which it is kept in the level above.
  Json::Array items{};
  Json::Object members{};

  Json result() { return source->is_array() ? Json(std::move(items)) : Json(std::move(members)); }

  void keep(std::string member, Json value) {
    if (source->is_array()) {
      items.push_back(std::move(value));
    } else {
      members.emplace_back(std::move(member), std::move(value));
    }
  }
};

/// Walks with a stack of its own: how deep data is nested is decided by others.
class Walk {
 public:
  Walk(JsonFilter& filter, const Client& from, const ChannelId& channel)
      : filter_(filter), from_(from), channel_(channel) {}

  std::optional<Json> run(const Json& data) {
    if (!is_nested(data)) {
      Json value = data;
      return visit(value, {}) == Fate::keep ? std::optional(std::move(value)) : std::nullopt;
    }
    levels_.push_back({&data});
    while (true) {
      Level& level = levels_.back();
      if (level.next == level.source->size()) {
        Json done = level.result();
        std::string name = std::move(level.name);
        levels_.pop_back();
        if (levels_.empty()) return done;
        levels_.back().keep(std::move(name), std::move(done));
      } else if (step(level) == Fate::drop_message) {
        return std::nullopt;
      }
    }
  }

 private:
  Place place(std::string_view name) const { return {from_, channel_, name, levels_.size()}; }

  Fate visit(Json& value, std::string_view name) {
    if (value.is_string()) return filter_.on_string(value, place(name));
    if (value.is_number()) return filter_.on_number(value, place(name));
    if (value.is_bool()) return filter_.on_bool(value, place(name));
    return filter_.on_null(value, place(name));
  }

  /// Visits the next item or member. `level` is no longer valid when that was nested.
  Fate step(Level& level) {
    const std::size_t at = level.next++;
    const bool in_array = level.source->is_array();
    const Json& source = in_array ? level.source->items()[at] : level.source->members()[at].second;
    std::string name;
    if (!in_array) {
      name = level.source->members()[at].first;
      const Fate fate = filter_.on_member(name, source, place(level.source->members()[at].first));
      if (fate != Fate::keep) return fate;
    }
    if (is_nested(source)) {
      levels_.push_back({&source, 0, std::move(name)});
      return Fate::keep;
    }
    Json value = source;
    const Fate fate = visit(value, in_array ? std::string_view() : level.source->members()[at].first);
    if (fate == Fate::keep) level.keep(std::move(name), std::move(value));
    return fate;
  }

  JsonFilter& filter_;
  const Client& from_;
  const ChannelId& channel_;
  std::vector<Level> levels_;
};

/// Looks ahead, level by level, so that nothing is visited of what is dropped in the end.
bool nests_too_deep(const Json& data) {
  std::vector<const Json*> level{&data};
  for (std::size_t depth = 0; !level.empty(); ++depth) {
    std::vector<const Json*> below;
    for (const Json* value : level) {
      if (is_nested(*value) && depth == JsonFilter::max_depth) return true;
      for (const Json& item : value->items()) {
        if (is_nested(item)) below.push_back(&item);
      }
      for (const auto& member : value->members()) {
        if (is_nested(member.second)) below.push_back(&member.second);
      }
    }
    level = std::move(below);
  }
  return false;
}

}  // namespace

Fate JsonFilter::on_string(Json&, const Place&) {
  return Fate::keep;
}

Fate JsonFilter::on_number(Json&, const Place&) {
  return Fate::keep;
}

Fate JsonFilter::on_bool(Json&, const Place&) {
  return Fate::keep;
}

Fate JsonFilter::on_null(Json&, const Place&) {
  return Fate::keep;
}

Fate JsonFilter::on_member(std::string&, const Json&, const Place&) {
  return Fate::keep;
}

std::optional<Json> JsonFilter::filter(const Client& from, const ChannelId& channel, Json data) {
  if (nests_too_deep(data)) return std::nullopt;
  return Walk(*this, from, channel).run(data);
}

}  // namespace bayeux
