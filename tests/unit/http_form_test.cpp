#include "http/batch.hpp"
#include "http/form.hpp"
#include "support/catch.hpp"

using namespace bayeux::http;

namespace {

std::string text_of(const Outcome<std::string>& outcome) {
  const auto* text = std::get_if<std::string>(&outcome);
  return text != nullptr ? *text : "refused";
}

int status_of(const Outcome<std::string>& outcome) {
  const auto* refusal = std::get_if<Refusal>(&outcome);
  return refusal != nullptr ? refusal->status : 200;
}

}  // namespace

TEST_CASE("a plus is a blank and an escape is a byte", "[http]") {
  CHECK(form_decode("a+b%20c%2B%e2%82%AC") == "a b c+\xe2\x82\xac");
  CHECK(form_decode("") == "");
  CHECK(form_decode("%00") == std::string(1, '\0'));
}

TEST_CASE("an escape that is cut short or not hexadecimal is malformed", "[http]") {
  const char* text = GENERATE("%", "%4", "a%", "%zz", "%4g", "%-1", "%%41");
  CAPTURE(text);
  CHECK_FALSE(form_decode(text));
}

TEST_CASE("the values of a field are found wherever it stands", "[http]") {
  CHECK(form_values("a=1&message=x&b=2&message=y+z", "message") == std::vector<std::string>{"x", "y z"});
  CHECK(form_values("mess%61ge=x=y", "message") == std::vector<std::string>{"x=y"});
  CHECK(form_values("message", "message") == std::vector<std::string>{""});
  CHECK(form_values("messages=1&xmessage=2", "message") == std::vector<std::string>{});
  CHECK(form_values("&&", "message") == std::vector<std::string>{});
}

TEST_CASE("a malformed escape counts where it is read", "[http]") {
  CHECK_FALSE(form_values("message=%", "message"));
  CHECK_FALSE(form_values("%=1&message=x", "message"));
  CHECK(form_values("other=%&message=x", "message") == std::vector<std::string>{"x"});
}

TEST_CASE("one message field is passed on as it is", "[http]") {
  CHECK(text_of(messages_of_form("message=%5B%7B%22a%22%3A1%7D%5D")) == R"([{"a":1}])");
  CHECK(text_of(messages_of_form("message=%7B%7D&jsonp=cb")) == "{}");
}

TEST_CASE("several message fields become one array in their order", "[http]") {
  CHECK(text_of(messages_of_form("message=[1,2]&message={\"a\":[]}&message=[3]")) == R"([1,2,{"a":[]},3])");
  CHECK(text_of(messages_of_form("message=[]&message=+[+]+&message=[{}]")) == "[{}]");
  CHECK(text_of(messages_of_form("message=[]&message=[]")) == "[]");
  CHECK(text_of(messages_of_form(R"(message=["]\"["]&message=["{"])")) == R"(["]\"[","{"])");
}

TEST_CASE("halves of messages are not made whole by joining them", "[http]") {
  const char* form = GENERATE("message=[1&message=2]", "message=[1],[2&message=[3]", "message=[1],[2]&message=[3]",
                              "message=[\"&message=\"]", "message=[\"]&message=[\"]", "message={]&message=[}",
                              "message=[1]&message={\"a\":1", "message=[[1]&message=[2]]", "message=[1}&message=[2]");
  CAPTURE(form);
  CHECK(status_of(messages_of_form(form)) == 400);
}

TEST_CASE("what is neither an array nor an object is no message", "[http]") {
  const char* form = GENERATE("", "message=", "message=1", "message=\"x\"", "message=[1]&message=2", "x=1", "message",
                              "message=%5", "plain text");
  CAPTURE(form);
  CHECK(status_of(messages_of_form(form)) == 400);
}
