#include "protocol/parser.hpp"

#include <string>
#include <vector>

#include <bayeux/channel_id.hpp>
#include <bayeux/error.hpp>

#include "support/catch.hpp"

namespace bayeux::protocol {
namespace {

/// What became of a request: the error of the whole, or its messages, each with its error in front.
using Result = std::vector<std::string>;

Result read(std::string_view text, const Limits& limits = {}) {
  std::vector<Incoming> messages;
  if (const auto error = parse(text, limits, messages)) {
    CHECK(messages.empty());
    return {error.message()};
  }
  Result result;
  for (const Incoming& each : messages) result.push_back(each.error + each.message.text());
  return result;
}

std::string whole(Errc error) {
  return make_error_code(error).message();
}

const std::string good = R"({"channel":"/good","id":"9","data":1})";

/// What comes of one message between two good ones, which must come through unharmed.
std::string between_good_ones(const std::string& message) {
  const Result result = read("[" + good + "," + message + "," + good + "]");
  REQUIRE(result.size() == 3);
  CHECK(result[0] == good);
  CHECK(result[2] == good);
  return result[1];
}

std::string repeated(std::string_view part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

}  // namespace

TEST_CASE("a request is an array of messages, or one message", "[parser]") {
  CHECK(read("[" + good + "]") == Result{good});
  CHECK(read(good) == Result{good});
  CHECK(read(" \r\n\t[ " + good + " , " + good + " ] ") == Result{good, good});
  CHECK(read("[]").empty());
}

TEST_CASE("every member finds its place", "[parser]") {
  std::vector<Incoming> messages;
  const Limits limits;
  REQUIRE_FALSE(parse(
      R"({"version":"1.0","id":"a1","clientId":"me","channel":"/meta/handshake","subscription":["/a"],"data":{"x": 1},)"
      R"("advice":{"timeout":0},"ext":{"ack":true},"connectionType":"long-polling","supportedConnectionTypes":5})",
      limits, messages));
  REQUIRE(messages.size() == 1);
  CHECK(messages[0].error.empty());
  const Message& message = messages[0].message;
  CHECK(message.channel == "/meta/handshake");
  CHECK(message.id == "a1");
  CHECK(message.client_id == "me");
  CHECK(message.subscription == Json::array({"/a"}));
  CHECK(message.data.text() == R"({"x": 1})");
  CHECK(message.data["x"] == 1);
  CHECK(message.advice == Json{{"timeout", 0}});
  CHECK(message.ext == Json{{"ack", true}});
  CHECK(message.members.text() == R"({"version":"1.0","connectionType":"long-polling","supportedConnectionTypes":5})");
  CHECK_FALSE(message.successful.has_value());
}

TEST_CASE("data keeps its very bytes", "[parser]") {
  for (const std::string data : {"{ \"a\" : [ 1.50 , \"\\u0041\\/\" ] }", "\"x\\\"y\"", "-1.0E+2", "true", "null", "[]",
                                 "\"\u2028\"", "0e400"}) {
    CHECK(read("[{\"channel\":\"/a\",\"data\" : \n" + data + " }]") ==
          Result{"{\"channel\":\"/a\",\"data\":" + data + "}"});
    CHECK(read("{\"data\":" + data + ",\"channel\":\"/a\"}") == Result{"{\"channel\":\"/a\",\"data\":" + data + "}"});
  }
}

TEST_CASE("null is as good as absent, but for data", "[parser]") {
  CHECK(read(R"({"channel":"/a","id":null,"clientId":null,"ext":null,"advice":null,"subscription":null})") ==
        Result{R"({"channel":"/a"})"});
  CHECK(read(R"({"channel":"/a","data":null})") == Result{R"({"channel":"/a","data":null})"});
  CHECK(read(R"({"channel":null,"id":"1"})") == Result{R"(400::channel_missing{"id":"1"})"});
}

TEST_CASE("successful and error are not for clients to say", "[parser]") {
  CHECK(read(R"({"channel":"/a","successful":true,"error":"x"})") == Result{R"({"channel":"/a"})"});
  CHECK(read(R"({"channel":"/a","successful":{"a":[1]},"error":7})") == Result{R"({"channel":"/a"})"});
}

TEST_CASE("a text that is not JSON fails as a whole", "[parser]") {
  for (const std::string& text :
       {std::string("["), "[" + good, "[" + good + ",]", good + "x", "[" + good + "] []", std::string("nul"),
        std::string("[{]"), "\xEF\xBB\xBF[" + good + "]", std::string("[]\0", 3), std::string("[{'channel':1}]"),
        "[" + good + ",{\"a\":01}]", std::string("{\"channel\":\"/a\\x\"}"), std::string("\xFF"),
        std::string("[{\"a\":\xFF}]"), std::string("\\ud800")}) {
    CAPTURE(text);
    CHECK(read(text) == Result{whole(Errc::json_invalid)});
  }
}

TEST_CASE("JSON that holds no messages fails as a whole", "[parser]") {
  for (const std::string& text :
       {std::string("1"), std::string("\"x\""), std::string("true"), std::string("null"), std::string("[1]"),
        std::string("[null]"), std::string("[[]]"), std::string("[\"a\"]"), "[" + good + ",1]",
        "[" + good + ",[" + good + "]]", std::string("1e400"), std::string("\"\\ud800\"")}) {
    CAPTURE(text);
    CHECK(read(text) == Result{whole(Errc::messages_invalid)});
  }
}

TEST_CASE("nothing at all is told apart from an empty array", "[parser]") {
  CHECK(read("") == Result{whole(Errc::messages_empty)});
  CHECK(read(" \r\n\t ") == Result{whole(Errc::messages_empty)});
}

TEST_CASE("no more messages are taken than allowed", "[parser]") {
  Limits limits;
  limits.max_batch = 2;
  CHECK(read("[" + good + "," + good + "]", limits).size() == 2);
  CHECK(read("[" + good + "," + good + "," + good + "]", limits) == Result{whole(Errc::messages_too_many)});
  // Found while reading: what follows is never looked at.
  CHECK(read("[" + repeated(good + ",", 3) + "nonsense", limits) == Result{whole(Errc::messages_too_many)});
  CHECK(read("[" + repeated("{},", 100'000) + "{}]") == Result{whole(Errc::messages_too_many)});
}

TEST_CASE("a message without a channel is told so", "[parser]") {
  CHECK(between_good_ones("{}") == "400::channel_missing{}");
  CHECK(
      between_good_ones(R"({"id":"5","subscription":"/a","clientId":"secret","data":1,"ext":{},"advice":{},"x":1})") ==
      R"(400::channel_missing{"id":"5","subscription":"/a"})");
}

TEST_CASE("a member of a wrong type fails its message only", "[parser]") {
  for (const std::string member : {"\"clientId\":7", "\"clientId\":[[]]", "\"ext\":[]", "\"ext\":\"x\"", "\"ext\":1",
                                   "\"advice\":5", "\"advice\":true", "\"advice\":[{}]", "\"connectionType\":5",
                                   "\"connectionType\":{\"a\":[]}", "\"connectionType\":false"}) {
    CAPTURE(member);
    CHECK(between_good_ones("{\"channel\":\"/a\"," + member + ",\"id\":\"5\"}") ==
          R"(400::bad_request{"channel":"/a","id":"5"})");
    CHECK(between_good_ones("{" + member + ",\"id\":\"5\",\"channel\":\"/a\"}") ==
          R"(400::bad_request{"channel":"/a","id":"5"})");
  }
  for (const std::string channel : {"7", "true", "{}", "[\"/a\"]"}) {
    CHECK(between_good_ones("{\"channel\":" + channel + ",\"id\":\"5\"}") == R"(400::bad_request{"id":"5"})");
  }
  for (const std::string id : {"true", "{}", "[1]", "{\"a\":{\"b\":1}}"}) {
    CHECK(between_good_ones("{\"channel\":\"/a\",\"id\":" + id + "}") == R"(400::bad_request{"channel":"/a"})");
  }
}

TEST_CASE("a subscription of any type is kept for the bus to judge", "[parser]") {
  for (const std::string value : {"5", "{\"a\":[1,{}]}", "[\"/a\",7]", "[]", "true", "\"\""}) {
    CHECK(between_good_ones("{\"channel\":\"/meta/subscribe\",\"subscription\":" + value + "}") ==
          "{\"channel\":\"/meta/subscribe\",\"subscription\":" + value + "}");
  }
}

TEST_CASE("an id is a number, or letters and digits", "[parser]") {
  const auto with_id = [](const std::string& id) {
    return between_good_ones("{\"id\":" + id + ",\"channel\":\"/a\"}");
  };
  for (const std::string id : {"0", "7", "-1.5", "\"0\"", "\"aZ9\""})
    CHECK(with_id(id) == R"({"channel":"/a","id":)" + id + "}");
  for (const std::string id : {"\"\"", "\"a b\"", "\"a-b\"", "\"\u00e4\"", "\"<script>\"", "\"a\\nb\""}) {
    CHECK(with_id(id) == R"(405::message_id_invalid{"channel":"/a","id":)" + id + "}");
  }
  const std::string longest(Limits().max_id_length, 'x');
  CHECK(with_id('"' + longest + '"') == R"({"channel":"/a","id":")" + longest + "\"}");
  CHECK(with_id('"' + longest + "x\"") == R"(405::message_id_invalid{"channel":"/a"})");
}

TEST_CASE("a channel that is too long is not sent back", "[parser]") {
  const std::string longest = "/" + std::string(ChannelId::max_length - 1, 'a');
  CHECK(between_good_ones("{\"channel\":\"" + longest + "\"}") == "{\"channel\":\"" + longest + "\"}");
  CHECK(between_good_ones("{\"channel\":\"" + longest + "a\",\"id\":\"5\"}") == R"(405::channel_invalid{"id":"5"})");
  CHECK(between_good_ones(R"({"channel":"","id":"5"})") == R"(405::channel_invalid{"id":"5"})");
  // Its grammar is the bus's to judge.
  CHECK(between_good_ones(R"({"channel":"no slash"})") == R"({"channel":"no slash"})");
}

TEST_CASE("a member of the envelope stands once in a message", "[parser]") {
  for (const std::string member : {"\"clientId\":\"x\"", "\"data\":1", "\"ext\":{}", "\"advice\":{}",
                                   "\"successful\":true", "\"error\":\"\"", "\"data\":{\"a\":1}"}) {
    CAPTURE(member);
    CHECK(between_good_ones("{\"channel\":\"/a\"," + member + "," + member + "}") ==
          R"(400::member_duplicate{"channel":"/a"})");
  }
  CHECK(between_good_ones(
            R"({"channel":"/a","id":"1","channel":"/b","id":"2","subscription":"/x","subscription":["/y"]})") ==
        R"(400::member_duplicate{"channel":"/a","id":"1","subscription":"/x"})");
  CHECK(between_good_ones(R"({"channel":"/a","ch\u0061nnel":"/b"})") == R"(400::member_duplicate{"channel":"/a"})");
  CHECK(between_good_ones(R"({"channel":"/a","x":1,"x":2,"data":{"id":1,"id":2}})") ==
        R"({"channel":"/a","data":{"id":1,"id":2},"x":1,"x":2})");
}

TEST_CASE("nesting beyond the limit fails its message only", "[parser]") {
  Limits limits;
  const auto value = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(between_good_ones("{\"channel\":\"/a\",\"data\":" + value(64) + "}") ==
        "{\"channel\":\"/a\",\"data\":" + value(64) + "}");
  for (const std::string member : {"data", "x", "subscription", "successful"}) {
    CHECK(between_good_ones("{\"channel\":\"/a\",\"" + member + "\":" + value(65) + ",\"id\":\"5\"}") ==
          R"(400::nesting_too_deep{"channel":"/a","id":"5"})");
    CHECK(between_good_ones("{\"channel\":\"/a\",\"" + member + "\":" + value(200'000) + "}") ==
          R"(400::nesting_too_deep{"channel":"/a"})");
  }
  CHECK(between_good_ones("{\"channel\":\"/a\",\"ext\":" + repeated("{\"a\":", 100'000) + "1" + repeated("}", 100'000) +
                          "}") == R"(400::nesting_too_deep{"channel":"/a"})");
  CHECK(between_good_ones("{\"channel\":\"/a\",\"ext\":{\"a\":" + value(65) + ",\"b\":[1,{\"c\":\"d\"}]}}") ==
        R"(400::nesting_too_deep{"channel":"/a"})");
  limits.max_depth = 1;
  CHECK(read(R"([{"channel":"/a","data":[1]},{"channel":"/b","data":[[]]}])", limits) ==
        Result{R"({"channel":"/a","data":[1]})", R"(400::nesting_too_deep{"channel":"/b"})"});
}

TEST_CASE("a value that had to be given up leaves nothing behind for the next", "[parser]") {
  const std::string next = R"({"channel":"/b","ext":{"a":[1]}})";
  for (const std::string bad : {"1e400", "\"\\ud800\"", "[[[[]]]]"}) {
    Limits limits;
    limits.max_depth = 4;
    const Result result = read("[{\"channel\":\"/a\",\"ext\":{\"x\":[" + bad + ",2]}}," + next + "]", limits);
    REQUIRE(result.size() == 2);
    CHECK(result[0].starts_with("400::"));
    CHECK(result[1] == next);
  }
}

TEST_CASE("a megabyte of brackets is refused", "[parser]") {
  CHECK(read(std::string(1'000'000, '[')) == Result{whole(Errc::messages_invalid)});
  CHECK(read(repeated("{\"a\":", 200'000)) == Result{whole(Errc::json_invalid)});
  CHECK(read("[{\"channel\":\"/a\",\"data\":" + std::string(1'000'000, '[')) == Result{whole(Errc::json_invalid)});
}

TEST_CASE("a number beyond a double fails its message only", "[parser]") {
  const std::string digits = "1" + std::string(400, '0');
  for (const std::string& number : {std::string("1e400"), std::string("-1E+309"), std::string("123e307"), digits,
                                    digits + ".25", "[{\"a\":" + digits + "}]"}) {
    CAPTURE(number);
    for (const std::string member : {"data", "x", "ext", "id", "clientId", "subscription", "channel", "error"}) {
      const std::string text = "{\"" + member + "\":" + number + "}";
      CHECK(between_good_ones(text).find("400::") == 0);
    }
    CHECK(between_good_ones("{\"channel\":\"/a\",\"data\":" + number + "}") ==
          R"(400::number_out_of_range{"channel":"/a"})");
    CHECK(between_good_ones("{\"channel\":\"/a\",\"ext\":{\"a\":[1," + number + ",2]},\"id\":\"5\"}") ==
          R"(400::number_out_of_range{"channel":"/a","id":"5"})");
  }
  CHECK(between_good_ones(R"({"channel":"/a","id":1e400})") == R"(400::number_out_of_range{"channel":"/a"})");
}

TEST_CASE("a large number of one message does not change the numbers of its neighbours", "[parser]") {
  const std::string odd = R"({"channel":"/b","id":12e2,"data":[1e5,0e400,-2.5E-3],"ext":{"n":1e2}})";
  CHECK(read("[{\"channel\":\"/a\",\"data\":1e400}," + odd + "]") ==
        Result{R"(400::number_out_of_range{"channel":"/a"})",
               R"({"channel":"/b","id":1200.0,"data":[1e5,0e400,-2.5E-3],"ext":{"n":100.0}})"});
}

TEST_CASE("a string that is not Unicode fails its message only", "[parser]") {
  for (const std::string broken :
       {"\\ud800", "\\udc00", "a\\ud83dx", "\xFF", "\xC3", "\xED\xA0\x80", "x\xF0\x9F\x98"}) {
    CAPTURE(broken.size());
    const std::string value = '"' + broken + '"';
    CHECK(between_good_ones("{\"channel\":\"/a\",\"data\":" + value + ",\"id\":\"5\"}") ==
          R"(400::string_invalid{"channel":"/a","id":"5"})");
    CHECK(between_good_ones("{\"channel\":\"/a\",\"data\":{\"x\":[" + value + "]}}") ==
          R"(400::string_invalid{"channel":"/a"})");
    CHECK(between_good_ones("{\"channel\":\"/a\",\"x\":[" + value + ",{\"a\":1}]}") ==
          R"(400::string_invalid{"channel":"/a"})");
    CHECK(between_good_ones("{\"channel\":\"/a\"," + value + ":[{\"a\":1}]}") ==
          R"(400::string_invalid{"channel":"/a"})");
    CHECK(between_good_ones("{\"channel\":\"/a\",\"ext\":{" + value + ":[{\"a\":1}]}}") ==
          R"(400::string_invalid{"channel":"/a"})");
    CHECK(between_good_ones("{\"channel\":" + value + ",\"id\":\"5\"}") == R"(400::string_invalid{"id":"5"})");
    CHECK(between_good_ones("{\"id\":" + value + ",\"channel\":\"/a\"}") == R"(400::string_invalid{"channel":"/a"})");
    CHECK(between_good_ones("{\"channel\":\"/a\",\"subscription\":[\"/x\"," + value + "]}") ==
          R"(400::string_invalid{"channel":"/a"})");
  }
  CHECK(between_good_ones(R"({"channel":"/a","data":"\ud83d\ude00 \\ud800"})") ==
        R"({"channel":"/a","data":"\ud83d\ude00 \\ud800"})");
  CHECK(read("[{\"channel\":\"/a\",\"data\":\"\\ud800\"},{\"channel\":\"/b\",\"data\":1e400}," + good + "]") ==
        Result{R"(400::string_invalid{"channel":"/a"})", R"(400::number_out_of_range{"channel":"/b"})", good});
}

TEST_CASE("a very long run of bad bytes is read in one go", "[parser]") {
  CHECK(between_good_ones("{\"channel\":\"/a\",\"data\":\"" + std::string(1'000'000, '\xFF') + "\"}") ==
        R"(400::string_invalid{"channel":"/a"})");
  CHECK(between_good_ones("{\"channel\":\"/a\",\"data\":\"" + repeated("\\ud800", 200'000) + "\"}") ==
        R"(400::string_invalid{"channel":"/a"})");
  CHECK(between_good_ones("{\"channel\":\"/a\",\"data\":[" + repeated("1e400,", 200'000) + "1]}") ==
        R"(400::number_out_of_range{"channel":"/a"})");
}

TEST_CASE("a hundred thousand members are read in one go", "[parser]") {
  std::string members;
  for (int i = 0; i < 100'000; ++i) members += ",\"k" + std::to_string(i) + "\":0";
  const Result result = read("[{\"channel\":\"/a\"" + members + "}]");
  REQUIRE(result.size() == 1);
  CHECK(result[0] == "{\"channel\":\"/a\"" + members + "}");
  CHECK(between_good_ones("{\"channel\":\"/a\"" + repeated(",\"data\":0", 100'000) + "}") ==
        R"(400::member_duplicate{"channel":"/a"})");
}

TEST_CASE("what a failed request leaves behind is not seen by the next", "[parser]") {
  std::vector<Incoming> messages;
  REQUIRE_FALSE(parse("[" + good + "," + good + "]", {}, messages));
  REQUIRE_FALSE(parse("[]", {}, messages));
  CHECK(messages.empty());
  REQUIRE_FALSE(parse(good, {}, messages));
  CHECK(parse("[", {}, messages) == Errc::json_invalid);
  CHECK(messages.empty());
}

}  // namespace bayeux::protocol
