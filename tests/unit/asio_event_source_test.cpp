#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "asio_peer.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

/// A client that hears its events by a stream, and speaks over another connection.
class Listener final {
 public:
  explicit Listener(std::uint16_t port, int receive_buffer = 0) : stream(port, receive_buffer), peer_(port) {
    const auto reply = Json::parse(ask(R"({"channel":"/meta/handshake","version":"1.0"})"));
    if (reply) id = (*reply)[0]["clientId"].as_string();
    ask(message("/meta/subscribe", R"("subscription":"/news")"));
  }

  void listen(const std::string& headers = {}, const std::string& version = "HTTP/1.1") {
    stream.send("GET /bayeux/" + id + " " + version + "\r\nHost: localhost\r\nAccept: text/event-stream\r\n" + headers +
                "\r\n");
  }

  /// Says that it hears the stream.
  std::string beat() { return ask(message("/meta/connect", R"("connectionType":"eventsource")")); }

  std::string ask(const std::string& text) { return peer_.send(post("/bayeux", text)).receive().body; }

  std::string message(const std::string& channel, const std::string& more) const {
    return R"({"channel":")" + channel + R"(","clientId":")" + id + "\"," + more + "}";
  }

  Peer stream;
  std::string id;

 private:
  Peer peer_;
};

const std::string begins = "retry: 1000\r\n\r\n";

std::string event_with(const std::string& data) {
  return R"(data: [{"channel":"/news","data":)" + data + "}]\r\n\r\n";
}

}  // namespace

TEST_CASE("a stream carries what is published from another thread, in chunks, and its connection goes on",
          "[asio][eventsource]") {
  RunningServer server;
  Listener listener(server.port());
  listener.listen("Accept-Encoding: gzip\r\n");
  const auto head = listener.stream.receive();
  CHECK(head.status == 200);
  CHECK(head.header("Content-Type") == "text/event-stream");
  CHECK(head.header("Transfer-Encoding") == "chunked");
  CHECK(head.header("Content-Length").empty());
  CHECK(head.header("Content-Encoding").empty());
  CHECK(listener.stream.receive_chunk() == begins);
  listener.beat();
  for (int i = 0; i < 3; ++i) {
    server.bus.channel("/news").publish(i);
    CHECK(listener.stream.receive_chunk() == event_with(std::to_string(i)));
  }
  // Its session ends: so does the body, and not the connection.
  listener.ask(listener.message("/meta/disconnect", R"("id":"d")"));
  CHECK(listener.stream.receive_chunk().empty());
  CHECK(listener.stream.send(post("/bayeux", "[]")).receive().body == "[]");
}

TEST_CASE("a peer that speaks HTTP/1.0 gets a stream that ends with the connection", "[asio][eventsource]") {
  RunningServer server;
  Listener listener(server.port());
  listener.listen("Connection: keep-alive\r\n", "HTTP/1.0");
  const auto head = listener.stream.receive();
  CHECK(head.header("Transfer-Encoding").empty());
  CHECK(head.header("Connection") == "close");
  listener.beat();
  server.bus.channel("/news").publish(1);
  const auto expected = begins + event_with("1");
  CHECK(listener.stream.receive_bytes(expected.size()) == expected);
  server.bus.client(listener.id).disconnect();
  CHECK(listener.stream.receive_rest().find(R"("reconnect":"none")") != std::string::npos);
}

TEST_CASE("whoever listens for a client that nobody knows is told so, and the connection goes on",
          "[asio][eventsource]") {
  RunningServer server;
  Peer peer(server.port());
  const auto response = peer.send(get("/bayeux/nobody", "Accept: text/event-stream\r\n")).receive();
  CHECK(response.status == 200);
  CHECK(response.body.find(R"("advice":{"reconnect":"handshake","interval":0})") != std::string::npos);
  CHECK(peer.send(get("/bayeux/no-body", "Accept: text/event-stream\r\n")).receive().status == 400);
}

TEST_CASE("that a stream was hung up is noticed at once, and nothing is lost", "[asio][eventsource]") {
  RunningServer server;
  Listener listener(server.port());
  listener.listen();
  listener.stream.receive();
  listener.beat();
  SECTION("with a word") {
    listener.stream.hang_up();
  }
  SECTION("without one") {
    listener.stream.reset();
  }
  REQUIRE(eventually([&] { return server.server.connections() == 1; }));
  server.bus.channel("/news").publish(1);
  const auto reply = listener.beat();
  CHECK(reply.find(R"({"channel":"/news","data":1})") != std::string::npos);
  CHECK(reply.find(R"("interval":1000)") != std::string::npos);
}

