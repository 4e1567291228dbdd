// What a WebSocket reads, and when it leaves it with the peer.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "asio_websocket_peer.hpp"
#include "support/catch.hpp"
#include "support/slow_policy.hpp"
#include "websocket_deflate.hpp"

using namespace bayeux;
using namespace bayeux::test;
using namespace std::chrono_literals;
namespace frames = websocket::test;

namespace {

/// A server whose policy takes its time over handshakes.
class Doorman final {
 public:
  explicit Doorman(AsioServerConfig config = {}) : server(bus, RunningServer::on_free_port(std::move(config))) {
    policy->take_time_over("handshake");
    thread_ = std::thread([this] { server.run(); });
  }
  ~Doorman() {
    server.stop();
    thread_.join();
  }

  std::shared_ptr<SlowPolicy> policy = std::make_shared<SlowPolicy>();
  Bus bus{with(policy)};
  AsioServer server;

 private:
  static Config with(std::shared_ptr<SecurityPolicy> policy) {
    Config config;
    config.policy = std::move(policy);
    return config;
  }

  std::thread thread_;
};

/// Sees how many messages have been worked on whose answers were not made yet.
struct Watch final : Extension {
  explicit Watch(AsioServer& its_server) : server(its_server) {}
  Flow incoming(const Client&, Message&, Message&) override {
    ++seen;
    most_unanswered = std::max(most_unanswered, seen - server.stats().websocket_messages_out);
    return Flow::pass;
  }
  AsioServer& server;
  std::uint64_t seen = 0;
  std::uint64_t most_unanswered = 0;
};

std::string publish(int id, std::size_t size) {
  return R"([{"channel":"/a","id":")" + std::to_string(id) + R"(","data":")" + std::string(size, 'x') + R"("}])";
}

/// As many replies as are waited for, however they are grouped; fewer when no more come.
Json::Array replies(Caller& caller, std::size_t count) {
  Json::Array all;
  while (all.size() < count) {
    const auto more = Json::parse(caller.text()).value_or(Json());
    if (more.size() == 0) break;
    all.insert(all.end(), more.items().begin(), more.items().end());
  }
  return all;
}

}  // namespace

TEST_CASE("while a message waits for a verdict, most of what comes behind it waits with the peer", "[asio][websocket]") {
  Doorman doorman;
  Caller caller(doorman.server.port(), {}, 4096);
  caller.peer.send(frames::text_frame(handshake));
  REQUIRE(eventually([&] { return doorman.policy->waiting() == 1; }));
  const auto message = frames::text_frame(publish(2, 50'000));
  constexpr int most = 2'000;
  int sent = 0;
  while (sent < most && caller.peer.send_if_it_fits(message)) ++sent;
  CHECK(sent < most);
  // The handshake itself, one behind it, and one that is too much.
  CHECK(doorman.server.stats().websocket_messages_in == 3);
  doorman.policy->next().allow();
  const auto answers = replies(caller, static_cast<std::size_t>(sent) + 1);
  REQUIRE(answers.size() == static_cast<std::size_t>(sent) + 1);
  CHECK(answers[0]["successful"] == Json(true));
  for (std::size_t i = 1; i < answers.size(); ++i) CHECK(answers[i]["error"] == Json("402::session_unknown"));
}

TEST_CASE("frames that came together with one that waits for a verdict are worked on after it", "[asio][websocket]") {
  Doorman doorman;
  Caller caller(doorman.server.port());
  std::string bytes = frames::text_frame(handshake);
  for (int id = 2; id < 50; ++id) bytes += frames::text_frame(publish(id, 10));
  caller.peer.send(bytes);
  REQUIRE(eventually([&] { return doorman.policy->waiting() == 1; }));
  caller.peer.send(frames::ClientFrame{frames::Opcode::ping, "?"}.bytes());
  CHECK(caller.frame().opcode == frames::Opcode::pong);
  doorman.policy->next().allow();
  const auto answers = replies(caller, 49);
  REQUIRE(answers.size() == 49);
  CHECK(answers[0]["successful"] == Json(true));
  for (std::size_t i = 1; i < answers.size(); ++i) CHECK(answers[i]["id"] == Json(std::to_string(i + 1)));
}

TEST_CASE("who is waited for over a verdict is not taken for dead", "[asio][websocket]") {
  AsioServerConfig config;
  config.ping_interval = 50ms;
  Doorman doorman(config);
  Caller caller(doorman.server.port());
  caller.peer.send(frames::text_frame(handshake) + frames::text_frame(publish(2, 100'000)));
  REQUIRE(eventually([&] { return doorman.policy->waiting() == 1; }));
  std::this_thread::sleep_for(500ms);
  CHECK(doorman.server.stats().ping_timeouts == 0);
  doorman.policy->next().allow();
  CHECK(Json::parse(caller.text()).value_or(Json())[0]["successful"] == Json(true));
}

TEST_CASE("small frames that are large messages are answered one after the other", "[asio][websocket]") {
  RunningServer server;
  const auto watch = std::make_shared<Watch>(server.server);
  const auto registered = server.bus.add_extension(watch);
  Caller caller(server.port(), "Sec-WebSocket-Extensions: permessage-deflate\r\n");
  // Its answer says again what was to be subscribed to.
  const std::string large =
      R"([{"channel":"/meta/subscribe","id":"1","subscription":"/)" + std::string(200'000, 'x') + R"("}])";
  const auto frame = frames::ClientFrame{frames::Opcode::text, frames::client_deflate(large), true, 4}.bytes();
  std::string bytes;
  while (bytes.size() + frame.size() < 60'000) bytes += frame;
  const auto count = bytes.size() / frame.size();
  REQUIRE(count > 200);
  caller.peer.send(bytes);
  for (std::size_t i = 0; i < count; ++i) REQUIRE(caller.frame().opcode == frames::Opcode::text);
  CHECK(watch->seen == count);
  CHECK(watch->most_unanswered <= 2);
}
