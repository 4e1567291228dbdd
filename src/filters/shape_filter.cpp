#include <bayeux/filters/shape_filter.hpp>

namespace bayeux {

std::optional<Json> ShapeFilter::filter(const Client&, const ChannelId&, Json data) {
  if (!shape_.fits(data)) return std::nullopt;
  return data;
}

std::shared_ptr<ShapeFilter> ShapeFilter::from(const Json& settings) {
  return std::make_shared<ShapeFilter>(Shape::from(settings));
}

}  // namespace bayeux
