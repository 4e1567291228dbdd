#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include <bayeux/error.hpp>
#include <bayeux/filters/shape_filter.hpp>

#include "filter_support.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

/// What is wrong with a value, as text; empty when nothing is.
std::string misfit(const Shape& shape, std::string_view json) {
  const auto value = Json::parse(json, 10'000);
  return value ? shape.misfit(*value).value_or("") : "the test's JSON is broken";
}

Shape described(std::string_view json) {
  return Shape::from(Json::parse(json).value());
}

std::string fault(std::string_view json) {
  return settings_fault([](const Json& settings) { return ShapeFilter::from(settings); }, json);
}

Shape chat_line() {
  return Shape::object()
      .required("text", Shape::string().size(1, 5))
      .optional("stars", Shape::integer().between(1, 5))
      .optional("tags", Shape::array(Shape::string().size(0, 3)).size(0, 2));
}

constexpr std::string_view chat_line_description = R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "a line", "description": "of a chat",
  "type": "object", "required": ["text"], "additionalProperties": false, "properties": {
    "text": {"type": "string", "minLength": 1, "maxLength": 5, "$comment": "no novels"},
    "stars": {"type": "integer", "minimum": 1, "maximum": 5},
    "tags": {"type": "array", "maxItems": 2, "items": {"type": "string", "maxLength": 3}}}})";

}  // namespace

TEST_CASE("a shape built in code and one that is described say the same", "[filter]") {
  for (const Shape& shape : {chat_line(), described(chat_line_description)}) {
    CHECK(misfit(shape, R"({"text":"hello"})") == "");
    CHECK(misfit(shape, R"({"text":"hello","stars":5,"tags":["a","bcd"]})") == "");
    CHECK(misfit(shape, R"({"text":"hello","stars":5.0})") == "");
    CHECK(misfit(shape, R"("hello")") == "the value: expected an object");
    CHECK(misfit(shape, "null") == "the value: expected an object");
    CHECK(misfit(shape, "{}") == "/text: expected a member of that name");
    CHECK(misfit(shape, R"({"text":null})") == "/text: expected a string");
    CHECK(misfit(shape, R"({"text":""})") == "/text: expected from 1 to 5 characters");
    CHECK(misfit(shape, R"({"text":"hello!"})") == "/text: expected from 1 to 5 characters");
    CHECK(misfit(shape, R"({"text":"a","stars":6})") == "/stars: expected a number from 1 to 5");
    CHECK(misfit(shape, R"({"text":"a","stars":1.5})") == "/stars: expected a whole number");
    CHECK(misfit(shape, R"({"text":"a","stars":"1"})") == "/stars: expected a whole number");
    CHECK(misfit(shape, R"({"text":"a","tags":["a","b","c"]})") == "/tags: expected at most 2 items");
    CHECK(misfit(shape, R"({"text":"a","tags":["a","long"]})") == "/tags/1: expected at most 3 characters");
    CHECK(misfit(shape, R"({"text":"a","secret":1})") == "/*: expected nothing here");
  }
}

TEST_CASE("each member of a repeated name has to fit", "[filter]") {
  CHECK(misfit(chat_line(), R"({"text":1,"text":"a"})") == "/text: expected a string");
  CHECK(misfit(chat_line(), R"({"text":"a","text":1})") == "/text: expected a string");
}

TEST_CASE("a shape counts characters, not bytes", "[filter]") {
  const auto shape = Shape::string().size(3, 3);
  CHECK(shape.fits("\u00e9\u20ac\U0001f600"));
  CHECK_FALSE(shape.fits("ab"));
  CHECK_FALSE(shape.fits("abcd"));
}

