#include <memory>
#include <string>
#include <string_view>

#include <bayeux/filters/regular_expression.hpp>

#include "filter_support.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::test;
using Catch::Matchers::StartsWith;

namespace {

using Options = RegularExpressionOptions;

std::string replaced(std::string pattern, std::string replacement, std::string_view text) {
  RegularExpression filter(Options{.pattern = std::move(pattern), .replacement = std::move(replacement)});
  return filtered_string(filter, text);
}

std::string fault(std::string_view json) {
  return settings_fault([](const Json& settings) { return RegularExpression::from(settings); }, json);
}

}  // namespace

TEST_CASE("matches are replaced in strings at any depth", "[filter]") {
  RegularExpression filter(Options{.pattern = R"(\bdarn\b)", .replacement = "****"});
  CHECK(filtered_text(filter, R"({"darn":["darn it","darned",{"a":"a darn, darn b"}],"n":1})") ==
        R"({"darn":["**** it","darned",{"a":"a ****, **** b"}],"n":1})");
}

TEST_CASE("a match drops the message when there is no replacement", "[filter]") {
  RegularExpression filter(Options{.pattern = "secret"});
  CHECK(filtered_text(filter, R"({"a":["nothing",1,null]})") == R"({"a":["nothing",1,null]})");
  CHECK(filtered_text(filter, R"({"a":["nothing",{"b":"top secret!"}]})") == "dropped");
  CHECK(filtered_text(filter, R"({"secret":1})") == R"({"secret":1})");
  CHECK(filtered_text(filter, R"("Secret")") == R"("Secret")");
}

TEST_CASE("names and case count where that is asked for", "[filter]") {
  RegularExpression filter(Options{.pattern = "secret", .ignore_case = true, .names = true});
  CHECK(filtered_text(filter, R"({"SECRET":1})") == "dropped");
  RegularExpression replacing(Options{.pattern = "a", .replacement = "b", .names = true});
  CHECK(filtered_text(replacing, R"({"cat":"cat"})") == R"({"cbt":"cbt"})");
}

TEST_CASE("a replacement is taken as it stands", "[filter]") {
  CHECK(replaced("(b)", R"(\0\1$1$&)", "abc") == R"(a\0\1$1$&c)");
  CHECK(replaced("b", "", "abc") == "ac");
}

TEST_CASE("empty matches are replaced once each, between characters", "[filter]") {
  CHECK(replaced("x*", "-", "abc") == "-a-b-c-");
  CHECK(replaced("x*", "-", "xxa") == "-a-");
  CHECK(replaced("", "-", "\u00e9\U0001f600") == "-\u00e9-\U0001f600-");
  CHECK(replaced("", "-", "") == "-");
  CHECK(replaced("^", "-", "ab") == "-ab");
  CHECK(replaced("$", "-", "ab") == "ab-");
  CHECK(replaced(R"(\b)", "|", "ab cd") == "|ab| |cd|");
}

TEST_CASE("strings that are not UTF-8, and NULs, do no harm", "[filter]") {
  CHECK(replaced("b", "-",
                 "\xff"
                 "b\xc3") == "\xff-\xc3");
  CHECK(replaced("", "-", "\xff\x80") == "-\xff\x80-");
  CHECK(replaced(R"(\x00)", "0", std::string_view("a\0b", 3)) == "a0b");
}

TEST_CASE("a catastrophic pattern ends on a megabyte", "[filter]") {
  const std::string text(1'000'000, 'a');
  for (const auto pattern : {"(a+)+$", "(a|aa)+$", "(a*)*b", "(.*)(.*)(.*)(.*)(.*)x", "(x+x+)+y", "a.*b|a"}) {
    INFO(pattern);
    RegularExpression dropping(Options{.pattern = pattern});
    filtered_string(dropping, text);
    RegularExpression replacing(Options{.pattern = pattern, .replacement = "-"});
    filtered_string(replacing, text);
  }
  CHECK(replaced("(a+)+$", "-", text) == "-");
  CHECK(replaced("(a*)*b", "-", text) == text);
}

