#include "http/cors.hpp"
#include "http/origin.hpp"
#include "http/visitors.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::http;

namespace {

HttpRequest request_from(std::string_view origin, std::string_view host = "bus.example", bool tls = false) {
  HttpRequest request;
  request.headers = {{"Host", host}, {"Origin", origin}};
  request.tls = tls;
  return request;
}

std::string value(const HttpHeaders& headers, std::string_view name) {
  const auto* found = headers.find(name);
  return found != nullptr ? *found : "none";
}

bool lets_in(const Cors& cors, const HttpRequest& request) {
  return Visitors(cors).let_in(request) != nullptr;
}

/// What a response to such a request says.
HttpHeaders response_headers(const Cors& cors, const HttpRequest& request) {
  Visitors visitors(cors);
  const auto visitor = visitors.let_in(request);
  return (visitor != nullptr ? visitor : visitors.anybody())->headers(Content::messages);
}

HttpHeaders preflight_headers(const Cors& cors, const HttpRequest& request) {
  HttpHeaders headers;
  cors.add_preflight_fields(headers, request);
  return headers;
}

}  // namespace

TEST_CASE("equal origins have one spelling", "[http]") {
  CHECK(normal_origin("HTTP://Example.ORG:80") == "http://example.org");
  CHECK(normal_origin("https://example.org:443") == "https://example.org");
  CHECK(normal_origin("https://example.org:80") == "https://example.org:80");
  CHECK(normal_origin("http://[::1]:8080") == "http://[::1]:8080");
  CHECK(normal_origin("http://[::1]:80") == "http://[::1]");
  CHECK(normal_origin("null") == "null");
  for (const char* bad : {"", "example.org", "http://", "://x", "http://a/b", "http://a b", "http://a\r\nX: y", "*",
                          "http://a\r\n", "http:// a", "http://a:80:80", "http://a:x", "http://[::1", "http://[]",
                          "http://::1"}) {
    CAPTURE(bad);
    CHECK(normal_origin(bad).empty());
  }
}

TEST_CASE("a request of the host's own pages is let in", "[http]") {
  const Cors cors({}, {});
  CHECK(lets_in(cors, request_from("http://bus.example")));
  CHECK(lets_in(cors, request_from("http://bus.example", "BUS.example:80")));
  CHECK(lets_in(cors, request_from("http://bus.example:8080", "bus.example:8080")));
  CHECK(lets_in(cors, request_from("https://bus.example", "bus.example:443", true)));
  CHECK(lets_in(cors, request_from("https://bus.example", "bus.example", false)));
  CHECK(lets_in(cors, HttpRequest{}));
}

TEST_CASE("a request of another origin is kept out", "[http]") {
  const Cors cors({}, {});
  CHECK_FALSE(lets_in(cors, request_from("http://evil.example")));
  CHECK_FALSE(lets_in(cors, request_from("http://bus.example:8080")));
  CHECK_FALSE(lets_in(cors, request_from("http://bus.example", "bus.example", true)));
  CHECK_FALSE(lets_in(cors, request_from("http://bus.example.evil.example")));
  CHECK_FALSE(lets_in(cors, request_from("null")));
  CHECK_FALSE(lets_in(cors, request_from("")));
  CHECK_FALSE(lets_in(cors, request_from("http://", "")));
}

TEST_CASE("a request with two origins is kept out", "[http]") {
  const Cors cors({"*"}, {});
  auto request = request_from("http://bus.example");
  request.headers.emplace_back("origin", "http://evil.example");
  CHECK_FALSE(lets_in(cors, request));
}

TEST_CASE("an origin on the list is let in and told so", "[http]") {
  const Cors cors({"https://Good.example:443"}, {});
  const auto request = request_from("https://good.example");
  CHECK(lets_in(cors, request));
  const auto headers = response_headers(cors, request);
  CHECK(value(headers, "Access-Control-Allow-Origin") == "https://good.example");
  CHECK(value(headers, "Access-Control-Allow-Credentials") == "true");
  CHECK(value(headers, "Vary") == "Origin");
  CHECK_FALSE(lets_in(cors, request_from("http://good.example")));
  CHECK_FALSE(lets_in(cors, request_from("null")));
}

