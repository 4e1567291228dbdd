#include <string>
#include <vector>

#include "support/catch.hpp"
#include "unit/gateway_support.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

HttpRequest stream_of(const std::string& target, std::vector<Request::Header> headers = {}) {
  headers.emplace_back("Accept", "text/event-stream");
  HttpRequest request;
  request.method = "GET";
  request.target = target;
  request.headers = std::move(headers);
  return request;
}

const std::string begins = "retry: 1000\r\n\r\n";
const std::string shake_hands_again =
    R"(data: [{"channel":"/meta/connect","successful":false,"error":"402::session_unknown",)"
    R"("advice":{"reconnect":"handshake","interval":0}}])"
    "\r\n\r\n";

std::string event_with(const std::string& data) {
  return R"(data: [{"channel":"/a","data":)" + data + "}]\r\n\r\n";
}

/// A client that is subscribed to `/a` and says that it hears a stream.
struct Fixture : GatewayBench {
  explicit Fixture(GatewayConfig config = {}) : GatewayBench(std::move(config)) {
    response_to(subscribe(client, "/a"));
  }

  std::unique_ptr<HttpExchange> listen() {
    const std::string target = "/bayeux/" + client;
    auto stream = open(stream_of(target));
    response_to(R"([{"channel":"/meta/connect","connectionType":"eventsource","clientId":")" + client + "\"}]");
    return stream;
  }

  std::string client = connected_client();
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a stream begins at once, and goes on with what is published", "[gateway][eventsource]") {
  const auto stream = listen();
  REQUIRE(stream->ready());
  const auto response = stream->take();
  CHECK(response.status == 200);
  CHECK(header_of(response, "Content-Type") == "text/event-stream");
  CHECK(header_of(response, "Cache-Control") == "no-store");
  CHECK(header_of(response, "X-Accel-Buffering") == "no");
  CHECK(response.body == begins);
  CHECK(stream->streaming());
  CHECK_FALSE(stream->ready());

  const int wakes = carrier->wakes;
  bus.channel("/a").publish({{"text", "hello"}});
  CHECK(carrier->wakes == wakes + 1);
  REQUIRE(stream->ready());
  CHECK(stream->take_part() == event_with(R"({"text":"hello"})"));
  CHECK_FALSE(stream->ready());
  CHECK(stream->take_part().empty());
  CHECK(stream->streaming());
}

TEST_CASE_METHOD(Fixture, "the lines of what was published do not end an event", "[gateway][eventsource]") {
  const auto stream = listen();
  stream->take();
  response_to("[{\"channel\":\"/a\",\"clientId\":\"" + client + "\",\"data\":{\"x\":\r\n\"\\n\",\n\"y\": 2}}]");
  CHECK(stream->take_part() == event_with("{\"x\":  \"\\n\", \"y\": 2}"));
}

TEST_CASE("what waits leaves in portions", "[gateway][eventsource]") {
  Fixture bench(GatewayConfig{.max_response = 50});
  for (int i = 0; i < 3; ++i) bench.bus.channel("/a").publish(i);
  const auto stream = bench.listen();
  CHECK(stream->take().body ==
        begins + "data: [{\"channel\":\"/a\",\"data\":0},{\"channel\":\"/a\",\"data\":1}]\r\n\r\n");
  REQUIRE(stream->ready());
  CHECK(stream->take_part() == event_with("2"));
  CHECK_FALSE(stream->ready());
}

TEST_CASE_METHOD(Fixture, "a client that nobody knows is told so by the stream, which ends", "[gateway][eventsource]") {
  const auto stream = open(stream_of("/bayeux/nobody"));
  REQUIRE(stream->ready());
  const auto response = stream->take();
  CHECK(response.status == 200);
  CHECK(response.body == begins + shake_hands_again);
  CHECK_FALSE(stream->streaming());
}

TEST_CASE_METHOD(Fixture, "a stream ends with its session, and says why", "[gateway][eventsource]") {
  const auto stream = listen();
  stream->take();
  bus.client(client).disconnect();
  REQUIRE(stream->ready());
  const auto last = stream->take_part();
  CHECK(last.find(R"({"channel":"/meta/disconnect","successful":true})") != std::string::npos);
  CHECK(last.find(R"("advice":{"reconnect":"none"})") != std::string::npos);
  CHECK_FALSE(stream->streaming());
  CHECK_FALSE(stream->ready());
}

