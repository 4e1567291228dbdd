#include <bayeux/json.hpp>
#include <bayeux/payload.hpp>

#include "fuzz/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bayeux;
  using namespace bayeux::fuzz;
  constexpr std::size_t max_depth = 16;
  const std::string_view input = as_text(data, size);

  const auto written = Json::parse(Json(input).text());
  require(written && written->is_string(), "any bytes make a JSON string");

  const auto value = Json::parse(input, max_depth);
  if (!value) return 0;
  const std::string text = value->text();
  const auto again = Json::parse(text, max_depth);
  require(again.has_value(), "what is written can be read");
  require(*again == *value, "and is the same value");
  require(again->text() == text, "and the same text");
  require(Payload::from_text(std::string(input)).json() == *value, "a payload reads the same");
  return 0;
}
