#include "http/cookie.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::http;

namespace {

std::string presented(const std::vector<std::string>& cookies) {
  HttpRequest request;
  for (const auto& cookie : cookies) request.headers.emplace_back("cOOkie", cookie);
  return std::string(presented_cookie(request, "B"));
}

}  // namespace

TEST_CASE("a header is found in any case, and the first of several counts", "[http]") {
  HttpRequest request;
  request.headers = {{"X-One", "1"}, {"x-one", "2"}};
  CHECK(request.header("x-ONE") == "1");
  CHECK(request.header("x-on").empty());
}

TEST_CASE("the browser cookie is found among others", "[http]") {
  CHECK(presented({"a=1; B=abc; c=2"}) == "abc");
  CHECK(presented({"a=1;B=abc"}) == "abc");
  CHECK(presented({"a=1", "B=abc"}) == "abc");
  CHECK(presented({"AB=1; BB=2; b=3"}).empty());
}

TEST_CASE("an empty Cookie header is none", "[http]") {
  CHECK(presented({""}).empty());
  CHECK(presented({"; ;"}).empty());
  CHECK(presented({"B"}).empty());
  CHECK(presented({"B="}).empty());
}

TEST_CASE("of several cookies of one name the first counts", "[http]") {
  CHECK(presented({"B=first; B=second"}) == "first");
  CHECK(presented({"B=bad value; B=second"}).empty());
}

TEST_CASE("a value that the bus cannot have made is none", "[http]") {
  CHECK(presented({"B=" + std::string(128, 'x')}).size() == 128);
  CHECK(presented({"B=" + std::string(129, 'x')}).empty());
  CHECK(presented({"B=\"abc\""}).empty());
  CHECK(presented({"B=a-b"}).empty());
  CHECK(presented({"B=a=b"}).empty());
}

TEST_CASE("the cookie is set with its attributes", "[http]") {
  BrowserCookie cookie;
  CHECK(set_cookie(cookie, "v", false) == "BAYEUX_BROWSER=v; Path=/; HttpOnly; SameSite=Lax");
  CHECK(set_cookie(cookie, "v", true) == "BAYEUX_BROWSER=v; Path=/; HttpOnly; Secure; SameSite=Lax");
  cookie = {"B", "/x", "example.org", "None", false, CookieSecurity::over_tls, true};
  CHECK(set_cookie(cookie, "v", true) == "B=v; Path=/x; Domain=example.org; Secure; SameSite=None; Partitioned");
  cookie.same_site.clear();
  CHECK(set_cookie(cookie, "v", true) == "B=v; Path=/x; Domain=example.org; Secure; Partitioned");
}

TEST_CASE("a cookie is Secure over TLS unless something else was said", "[http]") {
  BrowserCookie cookie;
  const auto is_secure = [&](bool tls) {
    return set_cookie(cookie, "v", tls).value().find("; Secure") != std::string::npos;
  };
  cookie.secure = CookieSecurity::always;
  CHECK(is_secure(false));
  CHECK(is_secure(true));
  cookie.secure = CookieSecurity::never;
  CHECK_FALSE(is_secure(false));
  CHECK_FALSE(is_secure(true));
}

TEST_CASE("without TLS no cookie is set that browsers would drop", "[http]") {
  BrowserCookie cookie;
  SECTION("of another site") {
    cookie.same_site = "None";
  }
  SECTION("partitioned") {
    cookie.partitioned = true;
  }
  SECTION("with a prefix that promises TLS") {
    cookie.name = GENERATE("__Host-bayeux", "__Secure-bayeux", "__hOsT-bayeux");
  }
  CHECK_FALSE(set_cookie(cookie, "v", false).has_value());
  CHECK(set_cookie(cookie, "v", true).has_value());
  cookie.secure = CookieSecurity::always;
  CHECK(set_cookie(cookie, "v", false).value().find("; Secure") != std::string::npos);
}