TEST_CASE("work is bounded, whatever is to be replaced", "[filter]") {
  const std::string text(100'000, 'a');
  CHECK(replaced("a.*b|a", "-", text) == "dropped");
  CHECK(replaced("a", "-", std::string(2'000, 'a')) == std::string(2'000, '-'));

  RegularExpression strict(Options{.pattern = "b", .max_work = 1'000});
  CHECK(filtered_string(strict, "abc") == "dropped");
  CHECK(filtered_string(strict, "aaa") == "aaa");
  CHECK(filtered_string(strict, std::string(1'000, 'a')) == "dropped");
  Json many;
  for (int item = 0; item < 1'000; ++item) many.push_back("");
  CHECK_FALSE(filtered(strict, many));
}

TEST_CASE("what replacing may make is bounded, for all strings together", "[filter]") {
  RegularExpression filter(Options{.pattern = "a", .replacement = std::string(100, 'x'), .max_result = 1'000});
  CHECK(filtered_string(filter, std::string(10, 'a')) == std::string(1'000, 'x'));
  CHECK(filtered_string(filter, std::string(11, 'a')) == "dropped");
  CHECK(filtered_text(filter, R"(["aaaaa","aaaaa"])") != "dropped");
  CHECK(filtered_text(filter, R"(["aaaaa","aaaaa","b"])") == "dropped");

  RegularExpression empty(Options{.pattern = "", .replacement = std::string(1'024, 'x')});
  Json many;
  for (int item = 0; item < 100'000; ++item) many.push_back("");
  CHECK_FALSE(filtered(empty, many));
}

TEST_CASE("memory is bounded for patterns with many states", "[filter]") {
  RegularExpression filter(Options{.pattern = "[ab]*a[ab]{18}c"});
  std::string text;
  for (unsigned number = 1; text.size() < 20'000; number = number * 1'103'515'245U + 12'345U)
    text += number >> 16 & 1U ? 'a' : 'b';
  CHECK(filtered_string(filter, text) == text);
}

TEST_CASE("a pattern that is not understood or too large is refused", "[filter]") {
  CHECK_THAT(fault(R"x({"pattern":"(a"})x"),
             StartsWith("/pattern: expected a regular expression as RE2 reads it (missing"));
  CHECK_THAT(fault(R"x({"pattern":"(a)\\1"})x"), StartsWith("/pattern: expected a regular expression"));
  CHECK_THAT(fault(R"x({"pattern":"(?=a)"})x"), StartsWith("/pattern: expected a regular expression"));
  CHECK_THAT(fault(R"({"pattern":"a{100000}"})"), StartsWith("/pattern: expected a regular expression"));
  CHECK_THAT(fault(R"x({"pattern":"((a{100}){100}){100}"})x"), StartsWith("/pattern: expected a regular expression"));
  CHECK_THAT(fault("{\"pattern\":\"" + std::string(10'000, '(') + "\"}"), StartsWith("/pattern: expected"));
  CHECK(fault("{\"pattern\":\"" + std::string(16 * 1024 + 1, 'a') + "\"}") ==
        "/pattern: expected a pattern of at most 16 KiB");
  CHECK(fault("{\"pattern\":\"a\",\"replacement\":\"" + std::string(1'025, 'a') + "\"}") ==
        "/replacement: expected a text of at most 1 KiB");
}

TEST_CASE("a regular expression is made from settings", "[filter]") {
  const auto filter = RegularExpression::from(Json{{"pattern", "A"},
                                                   {"replacement", "xy"},
                                                   {"ignoreCase", true},
                                                   {"names", true},
                                                   {"maxResult", 4},
                                                   {"maxWork", 1'000}});
  CHECK(filtered_text(*filter, R"({"a":"A"})") == R"({"xy":"xy"})");
  CHECK(filtered_text(*filter, R"({"a":"AA"})") == "dropped");
  CHECK(filtered_text(*filter, R"({"b":"bb"})") == R"({"b":"bb"})");

  CHECK(fault("null") == "the settings: expected an object");
  CHECK(fault("{}") == "/pattern: expected a string");
  CHECK(fault(R"({"pattern":1})") == "/pattern: expected a string");
  CHECK(fault(R"({"pattern":"a","replacement":null})") == "/replacement: expected a string");
  CHECK(fault(R"({"pattern":"a","ignoreCase":1})") == "/ignoreCase: expected true or false");
  CHECK(fault(R"({"pattern":"a","names":"yes"})") == "/names: expected true or false");
  CHECK(fault(R"({"pattern":"a","maxResult":-1})") == "/maxResult: expected a whole number of 0 or more");
  CHECK(fault(R"({"pattern":"a","maxWork":"1"})") == "/maxWork: expected a whole number of 0 or more");
  CHECK(fault(R"({"pattern":"a","flags":"i"})") ==
        "/flags: expected no such member; there may be pattern, replacement, ignoreCase, names, maxResult, maxWork");
}
