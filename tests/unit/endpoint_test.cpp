#include <bayeux/transports/endpoint.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <bayeux/bayeux.hpp>

#include "endpoint/wake_once.hpp"
#include "support/catch.hpp"
#include "support/counted_ids.hpp"
#include "support/manual_clock.hpp"
#include "support/slow_policy.hpp"

namespace bayeux::test {
namespace {

class KeptLog final : public Log {
 public:
  void write(LogLevel level, std::string_view text) noexcept override { lines.emplace_back(level, text); }
  std::vector<std::pair<LogLevel, std::string>> lines;
};

/// An endpoint of a bus whose clock stands still.
struct EndpointBench {
  explicit EndpointBench(EndpointConfig config = {}) : bus(prepare(policy, log)), endpoint(bus, std::move(config)) {}

  static Config prepare(std::shared_ptr<SecurityPolicy> policy, std::shared_ptr<Log> log) {
    Config config;
    config.clock = std::make_shared<ManualClock>();
    config.ids = std::make_shared<CountedIds>();
    config.policy = std::move(policy);
    config.log = std::move(log);
    return config;
  }

  std::unique_ptr<PendingResponse> open(const HttpRequest& request) {
    return endpoint.open(request, [this] { ++wakes; });
  }

  std::unique_ptr<PendingResponse> post(const std::string& body) {
    return open({"POST", "/bayeux", {{"Content-Type", "application/json"}}, body, "127.0.0.1"});
  }

  Json answer_to(const std::string& body) { return Json::parse(post(body)->look().value().body).value_or(Json()); }

  /// A client that listens to `/a`, and whose next connect is held.
  std::string listener() {
    const std::string id = answer_to(R"({"channel":"/meta/handshake","version":"1.0"})")[0]["clientId"].as_string();
    answer_to(R"({"channel":"/meta/subscribe","subscription":"/a","clientId":")" + id + "\"}");
    answer_to(connect(id));
    return id;
  }

  static std::string connect(const std::string& id) {
    return R"({"channel":"/meta/connect","connectionType":"long-polling","clientId":")" + id + "\"}";
  }

  static std::string publish(const std::string& id, const std::string& channel) {
    return R"({"channel":")" + channel + R"(","data":1,"clientId":")" + id + "\"}";
  }

  EndpointSocketAnswer open_websocket(std::vector<Request::Header> more = {}) {
    std::vector<Request::Header> headers = {{"Host", "localhost"}, {"Upgrade", "websocket"}};
    headers.insert(headers.end(), more.begin(), more.end());
    return endpoint.open_websocket({"GET", "/bayeux", headers, {}, "127.0.0.1"}, [this] { ++wakes; });
  }

  std::shared_ptr<SlowPolicy> policy = std::make_shared<SlowPolicy>();
  std::shared_ptr<KeptLog> log = std::make_shared<KeptLog>();
  Bus bus;
  Endpoint endpoint;
  int wakes = 0;
};

std::string all_of(const WebSocketOutput& output) {
  std::string all;
  for (std::size_t i = 0; i < output.size(); ++i) all += output.text(i);
  return all;
}

constexpr std::string_view event = R"({"channel":"/a","data":1})";

bool has_event(const std::string& text) {
  return text.find(event) != std::string::npos;
}

}  // namespace

TEST_CASE("an endpoint serves its paths, and whatever clients append to them", "[endpoint]") {
  Bus bus;
  Endpoint endpoint(bus, {.paths = {"/bayeux", "/live/"}});
  for (const char* mine : {"/bayeux", "/bayeux/", "/bayeux/handshake", "/bayeux?x=1", "/live", "/live/58.0?y=/"}) {
    INFO(mine);
    CHECK(endpoint.serves(mine));
  }
  for (const char* other : {"", "/", "/bayeuxes", "/bayeu", "/other/bayeux", "/?/bayeux", "bayeux", "/Bayeux"}) {
    INFO(other);
    CHECK_FALSE(endpoint.serves(other));
  }
  CHECK(Endpoint(bus, {.paths = {"/"}}).serves("/whatever/there/is"));
  CHECK_FALSE(Endpoint(bus, {.paths = {}}).serves("/bayeux"));
}

