#include "stock_filters.hpp"

#include <bayeux/filters/no_markup.hpp>
#include <bayeux/filters/no_scripts.hpp>
#include <bayeux/filters/shape_filter.hpp>

namespace bayeux::rules {

Factories stock_filters() {
  return {
      {"no_markup", [](const Json& settings) { return NoMarkup::from(settings); }},
      {"no_scripts", [](const Json& settings) { return NoScripts::from(settings); }},
      {"shape", [](const Json& settings) { return ShapeFilter::from(settings); }},
  };
}

}  // namespace bayeux::rules
