#include <algorithm>

#include "http/callback_polling.hpp"
#include "http/long_polling.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::http;

namespace {

Frame frame(std::string text) {
  return {std::move(text), Frame::Kind::event};
}

int status_of_post(HttpRequest request, std::size_t max_body = 1000) {
  const auto posted = posted_messages(request, max_body);
  const auto* refusal = std::get_if<Refusal>(&posted);
  return refusal != nullptr ? refusal->status : 200;
}

int status_of_get(std::string_view target) {
  HttpRequest request;
  request.target = target;
  const auto asked = callback_request(request, GatewayConfig{});
  const auto* refusal = std::get_if<Refusal>(&asked);
  return refusal != nullptr ? refusal->status : 200;
}

}  // namespace

TEST_CASE("the body of a POST is JSON or a form whatever its type says", "[http]") {
  HttpRequest request;
  const char* type = GENERATE("application/json", "application/json;charset=UTF-8", "text/json;charset=\"utf-8\"",
                              "application/x-www-form-urlencoded", "text/plain;charset=UTF-8", "nonsense", "");
  request.headers = {{"Content-Type", type}};
  CAPTURE(type);
  request.body = " \r\n[{}]";
  auto posted = posted_messages(request, 1000);
  REQUIRE(std::holds_alternative<Posted>(posted));
  CHECK(std::get<std::string_view>(std::get<Posted>(posted)).data() == request.body.data());
  request.body = "message=%5B%7B%7D%5D";
  posted = posted_messages(request, 1000);
  REQUIRE(std::holds_alternative<Posted>(posted));
  CHECK(std::get<std::string>(std::get<Posted>(posted)) == "[{}]");
}

TEST_CASE("a body in another charset or coding is refused", "[http]") {
  HttpRequest request;
  request.body = "[]";
  request.headers = {{"content-type", "application/json; x=1; Charset=iso-8859-1"}};
  CHECK(status_of_post(request) == 415);
  request.headers = {{"content-encoding", "gzip"}};
  CHECK(status_of_post(request) == 415);
  request.headers = {{"content-encoding", "identity"}};
  CHECK(status_of_post(request) == 200);
}

TEST_CASE("a body over the limit is refused and one at the limit is not", "[http]") {
  HttpRequest request;
  request.body = "[    ]";
  CHECK(status_of_post(request, 6) == 200);
  CHECK(status_of_post(request, 5) == 413);
}

TEST_CASE("a body that is neither JSON nor a form with messages is refused", "[http]") {
  HttpRequest request;
  request.body = GENERATE("", "   ", "hello", "\"x\"", "message=hello", "msg=[]", "message=%5");
  CAPTURE(request.body);
  CHECK(status_of_post(request) == 400);
}

TEST_CASE("callback names of real clients are allowed", "[http]") {
  const char* name = GENERATE("_cometd_jsonp_0", "__jsonp1__", "dojo.io.script.jsonp_dojoIoScript1._jsonpCallback",
                              "jQuery37105359405843877938_1795248804856", "$.cb", "a-b");
  CAPTURE(name);
  CHECK(is_callback(name, 128));
}

TEST_CASE("a callback name holds nothing that could be script or a header", "[http]") {
  const char* name =
      GENERATE("", "alert(1)//", "f()", "a;b", "a b", "<script>", "a\r\nX: y", "a[0]", "a\"", "\xe2\x80\xa8", "a/*");
  CAPTURE(name);
  CHECK_FALSE(is_callback(name, 128));
  CHECK(is_callback("abc", 3));
  CHECK_FALSE(is_callback("abcd", 3));
}

TEST_CASE("a GET without one good callback and a message is refused", "[http]") {
  CHECK(status_of_get("/b?jsonp=cb&message=[]&_=12") == 200);
  CHECK(status_of_get("/b/handshake?message=[]&jsonp=cb") == 200);
  CHECK(status_of_get("/b") == 400);
  CHECK(status_of_get("/b?message=[]") == 400);
  CHECK(status_of_get("/b?jsonp=cb") == 400);
  CHECK(status_of_get("/b?jsonp=&message=[]") == 400);
  CHECK(status_of_get("/b?jsonp=a&jsonp=b&message=[]") == 400);
  CHECK(status_of_get("/b?jsonp=a%0d%0aX:y&message=[]") == 400);
  CHECK(status_of_get("/b?jsonp=a%&message=[]") == 400);
  CHECK(status_of_get("/b?jsonp=a&message=1") == 400);
}

TEST_CASE("a response is one JSON array with the status that clients insist on", "[http]") {
  CHECK(join({frame("{\"a\":1}"), frame("{}")}) == R"([{"a":1},{}])");
  CHECK(join({}) == "[]");
  CHECK(fields_of(Content::messages).front() == HttpHeader("Content-Type", "application/json;charset=UTF-8"));
}

TEST_CASE("a callback response is a script from which no JSON can break out", "[http]") {
  const auto text = script_text("x.cb", {frame("{\"a\":\"</script>\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa\"}")});
  CHECK(text == "/**/x.cb([{\"a\":\"\\u003c/script>\\u2028\\u2029\xe2\x80\xaa\"}]);");
  const auto headers = fields_of(Content::script);
  CHECK(headers.front() == HttpHeader("Content-Type", "text/javascript;charset=UTF-8"));
  CHECK(std::count(headers.begin(), headers.end(), HttpHeader("X-Content-Type-Options", "nosniff")) == 1);
}