TEST_CASE("a path that is none is refused", "[endpoint]") {
  Bus bus;
  for (const char* path : {"", "bayeux", "/a?b", "/a#b", "/a b"}) {
    INFO(path);
    CHECK_THROWS_AS(Endpoint(bus, {.paths = {"/bayeux", path}}), std::system_error);
  }
}

TEST_CASE("what can be answered at once is answered by the first look, and wakes nobody", "[endpoint]") {
  EndpointBench bench;
  const auto pending = bench.post(R"({"channel":"/meta/handshake","version":"1.0"})");
  CHECK(bench.endpoint.stats().open == 1);
  const auto response = pending->look();
  REQUIRE(response);
  CHECK(response->status == 200);
  CHECK(bench.wakes == 0);
  CHECK_FALSE(pending->look());
  CHECK_FALSE(pending->streaming());
  CHECK(bench.endpoint.stats().requests == 1);
  CHECK(bench.endpoint.stats().open == 0);
  CHECK(bench.endpoint.stats().parked == 0);
}

TEST_CASE("one wake comes for all that happens until somebody looks", "[endpoint]") {
  EndpointBench bench;
  const auto pending = bench.post(EndpointBench::connect(bench.listener()));
  REQUIRE_FALSE(pending->look());
  CHECK(bench.endpoint.stats().parked == 1);
  for (int i = 0; i < 3; ++i) bench.bus.channel("/a").publish(1);
  CHECK(bench.wakes == 1);
  CHECK(bench.endpoint.stats().parked == 0);
  CHECK(bench.endpoint.stats().open == 1);
  const auto response = pending->look();
  REQUIRE(response);
  CHECK(Json::parse(response->body).value().size() == 4);
  CHECK(bench.endpoint.stats().open == 0);
  bench.bus.channel("/a").publish(1);
  CHECK(bench.wakes == 1);
}

TEST_CASE("whoever looked in vain is woken again", "[endpoint]") {
  EndpointBench bench;
  const auto id = bench.listener();
  bench.policy->take_time_over("publish /slow");
  const auto slow = EndpointBench::publish(id, "/slow");
  const auto pending = bench.post("[" + slow + "," + slow + "]");
  CHECK_FALSE(pending->look());
  for (int verdict = 1; verdict <= 2; ++verdict) {
    CHECK_FALSE(pending->look());
    CHECK(bench.endpoint.stats().parked == 1);
    REQUIRE(bench.policy->waiting() == 1);
    bench.policy->next().allow();
    CHECK(bench.wakes == verdict);
    CHECK(bench.endpoint.stats().parked == 0);
    if (verdict == 1) CHECK_FALSE(pending->look());
  }
  CHECK(pending->look());
}

TEST_CASE("what wakes while somebody looks has them look again, and calls nobody", "[endpoint]") {
  int calls = 0;
  Bus bus;
  const auto counters = std::make_shared<endpoint::Counters>();
  endpoint::WakeOnce carrier([&] { ++calls; }, bus, counters, true);
  carrier.wake();
  carrier.begin_look();
  carrier.wake();
  CHECK_FALSE(carrier.park());
  CHECK(counters->parked == 0);
  carrier.begin_look();
  CHECK(carrier.park());
  CHECK(counters->parked == 1);
  CHECK(calls == 0);
  carrier.wake();
  carrier.wake();
  CHECK(calls == 1);
  CHECK(counters->parked == 0);
  carrier.begin_look();
  REQUIRE(carrier.park());
  carrier.stop();
  carrier.wake();
  CHECK(calls == 1);
  CHECK(counters->parked == 0);
}

