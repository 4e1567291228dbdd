#include <string>
#include <utility>
#include <vector>

#include "asio/request_parser.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using http1::ParsedRequest;
using http1::RequestParser;
using Stage = http1::RequestParser::Stage;

namespace {

constexpr http1::RequestLimits limits{1000, 8, 100'000};

RequestParser fed(std::string_view bytes) {
  RequestParser parser(limits);
  CHECK(parser.feed(bytes) <= bytes.size());
  return parser;
}

/// The request with all its parts, or the status with which it is refused.
std::string summary(const RequestParser& parser) {
  if (parser.stage() != Stage::complete) return "incomplete";
  const ParsedRequest& request = parser.request();
  if (request.refusal != 0) return std::to_string(request.refusal);
  std::string all;
  all.append(request.http.method).append(" ").append(request.http.target);
  for (const auto& [name, value] : request.http.headers) all.append("|").append(name).append("=").append(value);
  return all.append("|").append(request.http.body);
}

const std::string plain = "POST /a?b HTTP/1.1\r\nHost: h\r\nX-Long-Name: value\r\nContent-Length: 4\r\n\r\nbody";
const std::string plain_summary = "POST /a?b|Host=h|X-Long-Name=value|Content-Length=4|body";

}  // namespace

TEST_CASE("a parser keeps what the request said, however it came in", "[asio]") {
  CHECK(summary(fed(plain)) == plain_summary);
  for (const std::size_t piece : {1u, 2u, 7u, 30u}) {
    CAPTURE(piece);
    RequestParser parser(limits);
    for (std::size_t at = 0; at < plain.size(); at += piece) {
      const auto part = std::string_view(plain).substr(at, piece);
      REQUIRE(parser.feed(part) == part.size());
    }
    CHECK(summary(parser) == plain_summary);
  }
}

TEST_CASE("a parser takes no more header fields than it may, however they come in", "[asio]") {
  std::string fields;
  for (std::size_t i = 0; i < limits.max_header_fields; ++i) fields += "a:\r\n";
  const std::string most = "GET / HTTP/1.0\r\n" + fields;
  CHECK(fed(most + "\r\n").request().http.headers.size() == limits.max_header_fields);
  for (const std::size_t piece : {1u, 3u, 1000u}) {
    CAPTURE(piece);
    const std::string bytes = most + "b: 1\r\n\r\n";
    RequestParser parser(limits);
    for (std::size_t at = 0; at < bytes.size() && parser.stage() != Stage::complete; at += piece) {
      parser.feed(std::string_view(bytes).substr(at, piece));
    }
    CHECK(summary(parser) == "431");
    CHECK(parser.request().too_many_fields);
  }
  CHECK_FALSE(fed("GET /" + std::string(limits.max_header, 'x')).request().too_many_fields);
}

TEST_CASE("a request is as it was after its parser moved, and while others are read", "[asio]") {
  std::vector<RequestParser> parsers;
  for (int i = 0; i < 20; ++i) parsers.push_back(fed(plain));
  for (const auto& parser : parsers) CHECK(summary(parser) == plain_summary);
  RequestParser first = std::move(parsers.front());
  parsers.erase(parsers.begin());
  CHECK(summary(first) == plain_summary);
  CHECK(summary(parsers.front()) == plain_summary);
}

TEST_CASE("a body that grows beyond what was announced does not lose the head", "[asio]") {
  RequestParser parser(limits);
  parser.feed("PUT /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 1000; ++i) parser.feed("a\r\n0123456789\r\n");
  parser.feed("0\r\nTrailer: t\r\n\r\n");
  std::string body;
  for (int i = 0; i < 1000; ++i) body += "0123456789";
  CHECK(summary(parser) == "PUT /x|Host=h|Transfer-Encoding=chunked|" + body);
}

TEST_CASE("a target loses its scheme and host, and keeps a path", "[asio]") {
  const auto target = [](const std::string& sent) {
    return std::string(fed("GET " + sent + " HTTP/1.1\r\nHost: h\r\n\r\n").request().http.target);
  };
  CHECK(target("/") == "/");
  CHECK(target("http://host/a?b") == "/a?b");
  CHECK(target("HTTPS://host:1") == "/");
  CHECK(target("http://host?x=/y") == "/?x=/y");
}

TEST_CASE("a parser carries nothing over from the request before", "[asio]") {
  const auto before = GENERATE(
      as<std::string>{},
      "POST /secret HTTP/1.0\r\nHost: x\r\nCookie: secret\r\nA: 1\r\nB: 2\r\nC: 3\r\nContent-Length: 6\r\n\r\nsecret",
      "POST /secret HTTP/1.1\r\nHost: x\r\nCookie: secret\r\nContent-Length: 6\r\n\r\nsec",
      "POST /secret HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nsecret\r\nz",
      "POST /secret HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nsecret\r\nfffff\r\n",
      "POST /secret HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 6\r\n\r\n",
      "POST /secret HTTP/1.1\r\nHost: x\r\nContent-Length: 999999\r\n\r\n", "GET /secret HTTP/1.1\r\nHost: x\r\n fold",
      "GET /secret HTTP/1.1\r\nHost: x\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "GET /sec", "\x16\x03\x01",
      "\r\n");
  CAPTURE(before);
  { const auto parser = fed(before); }
  {
    auto parser = fed(before);
    parser.refuse(408);
    CHECK(summary(parser) == "408");
  }
  RequestParser parser(limits);
  CHECK_FALSE(parser.started());
  CHECK(parser.stage() == Stage::headers);
  REQUIRE(parser.feed("GET / HTTP/1.1\r\nHost: h\r\n\r\n") == 27);
  CHECK(summary(parser) == "GET /|Host=h|");
  CHECK(parser.request().keep_alive);
  CHECK_FALSE(parser.request().http_1_0);
  CHECK(parser.request().http.remote_address.empty());
}

TEST_CASE("the body of the request before does not count towards the limit", "[asio]") {
  const std::string start = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n";
  const std::string whole = start + std::string(limits.max_body, 'x');
  for (int i = 0; i < 2; ++i) CHECK(fed(whole).request().http.body.size() == limits.max_body);
}

TEST_CASE("what was refused shows nothing of itself", "[asio]") {
  const auto parser = fed("POST /secret HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nsecret\r\nz");
  CHECK(summary(parser) == "400");
  CHECK(parser.request().http.headers.empty());
  CHECK(parser.request().http.target.empty());
  CHECK(parser.request().http.body.empty());
  CHECK_FALSE(parser.request().keep_alive);
}
