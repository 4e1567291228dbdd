#include <stdexcept>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "unit/websocket_request.hpp"
#include "websocket/frames/negotiation.hpp"

namespace bayeux::websocket::test {
namespace {

HttpRequest without(std::string_view name) {
  auto request = good_request();
  std::erase_if(request.headers, [&](const Request::Header& header) { return header.first == name; });
  return request;
}

}  // namespace

TEST_CASE("the handshake of the RFC is accepted with its answer", "[websocket]") {
  const auto upgrade = negotiate(good_request(), true);
  CHECK(upgrade.refusal == 0);
  CHECK(upgrade.accept == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  CHECK_FALSE(upgrade.compression);
  CHECK(upgrade_head(upgrade, "") ==
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
}

TEST_CASE("lists of tokens are read as lists, in any case", "[websocket]") {
  CHECK(negotiate(with("Connection", "keep-alive, UPGRADE"), false).refusal == 0);
  CHECK(negotiate(with("Upgrade", "h2c,WebSocket"), false).refusal == 0);
  auto request = with("Connection", "keep-alive");
  request.headers.emplace_back("connection", "upgrade");
  CHECK(negotiate(request, false).refusal == 0);
}

TEST_CASE("who does not ask for a WebSocket is not taken to", "[websocket]") {
  CHECK(asks_for_websocket(good_request()));
  CHECK_FALSE(asks_for_websocket(without("Upgrade")));
  CHECK_FALSE(asks_for_websocket(with("Upgrade", "h2c")));
  CHECK_FALSE(asks_for_websocket(with("Upgrade", "websockets")));
  CHECK_FALSE(asks_for_websocket(with("Upgrade", "")));
}

TEST_CASE("a handshake that breaks a rule is refused", "[websocket]") {
  auto post = good_request();
  post.method = "POST";
  CHECK(negotiate(post, true).refusal == 405);
  CHECK(refusal_header(405) == HttpHeader{"Allow", "GET"});
  CHECK(negotiate(without("Upgrade"), true).refusal == 400);
  CHECK(negotiate(without("Connection"), true).refusal == 400);
  CHECK(negotiate(with("Connection", "keep-alive"), true).refusal == 400);
  CHECK(negotiate(without("Sec-WebSocket-Key"), true).refusal == 400);
  CHECK(refusal_header(400).first.empty());
  auto twice = good_request();
  twice.headers.emplace_back("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
  CHECK(negotiate(twice, true).refusal == 400);
}

TEST_CASE("a key that is not 16 bytes in base64 is refused", "[websocket]") {
  for (const auto* key : {"", "x", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ===", "dGhlIHNhbXBsZSBub25jZQAA",
                          "dGhlIHNhbXBsZSBub25jZ===", "dGhlIHNhbXBsZSBub2 jZQ==", "dGhlIHNhbXBsZSBub2\xc3\xa4ZQ=="}) {
    CHECK(negotiate(with("Sec-WebSocket-Key", key), true).refusal == 400);
  }
  CHECK(negotiate(with("Sec-WebSocket-Key", " dGhlIHNhbXBsZSBub25jZQ== "), true).refusal == 0);
}

TEST_CASE("another version is told the one we speak", "[websocket]") {
  for (const auto* version : {"8", "12", "14", "013", "13, 8", ""}) {
    CHECK(negotiate(with("Sec-WebSocket-Version", version), true).refusal == 426);
  }
  CHECK(negotiate(without("Sec-WebSocket-Version"), true).refusal == 400);
  CHECK(refusal_header(426) == HttpHeader{"Sec-WebSocket-Version", "13"});
}

TEST_CASE("the head of the response has what it is given, and never more lines", "[websocket]") {
  auto upgrade = negotiate(good_request(), true);
  upgrade.extensions = "permessage-deflate; server_no_context_takeover";
  const std::vector<HttpHeader> cookie{{"Set-Cookie", "a=b"}};
  const auto head = upgrade_head(upgrade, "bayeux", cookie);
  CHECK(head.find("\r\nSec-WebSocket-Protocol: bayeux\r\n") != std::string::npos);
  CHECK(head.find("\r\nSec-WebSocket-Extensions: permessage-deflate; ") != std::string::npos);
  CHECK(head.ends_with("\r\nSet-Cookie: a=b\r\n\r\n"));
  for (const std::vector<HttpHeader>& bad : {std::vector<HttpHeader>{{"a", "b\r\nc: d"}},
                                             {{"a", "b\n"}},
                                             {{"", "b"}},
                                             {{"a b", "c"}},
                                             {{"a", std::string("b\0", 2)}}}) {
    CHECK_THROWS_AS(upgrade_head(upgrade, "", bad), std::invalid_argument);
  }
  CHECK_THROWS_AS(upgrade_head(upgrade, "a, b"), std::invalid_argument);
  CHECK_THROWS_AS(upgrade_head(upgrade, "a\r\nb: c"), std::invalid_argument);
}

}  // namespace bayeux::websocket::test
