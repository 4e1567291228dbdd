#pragma once

#include <memory>
#include <optional>
#include <utility>

#include <bayeux/data_filter.hpp>
#include <bayeux/filters/shape.hpp>

namespace bayeux {

/// Drops every message whose `data` does not have a shape.
///
///     bus.channel("/chat/**").add_filter(std::make_shared<ShapeFilter>(line));
class ShapeFilter final : public DataFilter {
 public:
  explicit ShapeFilter(Shape shape) : shape_(std::move(shape)) {}

  std::optional<Json> filter(const Client& from, const ChannelId& channel, Json data) override;

  /// From the settings of a rules file, which are the description of the shape: see Shape::from. Throws SettingsError.
  static std::shared_ptr<ShapeFilter> from(const Json& settings);

 private:
  Shape shape_;
};

}  // namespace bayeux