TEST_CASE("types of a shape", "[filter]") {
  CHECK(Shape::anything().fits(nullptr));
  CHECK(Shape::anything().fits(Json{{"a", 1}}));
  CHECK_FALSE(Shape::nothing().fits(nullptr));
  CHECK(Shape::null().fits(nullptr));
  CHECK_FALSE(Shape::null().fits(0));
  CHECK(Shape::boolean().fits(false));
  CHECK(misfit(Shape::boolean(), "0") == "the value: expected true or false");
  CHECK(Shape::number().fits(1));
  CHECK(Shape::number().fits(1.5));
  CHECK(misfit(Shape::number(), R"("1")") == "the value: expected a number");
  CHECK(Shape::integer().fits(std::numeric_limits<std::uint64_t>::max()));
  CHECK_FALSE(Shape::integer().fits(1e300));
  CHECK(misfit(Shape::string().or_null(), "1") == "the value: expected null or a string");
  CHECK(Shape::string().or_null().fits(nullptr));
  CHECK(Shape::array().fits(Json::array({1, "a", nullptr})));
  CHECK(misfit(Shape::array(), "{}") == "the value: expected an array");
  CHECK_FALSE(Shape::object().fits(Json{{"a", 1}}));
  CHECK(Shape::object().others(Shape::anything()).fits(Json{{"a", 1}}));
  CHECK(misfit(Shape::object().others(Shape::number()), R"({"a/b":"x"})") == "/*: expected a number");
}

TEST_CASE("a number that JSON cannot write fits as the null that it becomes", "[filter]") {
  for (const double number : {std::nan(""), std::numeric_limits<double>::infinity()}) {
    CHECK_FALSE(Shape::number().fits(number));
    CHECK_FALSE(Shape::number().between(0, 1).fits(number));
    CHECK(Shape::null().fits(number));
  }
}

TEST_CASE("a shape may list its values", "[filter]") {
  const auto shape = Shape::anything().one_of({"red", 1, Json{{"a", 1}}});
  CHECK(shape.fits("red"));
  CHECK(shape.fits(1.0));
  CHECK(shape.fits(Json{{"a", 1}}));
  CHECK(shape.misfit("blue") == "the value: expected one of the values that are listed");
  CHECK_FALSE(shape.fits(nullptr));
  CHECK(shape.or_null().fits(nullptr));
  CHECK(described(R"({"enum":["a",null]})").fits(nullptr));
}

TEST_CASE("sizes and ranges may be open on one side", "[filter]") {
  CHECK(misfit(described(R"({"minLength":2})"), R"("a")") == "the value: expected at least 2 characters");
  CHECK(misfit(described(R"({"maximum":-0.5})"), "0") == "the value: expected a number at most -0.5");
  CHECK(misfit(described(R"({"minimum":0})"), "-1") == "the value: expected a number at least 0");
  CHECK(misfit(described(R"({"minProperties":1})"), "{}") == "the value: expected at least 1 members");
  CHECK(misfit(described(R"({"maxProperties":1})"), R"({"a":1,"b":2})") == "the value: expected at most 1 members");
}

TEST_CASE("a described rule binds values of its type alone, as in JSON Schema", "[filter]") {
  const auto shape = described(R"({"maxLength":1,"minItems":1,"required":["a"],"properties":{"b":false}})");
  CHECK(shape.fits(12345));
  CHECK(shape.fits("x"));
  CHECK_FALSE(shape.fits("xx"));
  CHECK_FALSE(shape.fits(Json::array()));
  CHECK(shape.fits(Json::object({{"a", 1}, {"other", 2}})));
  CHECK_FALSE(shape.fits(Json::object({{"a", 1}, {"b", 2}})));
  CHECK(described("true").fits(1));
  CHECK_FALSE(described("false").fits(1));
  CHECK(described(R"({"type":["string","null"]})").fits(nullptr));
  CHECK_FALSE(
      described(R"({"required":["a"],"additionalProperties":{"type":"string"}})").fits(Json::object({{"a", 1}})));
}