TEST_CASE("what a peer did not take before it hung up waits for it", "[endpoint]") {
  EndpointBench bench;
  const auto id = bench.listener();
  auto pending = bench.post(EndpointBench::connect(id));
  REQUIRE_FALSE(pending->look());
  bench.bus.channel("/a").publish(1);
  const bool says_so = GENERATE(true, false);
  if (says_so) {
    pending->abort();
    CHECK_FALSE(pending->look());
  } else {
    pending.reset();
  }
  CHECK(bench.endpoint.stats().open == 0);
  const auto response = bench.post(EndpointBench::connect(id))->look();
  REQUIRE(response);
  CHECK(has_event(response->body));
}

TEST_CASE("nobody is woken for a peer that hung up", "[endpoint]") {
  EndpointBench bench;
  auto pending = bench.post(EndpointBench::connect(bench.listener()));
  REQUIRE_FALSE(pending->look());
  pending.reset();
  CHECK(bench.endpoint.stats().parked == 0);
  bench.bus.channel("/a").publish(1);
  CHECK(bench.wakes == 0);
}

TEST_CASE("a stream is open until it ends, and woken for each part", "[endpoint]") {
  EndpointBench bench;
  const auto id = bench.listener();
  bench.answer_to(R"({"channel":"/meta/connect","connectionType":"eventsource","clientId":")" + id + "\"}");
  const std::string target = "/bayeux/" + id;
  auto stream = bench.open({"GET", target, {{"Accept", "text/event-stream"}}, {}, "127.0.0.1"});
  const auto beginning = stream->look();
  REQUIRE(beginning);
  CHECK(stream->streaming());
  CHECK_FALSE(stream->keep_alive().empty());
  for (int i = 1; i <= 2; ++i) {
    while (stream->look_part()) {
    }
    CHECK(bench.endpoint.stats().parked == 1);
    bench.bus.channel("/a").publish(1);
    CHECK(bench.wakes == i);
    CHECK(has_event(stream->look_part().value()));
  }
  CHECK(bench.endpoint.stats().open == 1);
  CHECK_FALSE(bench.bus.client(id).disconnect());
  for (int parts = 0; parts < 10 && stream->streaming(); ++parts) stream->look_part();
  CHECK_FALSE(stream->streaming());
  CHECK(stream->keep_alive().empty());
  CHECK_FALSE(stream->look_part());
  CHECK(bench.endpoint.stats().open == 0);
}

TEST_CASE("a wake function that throws is written down, and harms nobody else", "[endpoint]") {
  EndpointBench bench;
  const auto id = bench.listener();
  const std::string body = EndpointBench::connect(id);
  const HttpRequest request{"POST", "/bayeux", {}, body, "127.0.0.1"};
  const auto pending = bench.endpoint.open(request, [] { throw std::runtime_error("a secret"); });
  REQUIRE_FALSE(pending->look());
  const auto other = bench.post(EndpointBench::connect(bench.listener()));
  REQUIRE_FALSE(other->look());
  bench.bus.channel("/a").publish(1);
  CHECK(bench.wakes == 1);
  REQUIRE(bench.log->lines.size() == 1);
  CHECK(bench.log->lines[0].first == LogLevel::warning);
  CHECK(bench.log->lines[0].second == "wake function threw: a secret");
  CHECK(bench.bus.stats().callback_failures == 1);
  CHECK(pending->look());
}

TEST_CASE("a request needs no wake function", "[endpoint]") {
  EndpointBench bench;
  const std::string body = EndpointBench::connect(bench.listener());
  const auto pending = bench.endpoint.open({"POST", "/bayeux", {}, body, "127.0.0.1"}, {});
  REQUIRE_FALSE(pending->look());
  bench.bus.channel("/a").publish(1);
  CHECK(pending->look());
}

