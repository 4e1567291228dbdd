#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include <bayeux/bayeux.hpp>
#include <bayeux/transports/endpoint.hpp>

#include "conformance/transports/host_socket.hpp"
#include "conformance/transports/host_wire.hpp"
#include "conformance/transports/http_reply.hpp"
#include "support/catch.hpp"

namespace bayeux::test {
namespace {

constexpr int messages = 3'000;

/// Waits without letting another thread run, which would take far longer than that.
void spin(std::chrono::nanoseconds span) {
  const auto end = std::chrono::steady_clock::now() + span;
  while (std::chrono::steady_clock::now() < end) {
  }
}

/// A client that asks for more as soon as it has heard something, on a thread of its own.
class Listener final {
 public:
  explicit Listener(std::uint16_t port) {
    socket_.connect(port);
    const auto welcome = ask(R"({"channel":"/meta/handshake","version":"1.0"})");
    id_ = welcome["clientId"].as_string();
    REQUIRE_FALSE(id_.empty());
    REQUIRE(say("/meta/subscribe", R"("subscription":"/a")")["successful"] == Json(true));
  }
  ~Listener() {
    ended_ = true;
    if (thread_.joinable()) thread_.join();
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  void start() {
    thread_ = std::thread([this] {
      while (!ended_ && last_ < messages) say("/meta/connect", R"("connectionType":"long-polling")");
    });
  }

  int last() const { return last_; }

 private:
  Json say(std::string_view channel, std::string_view more) {
    std::string text = R"({"channel":")";
    return ask(text.append(channel).append(R"(","clientId":")").append(id_).append("\",").append(more).append("}"));
  }

  /// The last message of the answer; null when there is none.
  Json ask(const std::string& message) {
    socket_.write("POST /bayeux HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
                  std::to_string(message.size()) + "\r\n\r\n" + message);
    while (!ended_) {
      const bool lasts = socket_.read(buffer_);
      if (const auto reply = take_reply(buffer_)) return hear(Json::parse(reply->body).value_or(Json()));
      if (!lasts) break;
      std::this_thread::yield();
    }
    ended_ = true;
    return {};
  }

  Json hear(const Json& answer) {
    for (const auto& message : answer.items()) {
      if (message["channel"] == Json("/a")) last_ = static_cast<int>(message["data"].as_integer());
    }
    return answer.size() > 0 ? answer[answer.size() - 1] : Json();
  }

  HostSocket socket_;
  std::string buffer_;
  std::string id_;
  std::atomic<int> last_{0};
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

}  // namespace

TEST_CASE("no wake is lost, at whatever moment of a request it comes", "[threads]") {
  // Nobody runs the clock: a poll whose wake was lost is never answered.
  Bus bus;
  Endpoint endpoint(bus, {.websocket = std::nullopt});
  const auto host = make_host(bus, endpoint);
  std::array<std::unique_ptr<Listener>, 3> listeners;
  for (auto& listener : listeners) listener = std::make_unique<Listener>(host->port());
  for (auto& listener : listeners) listener->start();
  for (int i = 1; i <= messages; ++i) {
    // Now while the next poll is on its way, now when it is parked, and most of all in between.
    spin(std::chrono::nanoseconds(i * 37 % 1'000 * 200));
    bus.channel("/a").publish(i);
    const auto heard = [&] {
      return std::all_of(listeners.begin(), listeners.end(), [&](const auto& one) { return one->last() == i; });
    };
    for (int looks = 0; looks < 10'000 && !heard(); ++looks) std::this_thread::yield();
    wait_until("everybody has heard the message", heard);
  }
}

}  // namespace bayeux::test