TEST_CASE("a silent stream is kept alive", "[asio][eventsource]") {
  AsioServerConfig config;
  config.event_source_ping_interval = Milliseconds(50);
  RunningServer server(config);
  Listener listener(server.port());
  listener.listen();
  listener.stream.receive();
  CHECK(listener.stream.receive_chunk() == begins);
  for (int i = 0; i < 3; ++i) CHECK(listener.stream.receive_chunk() == ":\r\n\r\n");
}

TEST_CASE("a peer that does not read its stream gets a bounded amount, and the rest when it reads",
          "[asio][eventsource]") {
  constexpr int messages = 140;
  const std::string large(50'000, 'x');
  AsioServerConfig config;
  config.gateway.max_response = 100'000;
  RunningServer server(config);
  Listener listener(server.port());
  listener.listen();
  listener.stream.receive();
  CHECK(listener.stream.receive_chunk() == begins);
  listener.beat();
  for (int i = 0; i < messages; ++i) server.bus.channel("/news").publish(std::to_string(i) + large);
  const auto client = server.bus.client(listener.id);
  // The system takes some megabytes, and one portion is under way; all else stays in the queue.
  CHECK(client.waiting().messages > 10);
  std::string all;
  while (all.find("\"" + std::to_string(messages - 1) + "x") == std::string::npos) {
    const auto part = listener.stream.receive_chunk();
    REQUIRE_FALSE(part.empty());
    REQUIRE(part.size() < 101'000);
    all += part;
  }
  std::size_t at = 0;
  for (int i = 0; i < messages; ++i) {
    at = all.find("\"" + std::to_string(i) + "x", at);
    REQUIRE(at != std::string::npos);
  }
  CHECK(client.waiting().messages == 0);
}

TEST_CASE("a peer that never reads its stream is let go", "[asio][eventsource]") {
  AsioServerConfig config;
  config.write_timeout = Milliseconds(50);
  RunningServer server(config);
  Listener listener(server.port(), 4096);
  listener.listen();
  listener.stream.receive();
  listener.beat();
  const std::string large(100'000, 'x');
  for (int i = 0; i < 80; ++i) server.bus.channel("/news").publish(large);
  CHECK(eventually([&] { return server.server.connections() == 1; }));
}

#ifdef __linux__
TEST_CASE("a stream whose peer takes nothing any more is let go, however little there is to say",
          "[asio][eventsource][limits]") {
  AsioServerConfig config;
  config.write_timeout = Milliseconds(100);
  RunningServer server(config);
  Listener listener(server.port(), 1);
  listener.listen();
  listener.beat();
  REQUIRE(server.server.connections() == 2);
  server.bus.channel("/news").publish(std::string(10'000, 'x'));
  CHECK(eventually([&] { return server.server.connections() == 1; }));
  CHECK(server.server.stats().write_timeouts == 1);
}
#endif

TEST_CASE("a server that stops ends its streams", "[asio][eventsource]") {
  RunningServer server;
  Listener listener(server.port());
  listener.listen();
  listener.stream.receive();
  CHECK(listener.stream.receive_chunk() == begins);
  server.stop();
  CHECK(listener.stream.receive_chunk().empty());
  CHECK(listener.stream.closed_by_server());
}

TEST_CASE("streams take what many threads publish, in the order of each", "[asio][eventsource]") {
  constexpr int threads = 4;
  constexpr int messages = 200;
  AsioServerConfig config;
  config.threads = 2;
  RunningServer server(config);
  std::vector<std::unique_ptr<Listener>> listeners;
  for (int i = 0; i < 3; ++i) {
    listeners.push_back(std::make_unique<Listener>(server.port()));
    listeners.back()->listen();
    listeners.back()->stream.receive();
    listeners.back()->beat();
  }
  std::vector<std::thread> publishers;
  for (int t = 0; t < threads; ++t) {
    publishers.emplace_back([&, t] {
      for (int i = 0; i < messages; ++i) server.bus.channel("/news").publish({{"t", t}, {"i", i}});
    });
  }
  for (auto& listener : listeners) {
    std::vector<int> next(threads, 0);
    listener->stream.receive_chunk();
    for (int heard = 0; heard < threads * messages;) {
      const auto part = listener->stream.receive_chunk();
      REQUIRE(part.starts_with("data: "));
      const auto events = Json::parse(std::string_view(part).substr(6, part.size() - 10));
      REQUIRE(events);
      for (const auto& event : events->items()) {
        const auto t = static_cast<std::size_t>(event["data"]["t"].as_integer());
        REQUIRE(event["data"]["i"].as_integer() == next[t]++);
        ++heard;
      }
    }
  }
  for (auto& publisher : publishers) publisher.join();
}
