#include <string>

#include "support/catch.hpp"
#include "unit/gateway_support.hpp"
#include "unit/request_witness.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

constexpr auto handshake = R"([{"channel":"/meta/handshake","id":"1","version":"1.0"}])";

struct WitnessedBench {
  WitnessedBench() : bench(with_callbacks(), watched(witness)) {}

  static GatewayConfig with_callbacks() {
    GatewayConfig config;
    config.callback_polling = true;
    return config;
  }
  static Config watched(const std::shared_ptr<RequestWitness>& witness) {
    Config config;
    config.policy = witness;
    return config;
  }

  std::shared_ptr<RequestWitness> witness = std::make_shared<RequestWitness>();
  GatewayBench bench;
};

HttpRequest posted(std::string_view body) {
  HttpRequest request;
  request.method = "POST";
  request.target = "/bayeux/handshake?room=%31&x";
  request.headers = {{"x-Color", "red"}, {"Cookie", "size=1; color=blue"}, {"x-color", "green"}};
  request.body = body;
  request.remote_address = "192.0.2.7";
  request.tls = true;
  return request;
}

}  // namespace

TEST_CASE("a policy sees the request that a message came in, whatever it is asked", "[gateway][policy]") {
  WitnessedBench witnessed;
  GatewayBench& bench = witnessed.bench;
  bench.response_to(posted(handshake));
  bench.response_to(posted(R"([{"channel":"/meta/subscribe","clientId":"client1","subscription":"/a"},)"
                           R"({"channel":"/b","clientId":"client1","data":1}])"));
  const auto seen = witnessed.witness->seen();
  std::string questions;
  for (const auto& one : seen) {
    questions += one.question + " ";
    CHECK(one.method == "POST");
    CHECK(one.target == "/bayeux/handshake?room=%31&x");
    CHECK(one.path == "/bayeux/handshake");
    CHECK(one.query == "room=%31&x");
    CHECK(one.headers ==
          std::vector<HttpHeader>{{"x-Color", "red"}, {"Cookie", "size=1; color=blue"}, {"x-color", "green"}});
    CHECK(one.color_header == "red");
    CHECK(one.color_cookie == "blue");
    CHECK(one.remote_address == "192.0.2.7");
    CHECK(one.tls);
    CHECK_FALSE(one.has_attachment);
  }
  CHECK(questions == "handshake create subscribe create publish ");
}

TEST_CASE("a policy sees the request of a callback", "[gateway][policy]") {
  WitnessedBench witnessed;
  const std::string query = "jsonp=f&message=%5B%7B%22channel%22%3A%22%2Fmeta%2Fhandshake%22%7D%5D";
  const std::string target = "/bayeux?" + query;
  HttpRequest request;
  request.method = "GET";
  request.target = target;
  request.headers = {{"COOKIE", "color=blue"}};
  request.remote_address = "2001:db8::1";
  CHECK(witnessed.bench.response_to(std::move(request)).status == 200);
  const auto seen = witnessed.witness->seen();
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].method == "GET");
  CHECK(seen[0].path == "/bayeux");
  CHECK(seen[0].query == query);
  CHECK(seen[0].color_cookie == "blue");
  CHECK(seen[0].remote_address == "2001:db8::1");
  CHECK_FALSE(seen[0].tls);
}

TEST_CASE("a policy is given what the host attached to the request, when it asks for the right type",
          "[gateway][policy]") {
  WitnessedBench witnessed;
  auto number = posted(handshake);
  number.attachment = 7;
  witnessed.bench.response_to(std::move(number));
  auto text = posted(handshake);
  text.attachment = std::string("7");
  witnessed.bench.response_to(std::move(text));
  const auto seen = witnessed.witness->seen();
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].number == 7);
  CHECK(seen[1].has_attachment);
  CHECK_FALSE(seen[1].number);
}

TEST_CASE("the view that policies get of a request copies nothing of it", "[gateway][policy]") {
  auto request = posted(handshake);
  request.attachment = 7;
  const Request view = request;
  CHECK(view.method.data() == request.method.data());
  CHECK(view.headers.data() == request.headers.data());
  CHECK(view.attachment == &request.attachment);
  CHECK(request.cookie("size") == "1");
  CHECK(request.header("COOKIE") == view.header("cookie"));
}
