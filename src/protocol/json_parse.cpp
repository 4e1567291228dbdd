#include <cstddef>
#include <optional>
#include <string_view>

#include <bayeux/json.hpp>

#include "protocol/json_builder.hpp"
#include "protocol/number.hpp"
#include "protocol/sax.hpp"
#include "protocol/text_repair.hpp"

namespace bayeux {
namespace {

class TreeReader final {
 public:
  explicit TreeReader(std::size_t max_depth) : max_depth_(max_depth) {}

  void begin() { builder_.clear(); }

  bool literal(Json value, std::size_t) {
    builder_.add(std::move(value));
    return true;
  }

  bool number(std::string_view text, std::size_t) {
    auto value = protocol::read_number(text);
    if (value) builder_.add(std::move(*value));
    return value.has_value();
  }

  bool string(std::string_view text, std::size_t) {
    builder_.add(Json(text));
    return true;
  }

  bool key(std::string_view name, std::size_t) {
    builder_.key(name);
    return true;
  }

  bool open(bool object) {
    if (builder_.depth() >= max_depth_) return false;
    builder_.open(object);
    return true;
  }

  bool close(std::size_t) {
    builder_.close();
    return true;
  }

  Json take() { return builder_.take(); }

 private:
  std::size_t max_depth_;
  protocol::JsonBuilder builder_;
};

}  // namespace

std::optional<Json> Json::parse(std::string_view text, std::size_t max_depth) {
  const auto broken = protocol::broken_places(text);
  if (!broken.empty()) return std::nullopt;
  TreeReader reader(max_depth);
  if (protocol::read_sax(text, broken, reader) != protocol::SaxEnd::complete) return std::nullopt;
  return reader.take();
}

}  // namespace bayeux
