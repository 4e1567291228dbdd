#include <string>
#include <string_view>
#include <vector>

#include "support/catch.hpp"
#include "unit/websocket_request.hpp"
#include "websocket/frames/negotiation.hpp"

namespace bayeux::websocket::test {
namespace {

/// What is answered to these extensions: the window that was agreed, 0 for no compression, -1 for a refusal.
int agreed(std::string_view extensions) {
  const auto upgrade = negotiate(with("Sec-WebSocket-Extensions", extensions), true);
  if (upgrade.refusal != 0) return -1;
  CHECK(upgrade.extensions.empty() != upgrade.compression.has_value());
  return upgrade.compression ? upgrade.compression->server_max_window_bits : 0;
}

}  // namespace

TEST_CASE("an offer of permessage-deflate that can be met is accepted", "[websocket]") {
  CHECK(agreed("permessage-deflate") == 15);
  CHECK(agreed("permessage-deflate; client_max_window_bits") == 15);
  CHECK(agreed("permessage-deflate; client_max_window_bits=8") == 15);
  CHECK(agreed("permessage-deflate;server_no_context_takeover;client_no_context_takeover") == 15);
  CHECK(agreed("permessage-deflate; server_max_window_bits=15") == 15);
  CHECK(agreed("permessage-deflate; server_max_window_bits=9") == 9);
  CHECK(agreed("permessage-deflate ; server_max_window_bits = \"1\\2\"") == 12);
  CHECK(agreed(",, x-other; a=b; c=\"d\" ,permessage-deflate") == 15);
}

TEST_CASE("an offer that cannot be met makes way for the next", "[websocket]") {
  for (const std::string& bad : std::vector<std::string>{
           "x-webkit-deflate-frame", "permessage-deflate; unknown", "permessage-deflate; server_max_window_bits",
           "permessage-deflate; server_max_window_bits=8", "permessage-deflate; server_max_window_bits=16",
           "permessage-deflate; server_max_window_bits=09", "permessage-deflate; server_max_window_bits=7",
           "permessage-deflate; server_no_context_takeover=1", "permessage-deflate; client_no_context_takeover=true",
           "permessage-deflate; client_max_window_bits=x", "permessage-deflate; client_max_window_bits=16",
           "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
           "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
           "permessage-deflate; client_max_window_bits; client_max_window_bits",
           "permessage-deflate; server_max_window_bits=10; server_max_window_bits=10", "Permessage-Deflate"}) {
    CHECK(agreed(bad) == 0);
    CHECK(agreed(bad + ", permessage-deflate; server_max_window_bits=11") == 11);
  }
  CHECK(agreed("permessage-deflate; server_max_window_bits=10, permessage-deflate") == 10);
}

TEST_CASE("a header that is no list of extensions is refused", "[websocket]") {
  for (const auto* bad : {"permessage-deflate;", "permessage-deflate; ;", "=", "a b", "a=b", "a; b=", "a; b=\"",
                          "a; b=\"c", "a; b=\"c\\", "a; b=\"\"", "a; b=\"c d\"", "a; b=c d", "permessage-deflate, \"",
                          ";", "a;=b", "permessage-deflate; server_max_window_bits=10;"}) {
    CHECK(agreed(bad) == -1);
  }
  CHECK(agreed("") == 0);
  CHECK(agreed(std::string(10'000, ',')) == 0);
}

TEST_CASE("offers may come in several headers", "[websocket]") {
  auto request = with("Sec-WebSocket-Extensions", "x-other");
  request.headers.emplace_back("sec-websocket-extensions", "permessage-deflate");
  CHECK(negotiate(request, true).compression);
  request.headers.emplace_back("sec-websocket-extensions", "a;");
  CHECK(negotiate(request, true).refusal == 400);
}

TEST_CASE("the answer asks both sides to begin anew with every message", "[websocket]") {
  const auto whole = negotiate(with("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"), true);
  CHECK(whole.extensions == "permessage-deflate; server_no_context_takeover; client_no_context_takeover");
  const auto small = negotiate(with("Sec-WebSocket-Extensions", "permessage-deflate; server_max_window_bits=9"), true);
  CHECK(small.extensions ==
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9");
  const auto none = negotiate(with("Sec-WebSocket-Extensions", "permessage-deflate"), false);
  CHECK(none.refusal == 0);
  CHECK(none.extensions.empty());
  CHECK_FALSE(none.compression);
}

}  // namespace bayeux::websocket::test
