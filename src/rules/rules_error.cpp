#include <bayeux/rules.hpp>

#include <utility>

namespace bayeux {
namespace {

std::string in_one_line(const RulesError::Place& place, const std::string& problem) {
  std::string line = place.source + ":";
  if (place.line != 0) line += std::to_string(place.line) + ":" + std::to_string(place.column) + ":";
  if (!place.key.empty()) line += " " + place.key + ":";
  return line + " " + problem;
}

}  // namespace

RulesError::RulesError(Place place, std::string problem)
    : std::runtime_error(in_one_line(place, problem)), place_(std::move(place)), problem_(std::move(problem)) {}

}  // namespace bayeux
