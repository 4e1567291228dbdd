#include <string_view>
#include <vector>

#include "http/cors.hpp"
#include "http/page.hpp"
#include "http/visitors.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::http;

namespace {

HttpRequest request_with(std::vector<Request::Header> headers) {
  HttpRequest request;
  request.headers = std::move(headers);
  request.headers.emplace_back("Host", "bus.example:8080");
  return request;
}

/// Whether such a request is let in where pages of friend.example may come.
bool may_come(std::vector<Request::Header> headers) {
  const Cors cors({"https://friend.example"}, {});
  return Visitors(cors).let_in(request_with(std::move(headers))) != nullptr;
}

}  // namespace

TEST_CASE("programs say of no page, and are let in", "[http][security]") {
  CHECK(may_come({}));
  CHECK(may_come({{"User-Agent", "curl/8"}, {"Content-Type", "text/plain"}}));
  CHECK(may_come({{"Referer", ""}}));
}

TEST_CASE("where no origin is named, the browser says whose page it is", "[http][security]") {
  CHECK(may_come({{"Sec-Fetch-Site", "same-origin"}}));
  CHECK(may_come({{"Sec-Fetch-Site", "none"}}));
  CHECK_FALSE(may_come({{"Sec-Fetch-Site", "cross-site"}}));
  CHECK_FALSE(may_come({{"sec-fetch-site", "same-site"}}));
  CHECK_FALSE(may_come({{"Sec-Fetch-Site", "what comes later"}}));
}

TEST_CASE("where neither is said, the address of the page tells", "[http][security]") {
  CHECK(may_come({{"Referer", "http://bus.example:8080/page?x=https://evil.example/"}}));
  CHECK(may_come({{"Referer", "http://bus.example:8080"}}));
  CHECK(may_come({{"referer", "https://friend.example/a/b#c"}}));
  CHECK_FALSE(may_come({{"Referer", "https://evil.example/http://bus.example:8080/"}}));
  CHECK_FALSE(may_come({{"Referer", "http://bus.example:8080.evil.example/"}}));
  CHECK_FALSE(may_come({{"Referer", "http://bus.example:8080@evil.example/"}}));
  CHECK_FALSE(may_come({{"Referer", "http://evil.example?http://bus.example:8080"}}));
  CHECK_FALSE(may_come({{"Referer", "/page"}}));
  CHECK_FALSE(may_come({{"Referer", "about:blank"}}));
}

TEST_CASE("what is named is believed before what is not", "[http][security]") {
  CHECK_FALSE(may_come({{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "same-origin"}}));
  CHECK_FALSE(may_come({{"Origin", "null"}, {"Referer", "http://bus.example:8080/"}}));
  CHECK_FALSE(may_come({{"Sec-Fetch-Site", "cross-site"}, {"Referer", "http://bus.example:8080/"}}));
  CHECK(may_come({{"Origin", "https://friend.example"}, {"Sec-Fetch-Site", "cross-site"}}));
  CHECK(may_come({{"Sec-Fetch-Site", "same-origin"}, {"Referer", "https://evil.example/"}}));
}

TEST_CASE("where pages of all origins may come, so may one whose origin is not named", "[http][security]") {
  const Cors cors({"*"}, {});
  Visitors visitors(cors);
  CHECK(visitors.let_in(request_with({{"Sec-Fetch-Site", "cross-site"}})) == visitors.anybody());
  CHECK(visitors.let_in(request_with({{"Referer", "https://any.example/"}})) != nullptr);
}

TEST_CASE("the types of bodies that need no preflight are known", "[http][security]") {
  for (const char* type : {"", "text/plain", "TEXT/Plain;charset=UTF-8", "application/x-www-form-urlencoded",
                           " multipart/form-data ; boundary=x"}) {
    CAPTURE(type);
    CHECK(is_simple_type(type));
  }
  for (const char* type : {"application/json", "text/json;charset=UTF-8", "text/plainer", "x"}) {
    CAPTURE(type);
    CHECK_FALSE(is_simple_type(type));
  }
}