TEST_CASE("a description that is not understood is refused, with the place and what is expected there", "[filter]") {
  CHECK(fault("1") == "the settings: expected an object, true or false");
  CHECK(fault(R"({"type":"text"})") ==
        "/type: expected null, boolean, integer, number, string, array or object, as a string");
  CHECK(fault(R"({"type":["string",3]})") ==
        "/type/1: expected null, boolean, integer, number, string, array or object, as a string");
  CHECK(fault(R"({"type":[]})") == "/type: expected at least one type");
  CHECK(fault(R"({"properties":{"a":{"maxLength":-1}}})") ==
        "/properties/a/maxLength: expected a whole number of 0 or more");
  CHECK(fault(R"({"properties":{"a/b":{"maxLength":1.5}}})") ==
        "/properties/a~1b/maxLength: expected a whole number of 0 or more");
  CHECK(fault(R"({"properties":[]})") == "/properties: expected an object");
  CHECK(fault(R"({"properties":{"a":"string"}})") == "/properties/a: expected an object, true or false");
  CHECK(fault(R"({"required":"a"})") == "/required: expected an array");
  CHECK(fault(R"({"required":["a",1]})") == "/required/1: expected a string");
  CHECK(fault(R"({"enum":1})") == "/enum: expected an array");
  CHECK(fault(R"({"minimum":"1"})") == "/minimum: expected a number");
  CHECK(fault(R"({"minimum":2,"maximum":1})") == "/maximum: expected no less than minimum");
  CHECK(fault(R"({"minItems":2,"maxItems":1})") == "/maxItems: expected no less than minItems");
  CHECK(fault(R"({"items":{"items":{"items":7}}})") == "/items/items/items: expected an object, true or false");
  CHECK(fault(R"({"additionalProperties":null})") == "/additionalProperties: expected an object, true or false");
  CHECK_THAT(fault(R"({"pattern":"a"})"),
             Catch::Matchers::StartsWith("/pattern: expected no such member; there may be type, enum,"));
}

TEST_CASE("a description says a thing once", "[filter]") {
  const auto twice = [](const char* name) {
    return Json(Json::Object{{name, Json(Json::Object{})}, {name, Json(Json::Object{})}});
  };
  CHECK_THROWS_AS(Shape::from(twice("items")), SettingsError);
  CHECK_THROWS_AS(Shape::from(Json::object({{"properties", twice("a")}})), SettingsError);
}

TEST_CASE("shapes within each other are bounded", "[filter]") {
  std::string description = "true";
  for (std::size_t depth = 1; depth < Shape::max_depth; ++depth) description = R"({"items":)" + description + "}";
  CHECK(fault(description) == "");
  CHECK_THAT(fault(R"({"items":)" + description + "}"),
             Catch::Matchers::EndsWith("expected fewer shapes within each other"));

  Shape shape = Shape::anything();
  for (std::size_t depth = 1; depth < Shape::max_depth; ++depth) shape = Shape::array(shape);
  CHECK_THROWS_AS(Shape::array(shape), std::system_error);
}

TEST_CASE("a shape that makes no sense is refused in code too", "[filter]") {
  CHECK_THROWS_AS(Shape::string().size(2, 1), std::system_error);
  CHECK_THROWS_AS(Shape::number().between(2, 1), std::system_error);
  CHECK_THROWS_AS(Shape::number().between(std::nan(""), 1), std::system_error);
  try {
    Shape::string().size(2, 1);
  } catch (const std::system_error& error) {
    CHECK(error.code() == Errc::config_invalid);
  }
}

TEST_CASE("a settings error carries a code, a path and what was expected", "[filter]") {
  try {
    Shape::from(Json{{"type", 1}});
    FAIL("it should have thrown");
  } catch (const std::system_error& error) {
    CHECK(error.code() == Errc::config_invalid);
    const auto& settings = dynamic_cast<const SettingsError&>(error);
    CHECK(settings.path() == "/type");
    CHECK(settings.expected() == "null, boolean, integer, number, string, array or object, as a string");
  }
}

TEST_CASE("what does not fit is dropped, what fits passes unchanged", "[filter]") {
  ShapeFilter filter(chat_line());
  CHECK(filtered_text(filter, R"({"stars":1,"text":"hello"})") == R"({"stars":1,"text":"hello"})");
  CHECK(filtered_text(filter, R"({"stars":1})") == "dropped");
}

TEST_CASE("large and deep data is checked as far as the shape goes", "[filter]") {
  std::string deep(9'000, '[');
  deep += std::string(9'000, ']');
  CHECK(misfit(Shape::anything(), deep) == "");
  CHECK(misfit(Shape::array(Shape::string()), deep) == "/0: expected a string");

  Json::Object members;
  for (int number = 0; number < 200'000; ++number) members.emplace_back("text", Json("a"));
  CHECK(chat_line().fits(Json(members)));
  members.emplace_back("other", Json());
  CHECK_FALSE(chat_line().fits(Json(members)));
}
