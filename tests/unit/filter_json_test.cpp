#include <stdexcept>
#include <string>
#include <vector>

#include <bayeux/filters/json_filter.hpp>

#include "filter_support.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

/// Writes down what it visits.
class Diary final : public JsonFilter {
 public:
  Fate on_string(Json& value, const Place& place) override { return note(value.as_string(), place); }
  Fate on_number(Json& value, const Place& place) override { return note(value.text(), place); }
  Fate on_bool(Json& value, const Place& place) override { return note(value.text(), place); }
  Fate on_null(Json& value, const Place& place) override { return note(value.text(), place); }
  Fate on_member(std::string& name, const Json&, const Place& place) override { return note("(" + name + ")", place); }

  std::string text;

 private:
  Fate note(const std::string& what, const Place& place) {
    text.append(text.empty() ? "" : " ").append(what).append("@").append(place.name);
    text.append(std::to_string(place.depth));
    return Fate::keep;
  }
};

/// Does to each value what its text says.
class Obedient final : public JsonFilter {
 public:
  Fate on_string(Json& value, const Place&) override {
    if (value.as_string() == "number") value = 7;
    if (value.as_string() == "list") value = Json::array({"drop", "drop message"});
    return fate(value.as_string());
  }
  Fate on_member(std::string& name, const Json&, const Place&) override {
    if (name == "rename") name = "renamed";
    return fate(name);
  }

 private:
  static Fate fate(const std::string& text) {
    if (text == "drop message") return Fate::drop_message;
    return text == "drop" ? Fate::drop : Fate::keep;
  }
};

class KeepAll final : public JsonFilter {};

Json nested(std::size_t depth) {
  Json value("bottom");
  for (std::size_t level = 0; level < depth; ++level) {
    Json::Array items;
    items.push_back(std::move(value));
    value = Json(std::move(items));
  }
  return value;
}

}  // namespace

TEST_CASE("a JSON filter visits names and values in the order in which they stand", "[filter]") {
  Diary diary;
  const std::string text = R"({"a":"x","b":[1,true,{"c":null}],"d":{},"e":[],"f":2.5})";
  CHECK(filtered_text(diary, text) == text);
  CHECK(diary.text == "(a)@a1 x@a1 (b)@b1 1@2 true@2 (c)@c3 null@c3 (d)@d1 (e)@e1 (f)@f1 2.5@f1");
}

TEST_CASE("a JSON filter visits a value that stands alone", "[filter]") {
  Diary diary;
  CHECK(filtered_text(diary, R"("alone")") == R"("alone")");
  CHECK(diary.text == "alone@0");
}

TEST_CASE("a filter that overrides nothing changes nothing", "[filter]") {
  KeepAll filter;
  const std::string text = R"({"a":[{},[],[[1]],"",18446744073709551615,-0.5,false,null],"a":{"a":1}})";
  CHECK(filtered_text(filter, text) == Json::parse(text)->text());
}

TEST_CASE("a JSON filter replaces, renames and drops values, members and messages", "[filter]") {
  Obedient filter;
  CHECK(filtered_text(filter, R"(["a","drop","number",["drop"]])") == R"(["a",7,[]])");
  CHECK(filtered_text(filter, R"({"rename":1,"drop":{"x":1},"b":"drop","c":2})") == R"({"renamed":1,"c":2})");
  CHECK(filtered_text(filter, R"("drop")") == "dropped");
  CHECK(filtered_text(filter, R"("drop message")") == "dropped");
  CHECK(filtered_text(filter, R"({"a":[1,{"b":["drop message"]}],"c":2})") == "dropped");
  CHECK(filtered_text(filter, R"([{"drop message":1}])") == "dropped");
}

TEST_CASE("what a JSON filter puts in place of a value is not visited", "[filter]") {
  Obedient filter;
  CHECK(filtered_text(filter, R"(["list"])") == R"([["drop","drop message"]])");
}

TEST_CASE("data nested too deep is dropped unseen", "[filter]") {
  KeepAll keep;
  CHECK(filtered(keep, nested(JsonFilter::max_depth)) == nested(JsonFilter::max_depth));
  CHECK_FALSE(filtered(keep, nested(JsonFilter::max_depth + 1)));

  Diary diary;
  Json data = Json::array({"seen?"});
  data.push_back(nested(5'000));
  CHECK_FALSE(filtered(diary, data));
  CHECK(diary.text.empty());
}

TEST_CASE("a JSON filter bears wide data", "[filter]") {
  KeepAll keep;
  Json data;
  for (int item = 0; item < 100'000; ++item) data.push_back(Json::object({{"n", item}}));
  CHECK(filtered(keep, data) == data);
}