TEST_CASE("an origin that is kept out is told nothing", "[http]") {
  const auto headers = response_headers(Cors({}, {}), request_from("http://evil.example"));
  CHECK(value(headers, "Access-Control-Allow-Origin") == "none");
  CHECK(value(headers, "Vary") == "Origin");
}

TEST_CASE("the star stands for every origin but is never sent", "[http]") {
  const Cors cors({"*"}, {});
  CHECK(value(response_headers(cors, request_from("http://a.example")), "Access-Control-Allow-Origin") ==
        "http://a.example");
  CHECK(value(response_headers(cors, request_from("null")), "Access-Control-Allow-Origin") == "null");
  CHECK_FALSE(lets_in(cors, request_from("x\r\nSet-Cookie: a=b")));
}

TEST_CASE("null is let in where it is listed", "[http]") {
  CHECK(lets_in(Cors({"null"}, {}), request_from("null")));
}

TEST_CASE("a preflight names methods, headers and age", "[http]") {
  const auto headers = preflight_headers(Cors({}, {"X-Auth"}), request_from("http://bus.example"));
  CHECK(value(headers, "Access-Control-Allow-Methods") == "POST, GET, OPTIONS");
  CHECK(value(headers, "Access-Control-Allow-Headers") == "content-type, pragma, x-auth");
  CHECK(value(headers, "Access-Control-Max-Age") == "1800");
}

TEST_CASE("the star allows the headers that were asked for, if they are header names", "[http]") {
  const Cors cors({}, {"*"});
  auto request = request_from("http://bus.example");
  request.headers.emplace_back("Access-Control-Request-Headers", "x-a, X-B");
  CHECK(value(preflight_headers(cors, request), "Access-Control-Allow-Headers") == "x-a, X-B");
  request.headers.back().second = "x-a\r\nSet-Cookie: a=b";
  CHECK(value(preflight_headers(cors, request), "Access-Control-Allow-Headers") == "content-type, pragma");
  request.headers.back().second = "x-a,\r\n";
  CHECK(value(preflight_headers(cors, request), "Access-Control-Allow-Headers") == "content-type, pragma");
}

TEST_CASE("what is remembered of an origin lets nobody in elsewhere", "[http]") {
  const Cors cors({"https://good.example"}, {});
  Visitors visitors(cors);
  const auto first = visitors.let_in(request_from("http://bus.example"));
  REQUIRE(first != nullptr);
  CHECK(visitors.let_in(request_from("http://bus.example")) == first);
  CHECK(visitors.let_in(request_from("http://bus.example", "other.example")) == nullptr);
  CHECK(visitors.let_in(request_from("http://bus.example", "bus.example", true)) == nullptr);
  CHECK(visitors.let_in(request_from("https://good.example", "other.example")) != nullptr);
  auto twice = request_from("http://bus.example");
  twice.headers.emplace_back("Origin", "http://bus.example");
  CHECK(visitors.let_in(twice) == nullptr);
  CHECK(visitors.let_in(HttpRequest{}) == visitors.anybody());
}

TEST_CASE("an origin is told what it said, however many there are", "[http]") {
  const Cors cors({"*"}, {});
  Visitors visitors(cors);
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 200; ++i) {
      const auto origin = "HTTP://a" + std::to_string(i) + ".example" + std::string(i == 7 ? 300 : 0, 'x');
      const auto visitor = visitors.let_in(request_from(origin));
      REQUIRE(visitor != nullptr);
      REQUIRE(value(visitor->headers(Content::messages), "Access-Control-Allow-Origin") == origin);
      REQUIRE(value(visitor->headers(Content::reason), "Access-Control-Allow-Origin") == origin);
    }
  }
  CHECK(value(visitors.anybody()->headers(Content::messages), "Access-Control-Allow-Origin") == "none");
}
