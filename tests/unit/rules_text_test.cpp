#include <fstream>
#include <random>

#include "support/catch.hpp"

#include "unit/rules_support.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

/// A text of rules about one channel.
std::string about(std::string_view rule, std::string_view channel = "/a") {
  return channels_text("'" + std::string(channel) + "':" + std::string(rule));
}

RulesError error_of(std::string_view text) {
  try {
    Rules::from_text(text);
  } catch (const RulesError& error) {
    return error;
  }
  throw std::runtime_error("nothing was wrong");
}

}  // namespace

TEST_CASE("an error of the rules says line, column, key and what was expected", "[rules]") {
  const auto error = error_of(R"({
  "channels": {
    "/chat/**": {
      "publish": ["member", 5]
    }
  }
})");
  CHECK(error.line() == 4);
  CHECK(error.column() == 29);
  CHECK(error.key() == R"(channels."/chat/**".publish[1])");
  CHECK(error.problem() == R"(expected the name of a role, such as "anyone", found a number)");
  CHECK(std::string(error.what()) == R"(rules:4:29: channels."/chat/**".publish[1]: )" + error.problem());
}

TEST_CASE("a column counts characters, whatever they take in bytes", "[rules]") {
  const auto error = error_of("{\"channels\":{\"/a\":{\"publish\":[\"köln😀\",5]}}}");
  CHECK(error.column() == 39);
}

TEST_CASE("values of a wrong type are named, with what was expected instead", "[rules]") {
  CHECK(fault("[]") == "rules:1:1: expected an object with the member \"channels\", found an array");
  CHECK(
      fault(R"({"channels":["/a"]})") ==
      R"(rules:1:13: channels: expected an object whose names are channels and patterns, such as {"/chat/**": {...}}, found an array)");
  CHECK(fault(about("true")) ==
        R"(rules:1:19: channels."/a": expected an object such as {"publish": ["member"]}, found true or false)");
  CHECK(
      fault(about("{'publish':'member'}")) ==
      R"(rules:1:30: channels."/a".publish: expected an array of roles, such as ["anyone"], found the text "member")");
  CHECK(fault(about("{'deny':['banned']}")) ==
        R"(rules:1:27: channels."/a".deny: expected an object such as {"publish": ["banned"]}, found an array)");
  CHECK(fault(about("{'filters':{}}")) ==
        R"(rules:1:30: channels."/a".filters: expected an array of filters, such as ["no_markup"], found an object)");
  CHECK(fault(about("{'deny':{'publish':['x'],'reason':null}}")) ==
        R"(rules:1:53: channels."/a".deny.reason: expected a reason, such as "you_are_banned", found null)");
}

TEST_CASE("an unknown name is answered with the one that was meant", "[rules]") {
  CHECK(fault(R"({"chanels":{}})") ==
        R"(rules:1:2: chanels: expected "channels" or "roles", found "chanels"; did you mean "channels"?)");
  CHECK(
      fault(about("{'Publish':[]}")) ==
      R"(rules:1:20: channels."/a".Publish: expected "create", "subscribe", "publish", "deny" or "filters", found "Publish"; did you mean "publish"?)");
  CHECK(
      fault(about("{'deny':{'susbcribe':[]}}")) ==
      R"(rules:1:28: channels."/a".deny.susbcribe: expected "create", "subscribe", "publish" or "reason", found "susbcribe"; did you mean "subscribe"?)");
  CHECK(
      fault(about("{'x-y':1}")) ==
      R"(rules:1:20: channels."/a"."x-y": expected "create", "subscribe", "publish", "deny" or "filters", found "x-y")");
}

TEST_CASE("without its channels a text of rules is not accepted, since that would open everything", "[rules]") {
  CHECK(fault("{}") == R"(rules:1:1: expected the member "channels", with the rules)");
  CHECK(fault(R"({"channels":{}})").empty());
}

TEST_CASE("what is said twice is refused", "[rules]") {
  CHECK(fault("{\"channels\":{},\n\"channels\":{}}") ==
        "rules:2:1: channels: expected each name once; this one was there before");
  CHECK(fault(about("{'publish':[],'publish':['x']}")) ==
        R"(rules:1:33: channels."/a".publish: expected each name once; this one was there before)");
  CHECK(fault(channels_text("'/a':{},'/a/':{}")) ==
        R"(rules:1:22: channels."/a/": expected each pattern once; "/a" was there before)");
}

TEST_CASE("a bad pattern is explained", "[rules]") {
  const auto at = [](const std::string& name) { return "rules:1:14: channels.\"" + name + "\": "; };
  CHECK(fault(about("{}", "chat")) ==
        "rules:1:14: channels.chat: expected a channel or pattern that begins with /, such as \"/chat/**\", found "
        "\"chat\"");
  for (const std::string name : {"/a/*/b", "/**/a", "/a*", "/a/b**", "/a/***"}) {
    CHECK(fault(about("{}", name)) == at(name) +
                                          "expected * or ** only in place of the whole last part, as in \"/chat/*\", "
                                          "found \"" +
                                          name + "\"");
  }
  CHECK(fault(about("{}", "/a//b")) == at("/a//b") + "expected something between the slashes, found \"/a//b\"");
  CHECK(fault(about("{}", "/")) == at("/") + "expected something between the slashes, found \"/\"");
  CHECK(fault(about("{}", "/é")) ==
        at("/é") + "expected only letters, digits, blanks and !#$()+-.@_{}~ between the slashes, found \"/é\"");
  CHECK(fault(about("{}", "/meta/x")) ==
        at("/meta/x") + "expected no rule for /meta: its channels are the protocol itself");
  CHECK(fault(about("{}", "/a/{id}")) ==
        at("/a/{id}") +
            "expected no part in braces: they stand for themselves here; write /* at the end for any one part");
  CHECK(fault(about("{}", "/" + std::string(1100, 'a'))).find("at most 1024 bytes") != std::string::npos);
  std::string deep;
  for (int i = 0; i < 65; ++i) deep += "/a";
  CHECK(fault(about("{}", deep)).find("at most 64 parts") != std::string::npos);
}

TEST_CASE("rules that could never apply are refused", "[rules]") {
  CHECK(
      fault(about("{'subscribe':['anyone']}", "/service/a")) ==
      R"(rules:1:28: channels."/service/a".subscribe: expected only "publish" for a service: nobody can create it or subscribe to it)");
  CHECK(fault(about("{'deny':{'create':['x']}}", "/service/**")).find("only \"publish\"") != std::string::npos);
  CHECK(fault(about("{'publish':['x'],'deny':{'publish':['y']}}", "/service/a")).empty());
  CHECK(fault(about("{'deny':{'reason':'x'}}")).find("expected what is denied") != std::string::npos);
}

TEST_CASE("roles are names, and only those that the rules name where they name any", "[rules]") {
  CHECK(fault(about("{'publish':['']}")).find("expected the name of a role, of 1 to 128 bytes") != std::string::npos);
  CHECK(fault(about("{'publish':['a\\u0007']}")).find("without control characters") != std::string::npos);
  CHECK(
      fault(R"({"channels":{"/a":{"deny":{"publish":["baned"]}}},"roles":["member","banned"]})") ==
      R"(rules:1:39: channels."/a".deny.publish[0]: expected a role that "roles" names, found "baned"; did you mean "banned"?)");
  CHECK(fault(R"({"channels":{"/a":{"publish":["member","anyone","user"]}},"roles":["member"]})").empty());
  CHECK(fault(R"({"channels":{},"roles":["user"]})") ==
        R"(rules:1:25: roles[0]: expected roles of your own; "user" is known without being named here)");
}

TEST_CASE("a built-in role in other letters is not taken for a role of the host", "[rules]") {
  CHECK(fault(about("{'publish':['Anyone']}")) ==
        R"(rules:1:31: channels."/a".publish[0]: expected small letters; did you mean "anyone"?)");
  CHECK(fault(about("{'publish':['USER']}")).find("did you mean \"user\"?") != std::string::npos);
}

TEST_CASE("a reason holds what clients can read in an error", "[rules]") {
  const auto with = [](const std::string& reason) {
    return fault(about("{'deny':{'publish':['x'],'reason':'" + reason + "'}}"));
  };
  CHECK(with("not_now").empty());
  CHECK(with("not now").find("expected a reason of 1 to 64 letters, digits and") != std::string::npos);
  CHECK_FALSE(with("").empty());
  CHECK_FALSE(with("a:b").empty());
  CHECK_FALSE(with(std::string(65, 'a')).empty());
}

TEST_CASE("what is not JSON is shown with its line and column", "[rules]") {
  const auto place = [](std::string_view text) {
    const std::string all = fault(text);
    return all.substr(0, all.find(' '));
  };
  CHECK(fault("").starts_with("rules:1:1: expected an object with the member \"channels\"; there is nothing"));
  CHECK(fault("{\n \"channels\": {},\n}") ==
        "rules:3:1: expected a name in double quotes; there is a comma too many before it");
  CHECK(fault("{\n // rules\n \"channels\": {}}") ==
        "rules:2:2: expected a name in double quotes; JSON has no comments");
  CHECK(fault("{'channels': {}}") == "rules:1:2: expected a name in double quotes; texts stand in double quotes");
  CHECK(fault("{\"channels\": {\"/a\": {\"publish\": [\"x\" \"y\"]}}}") ==
        "rules:1:38: channels.\"/a\".publish: expected a comma or a closing ]");
  CHECK(fault("{\"channels\" {}}") == "rules:1:13: expected a colon behind the name");
  CHECK(fault("{\"channels\":{}").starts_with("rules:1:15: expected a comma or a closing }; the text ends here"));
  CHECK(fault("{\"channels\":{}} x") == "rules:1:17: expected the end of the text: something follows the last bracket");
  CHECK(place("{\"channels\":\n\n yes}") == "rules:3:2:");
  CHECK(place("{\"channels\":[1,2,]}") == "rules:1:18:");
  CHECK(place(std::string("{\"channels\":{}}\0", 16)) == "rules:1:16:");
}

TEST_CASE("texts that are not Unicode, and numbers without end, are refused", "[rules]") {
  for (const char* text :
       {"{\"channels\":{},\"\xFF\":1}", "{\"channels\":{},\"\\uDC00\":1}", "{\"channels\":{},\"\\uD800\":1}"}) {
    CHECK(fault(text).find("expected text in UTF-8") != std::string::npos);
  }
  CHECK(fault("{\"channels\":1e999}").find("expected a number that a double can hold") != std::string::npos);
  CHECK(fault("\xEF\xBB\xBF{\"channels\":{}}").empty());
  CHECK(fault("\xEF\xBB\xBF{\"x\":{}}").starts_with("rules:1:2: x: "));
}

TEST_CASE("a text that nests too deep or is too long is refused without being kept", "[rules]") {
  CHECK(fault(std::string(65, '[')) ==
        "rules:1:65: " + error_of(std::string(65, '[')).key() + ": expected at most 64 brackets within each other");
  CHECK(fault(std::string(1 << 20, '[')).find("at most 64 brackets") != std::string::npos);
  const auto long_one = error_of(std::string((1 << 20) + 1, ' '));
  CHECK(std::string(long_one.what()) == "rules: expected at most 1048576 bytes");
  CHECK(long_one.line() == 0);
}

TEST_CASE("long and strange names are shown short and escaped", "[rules]") {
  const auto all = fault("{\"" + std::string(5000, 'x') + "\\u0001\":1}");
  CHECK(all.size() < 400);
  CHECK(fault("{\"a\\u0001\\n\":1}").find(R"("a\u0001\n")") != std::string::npos);
}

TEST_CASE("an unknown filter is answered with the known ones", "[rules]") {
  RulesOptions options;
  options.filters["shout"] = [](const Json&) { return std::shared_ptr<DataFilter>(); };
  CHECK(
      fault(about("{'filters':['no_markups']}"), options) ==
      R"(rules:1:31: channels."/a".filters[0]: expected a filter: "no_markup", "no_scripts", "shape" or "shout", found "no_markups"; did you mean "no_markup"?)");
  CHECK(
      fault(about("{'filters':[{'sharp':{}}]}")) ==
      R"(rules:1:32: channels."/a".filters[0].sharp: expected a filter: "no_markup", "no_scripts" or "shape", found "sharp"; did you mean "shape"?)");
  CHECK(fault(about("{'filters':[{'shape':{},'no_markup':{}}]}")).ends_with("found an object of 2 members"));
  CHECK(fault(about("{'filters':[7]}")).ends_with("found a number"));
}

TEST_CASE("settings that a filter does not take are shown where they stand", "[rules]") {
  CHECK(fault("{\"channels\":{\"/a\":{\"filters\":[\n{\"shape\": {\"properties\":\n {\"a/b\": {\"maxLength\": "
              "\"x\"}}}}]}}}")
            .starts_with(R"(rules:3:24: channels."/a".filters[0].shape.properties."a/b".maxLength: expected )"));
  CHECK(fault(about("{'filters':['shape']}")).ends_with(", for the filter \"shape\""));
  RulesOptions options;
  options.filters["throws"] = [](const Json&) -> std::shared_ptr<DataFilter> { throw std::runtime_error("no luck"); };
  options.filters["throws_42"] = [](const Json&) -> std::shared_ptr<DataFilter> { throw 42; };
  options.filters["nothing"] = [](const Json&) { return std::shared_ptr<DataFilter>(); };
  CHECK(
      fault(about("{'filters':[{'throws':1}]}"), options) ==
      R"(rules:1:41: channels."/a".filters[0].throws: expected settings that the filter "throws" takes; it says: no luck)");
  CHECK(fault(about("{'filters':['throws_42']}"), options)
            .ends_with("expected settings that the filter \"throws_42\" takes"));
  CHECK(fault(about("{'filters':['nothing']}"), options)
            .ends_with("expected settings that the filter \"nothing\" takes"));
}

TEST_CASE("no text with one byte changed does anything but fail well", "[rules]") {
  const std::string good =
      R"({"roles":["m"],"channels":{"/a/**":{"create":[],"publish":["m"],"deny":{"publish":["user"],"reason":"x"},)"
      R"("filters":["no_markup",{"shape":{"type":"object"}}]},"/service/x":{"publish":["anyone"]}}})";
  REQUIRE(fault(good).empty());
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const char c : {'"', '{', '}', '[', ']', ',', ':', '*', '/', '0', '\0', '\xC3', '\\'}) {
      std::string bad = good;
      bad[i] = c;
      const std::string said = fault(bad);
      CHECK((said.empty() || said.starts_with("rules:1:")));
    }
    CHECK(fault(good.substr(0, i)).starts_with("rules:1:"));
  }
}
