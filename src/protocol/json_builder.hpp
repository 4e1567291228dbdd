#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <bayeux/json.hpp>

namespace bayeux::protocol {

/// Puts a Json together from the events of a parser. Members are appended without looking for an earlier one of
/// that name, so that an object with very many stays linear.
class JsonBuilder final {
 public:
  /// Forgets what was begun.
  void clear() { levels_.clear(); }

  /// How many containers are open.
  std::size_t depth() const noexcept { return levels_.size(); }

  void open(bool object) { levels_.push_back({object, {}, {}, {}}); }
  void key(std::string_view name) { levels_.back().name = name; }
  void add(Json value);
  void close();

  /// The value; once no container is open.
  Json take() { return std::move(root_); }

 private:
  struct Level {
    bool object = false;
    std::string name;
    Json::Array items;
    Json::Object members;
  };

  std::vector<Level> levels_;
  Json root_;
};

}  // namespace bayeux::protocol