TEST_CASE("a WebSocket gives what it is asked for, and is woken for what comes", "[endpoint][websocket]") {
  EndpointBench bench;
  auto answer = bench.open_websocket({{"Sec-WebSocket-Protocol", "bayeux"}});
  REQUIRE(answer.socket != nullptr);
  CHECK(answer.protocol == "bayeux");
  auto& socket = *answer.socket;
  CHECK(bench.endpoint.stats().websockets == 1);
  CHECK(socket.look().empty());
  socket.receive(R"({"channel":"/meta/handshake","version":"1.0"})");
  CHECK(Json::parse(socket.look().text(0)).value()[0]["clientId"] == Json("client1"));
  socket.receive(R"({"channel":"/meta/subscribe","subscription":"/a","clientId":"client1"})");
  while (!socket.look().empty()) {
  }
  const int before = bench.wakes;
  for (int i = 0; i < 3; ++i) bench.bus.channel("/a").publish(1);
  CHECK(bench.wakes == before + 1);
  CHECK(has_event(all_of(socket.look())));
  CHECK_FALSE(socket.closing());
  CHECK_FALSE(socket.finished());
  CHECK(bench.endpoint.stats().requests == 0);
  CHECK(bench.endpoint.stats().parked == 0);
}

TEST_CASE("a WebSocket that breaks the rules is to be closed", "[endpoint][websocket]") {
  EndpointBench bench;
  const bool binary = GENERATE(true, false);
  auto answer = bench.open_websocket();
  REQUIRE(answer.socket != nullptr);
  if (binary) {
    answer.socket->receive_binary();
  } else {
    answer.socket->receive("[{");
  }
  REQUIRE(answer.socket->closing());
  CHECK(answer.socket->closing()->code == (binary ? 1003 : 1007));
  answer.socket.reset();
  CHECK(bench.endpoint.stats().websockets == 0);
}

TEST_CASE("what a WebSocket did not take waits for its client", "[endpoint][websocket]") {
  EndpointBench bench;
  auto answer = bench.open_websocket();
  const auto id = bench.listener();
  answer.socket->receive(R"({"channel":"/meta/connect","connectionType":"websocket","clientId":")" + id + "\"}");
  while (!answer.socket->look().empty()) {
  }
  const int before = bench.wakes;
  bench.bus.channel("/a").publish(1);
  CHECK(bench.wakes == before + 1);
  answer.socket->abort();
  answer.socket.reset();
  bench.bus.channel("/a").publish(1);
  CHECK(bench.wakes == before + 1);
  const auto response = bench.post(EndpointBench::connect(id))->look();
  REQUIRE(response);
  CHECK(Json::parse(response->body).value().size() == 3);
}

TEST_CASE("where there is no WebSocket, none is offered and none let in", "[endpoint][websocket]") {
  EndpointBench bench({.websocket = std::nullopt});
  const auto answer = bench.open_websocket();
  CHECK(answer.socket == nullptr);
  CHECK(answer.refusal.status == 400);
  CHECK(bench.endpoint.stats().websocket.bad_upgrades == 1);
  const auto reply = bench.answer_to(R"({"channel":"/meta/handshake","version":"1.0"})")[0];
  CHECK(reply["supportedConnectionTypes"].text().find("websocket") == std::string::npos);
  EndpointBench other;
  const auto offer = other.answer_to(R"({"channel":"/meta/handshake","version":"1.0"})")[0];
  CHECK(offer["supportedConnectionTypes"].text().find("websocket") != std::string::npos);
}

TEST_CASE("a page that may use the bus by HTTP may use it by WebSocket too", "[endpoint][websocket]") {
  EndpointConfig config;
  config.gateway.allowed_origins = {"https://friend.example"};
  EndpointBench bench(std::move(config));
  CHECK(bench.open_websocket({{"Origin", "https://friend.example"}}).socket != nullptr);
  const auto refused = bench.open_websocket({{"Origin", "https://stranger.example"}});
  CHECK(refused.socket == nullptr);
  CHECK(refused.refusal.status == 403);
  CHECK(bench.endpoint.stats().websockets == 0);
}

}  // namespace bayeux::test