TEST_CASE_METHOD(Fixture, "a stack that cannot stream loses nothing between two requests", "[gateway][eventsource]") {
  CHECK(listen()->take().body == begins);
  bus.channel("/a").publish(1);
  CHECK(listen()->take().body == begins + event_with("1"));
}

TEST_CASE_METHOD(Fixture, "what is meant for a stream that was cut waits for the next", "[gateway][eventsource]") {
  const auto stream = listen();
  stream->take();
  bus.channel("/a").publish(1);
  stream->abort();
  CHECK_FALSE(stream->ready());
  CHECK_FALSE(stream->streaming());
  CHECK(listen()->take().body == begins + event_with("1"));
}

TEST_CASE_METHOD(Fixture, "what keeps a stream alive is a comment", "[gateway][eventsource]") {
  CHECK(listen()->keep_alive() == ":\r\n\r\n");
  CHECK(post("[]")->keep_alive().empty());
  CHECK_FALSE(post("[]")->streaming());
}

TEST_CASE_METHOD(Fixture, "what names no client is refused, and shows nothing of it", "[gateway][eventsource]") {
  for (const std::string& id : std::vector<std::string>{"", "a-b", "%61", "<x>", std::string(129, 'a')}) {
    const std::string target = "/bayeux/" + id;
    const auto response = response_to(stream_of(target));
    CHECK(response.status == 400);
    CHECK(response.body == "The client id is not valid\n");
  }
}

TEST_CASE_METHOD(Fixture, "only a GET that accepts events is answered by a stream", "[gateway][eventsource]") {
  HttpRequest request;
  request.target = "/bayeux/nobody";
  const auto status = [&](std::string_view method, const std::string& accept) {
    request.method = method;
    request.headers = {{"Accept", accept}};
    return response_to(request).status;
  };
  CHECK(status("GET", "text/html, TEXT/Event-Stream;q=0.9") == 200);
  CHECK(status("GET", "text/html") == 400);
  CHECK(status("GET", "*/*") == 400);
  CHECK(status("HEAD", "text/event-stream") == 405);
  CHECK(status("POST", "text/event-stream") == 400);
}

TEST_CASE_METHOD(Fixture, "a page of another origin hears nothing", "[gateway][eventsource]") {
  const std::string target = "/bayeux/" + client;
  const auto response = response_to(stream_of(target, {{"Host", "here"}, {"Origin", "https://elsewhere.example"}}));
  CHECK(response.status == 403);
  const auto own = response_to(stream_of(target, {{"Host", "here"}, {"Origin", "http://here"}}));
  CHECK(header_of(own, "Access-Control-Allow-Origin") == "http://here");
}

TEST_CASE("a stream of a session that is bound to a browser wants its cookie", "[gateway][eventsource][security]") {
  const auto binding = GENERATE(CookieBinding::when_presented, CookieBinding::always);
  Config config;
  config.cookie_binding = binding;
  GatewayBench bench({}, config);
  const std::vector<Request::Header> cookie{{"Cookie", "BAYEUX_BROWSER=abc"}};
  const std::string target = "/bayeux/" + bench.connected_client(cookie);
  CHECK(bench.response_to(stream_of(target)).body == begins + shake_hands_again);
  CHECK(bench.response_to(stream_of(target, {{"Cookie", "BAYEUX_BROWSER=other"}})).body == begins + shake_hands_again);
  const auto stream = bench.open(stream_of(target, cookie));
  CHECK(stream->take().body == begins);
  CHECK(stream->streaming());
}

TEST_CASE("one window too many is told to find another way", "[gateway][eventsource]") {
  Config config;
  config.max_sessions_per_browser = 1;
  GatewayBench bench({}, config);
  const std::vector<Request::Header> cookie{{"Cookie", "BAYEUX_BROWSER=abc"}};
  const std::string one = "/bayeux/" + bench.connected_client(cookie);
  const std::string two = "/bayeux/" + bench.connected_client(cookie);
  const auto stream = bench.open(stream_of(one, cookie));
  CHECK(bench.response_to(stream_of(two, cookie)).status == 503);
  stream->abort();
  CHECK(bench.response_to(stream_of(two, cookie)).status == 200);
}

TEST_CASE("without streams a GET for one is refused as any other", "[gateway][eventsource]") {
  GatewayConfig config;
  SECTION("they are turned off") {
    config.event_source = false;
  }
  SECTION("there is no long-polling, by which the requests would come") {
    config.long_polling = false;
  }
  GatewayBench bench(config);
  CHECK(bench.response_to(stream_of("/bayeux/client1")).status == 400);
}
