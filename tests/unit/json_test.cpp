#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include <bayeux/json.hpp>

#include "support/catch.hpp"

namespace bayeux {
namespace {

std::string again(std::string_view text) {
  const auto value = Json::parse(text);
  return value ? value->text() : "invalid";
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

}  // namespace

TEST_CASE("values are written down in C++ as they look in JSON", "[json]") {
  CHECK(Json{{"name", "ann"}, {"age", 30}}.text() == R"({"name":"ann","age":30})");
  CHECK(Json{1, 2, 3}.text() == "[1,2,3]");
  CHECK(Json{{"tags", {"a", "b", "c"}}, {"at", {{"x", 1.5}, {"y", -2}}}, {"none", nullptr}, {"yes", true}}.text() ==
        R"({"tags":["a","b","c"],"at":{"x":1.5,"y":-2},"none":null,"yes":true})");
  CHECK(Json::array({Json::array({"a", "b"})}).text() == R"([["a","b"]])");
  CHECK(Json::array().text() == "[]");
  CHECK(Json::object().text() == "{}");
  CHECK(Json::object({{"a", 1}}).text() == R"({"a":1})");
  CHECK(Json().text() == "null");
}

TEST_CASE("parsing keeps every kind of value", "[json]") {
  for (const std::string text : {"null", "true", "false", "0", "-1", "1.5", R"("")", R"("a")", "[]", "{}", "[[],{}]",
                                 R"({"a":{"b":[1,"x",null]},"":0})"}) {
    CHECK(again(text) == text);
  }
  CHECK(again(" \r\n\t[ 1 , 2 ] \n") == "[1,2]");
}

TEST_CASE("what is not JSON is refused", "[json]") {
  for (const std::string text : {"",        " ",           "nul",
                                 "[",       "]",           "[1",
                                 "[1,]",    "[,1]",        "{",
                                 "{\"a\"}", "{\"a\":}",    "{\"a\":1,}",
                                 "{a:1}",   "'a'",         "\"a",
                                 "\"\\x\"", "\"\\u12g4\"", "\"\n\"",
                                 "01",      "1.",          ".5",
                                 "+1",      "-",           "1e",
                                 "NaN",     "Infinity",    "-Infinity",
                                 "[] []",   "[]x",         "1 2",
                                 "// c\n1", "/* c */ 1",   "\xEF\xBB\xBF[]",
                                 "[1}"}) {
    CAPTURE(text);
    CHECK(again(text) == "invalid");
  }
  CHECK(again(std::string_view("[]\0", 3)) == "invalid");
  CHECK(again(std::string_view("[\0]", 3)) == "invalid");
  CHECK(again(std::string_view("\"a\0b\"", 5)) == "invalid");
}

TEST_CASE("whole numbers of 64 bits are exact", "[json]") {
  for (const std::string text :
       {"9223372036854775807", "-9223372036854775808", "18446744073709551615", "9007199254740993"}) {
    CHECK(again(text) == text);
  }
  CHECK(Json::parse("9223372036854775807")->as_integer() == std::numeric_limits<std::int64_t>::max());
  CHECK(Json::parse("18446744073709551615")->as_integer(-7) == -7);
  CHECK(again("18446744073709551616") == "18446744073709551616.0");
}

TEST_CASE("a double reads back as the same double", "[json]") {
  for (const double value :
       {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, 2.2250738585072014e-308, -0.0, 1e21, 123456789.0}) {
    const auto back = Json::parse(Json(value).text());
    CAPTURE(value);
    REQUIRE(back);
    CHECK(back->as_double() == value);
    CHECK(std::signbit(back->as_double()) == std::signbit(value));
  }
  CHECK(Json(0.1).text() == "0.1");
  CHECK(Json(1.0).text() == "1.0");
  CHECK(again("-0") == "-0.0");
  CHECK(Json(std::nan("")).text() == "null");
  CHECK(Json(std::numeric_limits<double>::infinity()).text() == "null");
}

TEST_CASE("a number beyond a double is refused, one too close to zero is zero", "[json]") {
  const std::string zeros(400, '0');
  for (const std::string& text : {std::string("1e400"), std::string("-1e309"), "[1" + zeros + "]", "1" + zeros + ".5",
                                  std::string("1e99999999999"), "123e" + std::to_string(307)}) {
    CAPTURE(text);
    CHECK(again(text) == "invalid");
  }
  CHECK(again("1e-400") == "0.0");
  CHECK(again("-1e-99999999999") == "-0.0");
  CHECK(again("0." + zeros + "1") == "0.0");
}

TEST_CASE("numbers that only look too large are read", "[json]") {
  const std::string zeros(400, '0');
  CHECK(again("0e400") == "0.0");
  CHECK(again("[0e99999999999,1]") == "[0.0,1]");
  CHECK(again("0." + zeros + "1e401") == "1.0");
  CHECK(again("1" + zeros + "e-400") == "1.0");
  CHECK(again("[0e400,\"1e400\",\"a\\\"1e400\"]") == R"([0.0,"1e400","a\"1e400"])");
  CHECK(again("17976931348623157" + std::string(292, '0')) == "1.7976931348623157e+308");
  CHECK(again("[0e400,1.e4]") == "invalid");
  CHECK(again("[0e400,01e4]") == "invalid");
  CHECK(again("[0e400,00]") == "invalid");
}

TEST_CASE("a text is refused as soon as it nests too deep", "[json]") {
  CHECK(Json::parse(nested(64)));
  CHECK_FALSE(Json::parse(nested(65)));
  CHECK(Json::parse("1", 0));
  CHECK_FALSE(Json::parse("[]", 0));
  CHECK(Json::parse(nested(3), 3));
  CHECK_FALSE(Json::parse(R"({"a":{"b":{"c":{}}}})", 3));
  CHECK_FALSE(Json::parse(std::string(1'000'000, '[')));
  std::string objects;
  for (int i = 0; i < 200'000; ++i) objects += R"({"a":)";
  CHECK_FALSE(Json::parse(objects));
}

TEST_CASE("strings come through whatever they hold", "[json]") {
  CHECK(Json("\"\\/\b\f\n\r\t\x01\x1F\x7F").text() == R"("\"\\/\b\f\n\r\t\u0001\u001f)"
                                                      "\x7F\"");
  CHECK(Json(std::string("a\0b", 3)).text() == R"("a\u0000b")");
  CHECK(again(R"("\"\\\/\b\f\n\r\t\u0041\u00e4\u20AC\ud83d\ude00")") ==
        "\"\\\"\\\\/\\b\\f\\n\\r\\tA\u00e4\u20AC\U0001F600\"");
  // Legal in JSON, not in old JavaScript: they pass as they are.
  CHECK(again("\"\u2028\u2029\"") == "\"\u2028\u2029\"");
  CHECK(again(R"("\u2028")") == "\"\u2028\"");
  for (std::size_t length = 0; length < 40; ++length) {
    const std::string plain(length, 'x');
    CHECK(Json(plain + '"' + plain).text() == '"' + plain + "\\\"" + plain + '"');
    CHECK(Json(plain + '\n' + plain).text() == '"' + plain + "\\n" + plain + '"');
    CHECK(Json(plain + "\u00e4" + plain).text() == '"' + plain + "\u00e4" + plain + '"');
  }
}

TEST_CASE("text that is not UTF-8 is refused on the way in and mended on the way out", "[json]") {
  for (const std::string bytes : {"\xFF", "\x80", "\xC3", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80",
                                  "\xF0\x80\x80\xAF", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xE2\x82"}) {
    CAPTURE(bytes.size());
    CHECK(again('"' + bytes + '"') == "invalid");
    CHECK(again("{\"" + bytes + "\":1}") == "invalid");
    const std::string text = Json("a" + bytes + "b").text();
    CHECK(text.starts_with("\"a\xEF\xBF\xBD"));
    CHECK(text.ends_with("b\""));
    CHECK(Json::parse(text));
    CHECK(Json::parse(Json::object({{bytes, 1}}).text()));
  }
}

TEST_CASE("half a surrogate pair is refused", "[json]") {
  for (const std::string text : {R"("\ud800")", R"("\udc00")", R"("\ud800\ud800")", R"("\ud800x")", R"("\udc00\ud800")",
                                 R"("\ud800\u0041")", R"("\uD83D\\uDE00")"}) {
    CAPTURE(text);
    CHECK(again(text) == "invalid");
  }
  CHECK(again(R"("\\ud800")") == R"("\\ud800")");
}

TEST_CASE("members are found by name, the last one where a name is repeated", "[json]") {
  Json value = *Json::parse(R"({"a":1,"b":2,"a":3})");
  CHECK(value["a"] == 3);
  CHECK(value.find("c") == nullptr);
  CHECK(std::as_const(value)["c"].is_null());
  CHECK(value.size() == 3);
  value["c"] = "new";
  value["b"] = nullptr;
  CHECK(value.text() == R"({"a":1,"b":null,"a":3,"c":"new"})");
  CHECK(value.erase("a"));
  CHECK_FALSE(value.erase("a"));
  CHECK(value.text() == R"({"b":null,"c":"new"})");
}

TEST_CASE("a value becomes what is asked of it", "[json]") {
  Json value = 5;
  value["a"]["b"] = 1;
  CHECK(value.text() == R"({"a":{"b":1}})");
  value.push_back(1);
  value.push_back("x");
  CHECK(value.text() == R"([1,"x"])");
  CHECK(value[1] == "x");
  CHECK(value[2].is_null());
  CHECK(value.size() == 2);
}

TEST_CASE("reading as another type gives the other value", "[json]") {
  CHECK(Json("x").as_integer(7) == 7);
  CHECK(Json(true).as_integer(7) == 7);
  CHECK(Json(3.0).as_integer() == 3);
  CHECK(Json(3.5).as_integer(7) == 7);
  CHECK(Json(1e300).as_integer(7) == 7);
  CHECK(Json(3.0).is_integer());
  CHECK_FALSE(Json(3.5).is_integer());
  CHECK(Json(3).as_double() == 3.0);
  CHECK(Json().as_double(0.5) == 0.5);
  CHECK(Json(1).as_bool(true));
  CHECK(Json(1).as_string().empty());
  CHECK(Json(1).items().empty());
  CHECK(Json(1).members().empty());
  CHECK(Json(1).empty());
}

TEST_CASE("equality is that of JSON: numbers by value, members in any order", "[json]") {
  CHECK(Json(1) == Json(1.0));
  CHECK(Json(1U) == Json(std::uint64_t{1}));
  CHECK_FALSE(Json(std::int64_t{9007199254740993}) == Json(9007199254740992.0));
  CHECK_FALSE(Json(-1) == Json(std::numeric_limits<std::uint64_t>::max()));
  CHECK_FALSE(Json(std::numeric_limits<std::uint64_t>::max()) == Json(0x1p64));
  CHECK_FALSE(Json(-1.0) == Json(std::numeric_limits<std::uint64_t>::max()));
  CHECK_FALSE(Json(1) == Json(1.5));
  CHECK_FALSE(Json(1) == Json(true));
  CHECK_FALSE(Json("1") == Json(1));
  CHECK(*Json::parse(R"({"a":1,"b":[2]})") == *Json::parse(R"({"b":[2],"a":1})"));
  CHECK(*Json::parse(R"({"a":1,"a":2})") == *Json::parse(R"({"a":2})"));
  CHECK_FALSE(*Json::parse(R"({"a":1})") == *Json::parse(R"({"a":1,"b":null})"));
  CHECK_FALSE(Json{1, 2} == Json{2, 1});
  CHECK(Json() == nullptr);
}

TEST_CASE("an object of a hundred thousand members is read in one go", "[json]") {
  std::string text = "{";
  for (int i = 0; i < 100'000; ++i) text += "\"k" + std::to_string(i % 1000) + "\":" + std::to_string(i) + ',';
  text.back() = '}';
  const auto value = Json::parse(text);
  REQUIRE(value);
  CHECK(value->size() == 100'000);
  CHECK((*value)["k7"] == 99'007);
  CHECK(*value == *value);
}

}  // namespace bayeux
