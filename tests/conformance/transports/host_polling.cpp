#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/transport.hpp"
#include "conformance/transports/host_socket.hpp"
#include "conformance/transports/host_wire.hpp"
#include "conformance/transports/http_reply.hpp"

namespace bayeux::test {
namespace {

/// A connection for one request after the other.
struct KeptAlive {
  HostSocket socket;
  std::string buffer;
  bool busy = false;
};

class HostPollingWire;

/// Long-polling to a host's server, whose threads are at work while the test looks on.
class HostPolling final : public Transport {
 public:
  HostPolling(Bus& bus, const Limits& limits) : endpoint_(bus, config(limits)), host_(make_host(bus, endpoint_)) {}

  Facts facts() const override {
    return {.connection_type = "long-polling", .has_cookies = true, .superseded = 500, .unreadable = 400};
  }
  std::unique_ptr<Wire> open(Browser* browser) override;

 private:
  friend class HostPollingWire;

  static EndpointConfig config(const Limits& limits) {
    EndpointConfig config;
    config.gateway.max_response = limits.max_response;
    config.websocket.reset();
    return config;
  }

  /// Until nothing is under way: every request has reached the endpoint, every response its client, and what is left
  /// waits for the bus.
  void settle();
  bool at_rest();

  Endpoint endpoint_;
  std::unique_ptr<Host> host_;
  std::set<HostPollingWire*> wires_;
  std::uint64_t sent_ = 0;
  bool failed_ = false;  ///< One wait in vain is enough.
};

/// A client as a browser is one: each request goes over a connection that has nothing else to do, or over a new one.
class HostPollingWire final : public Wire {
 public:
  HostPollingWire(HostPolling& transport, Browser* browser) : transport_(transport), browser_(browser) {
    transport_.wires_.insert(this);
  }
  /// What it held is let go of before anybody asks for more.
  ~HostPollingWire() override {
    try {
      hang_up();
    } catch (...) {  // Catch2 knows of the failure.
    }
    transport_.wires_.erase(this);
  }

  void send(std::string_view json) override {
    std::string request =
        "POST /bayeux/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json;charset=UTF-8\r\n";
    if (browser_ != nullptr && !browser_->cookie.empty()) request += "Cookie: " + browser_->cookie + "\r\n";
    request.append("Content-Length: ").append(std::to_string(json.size())).append("\r\n\r\n").append(json);
    KeptAlive& connection = idle_connection();
    connection.busy = true;
    ++transport_.sent_;
    connection.socket.write(request);
  }

  Arrivals arrived() override {
    transport_.settle();
    return std::exchange(arrivals_, {});
  }

  void hang_up() override {
    transport_.settle();
    connections_.clear();
    transport_.settle();
  }

  /// Takes in what is there by now.
  void read() {
    for (auto& connection : connections_) read(*connection);
    std::erase_if(connections_, [](const auto& connection) { return !connection->socket.is_open(); });
  }

  /// How many requests wait for their response.
  std::size_t busy() const {
    return static_cast<std::size_t>(std::count_if(connections_.begin(), connections_.end(),
                                                  [](const auto& connection) { return connection->busy; }));
  }

 private:
  KeptAlive& idle_connection() {
    read();
    const auto idle = std::find_if(connections_.begin(), connections_.end(),
                                   [](const auto& connection) { return !connection->busy; });
    if (idle != connections_.end()) return **idle;
    auto& fresh = *connections_.emplace_back(std::make_unique<KeptAlive>());
    fresh.socket.connect(transport_.host_->port());
    return fresh;
  }

  void read(KeptAlive& connection) {
    const bool lasts = connection.socket.read(connection.buffer);
    if (auto reply = connection.busy ? take_reply(connection.buffer) : std::nullopt) {
      connection.busy = false;
      take(*reply);
      if (reply->header("Connection") == "close") connection.socket.close();
    } else if (!lasts) {
      if (std::exchange(connection.busy, false)) arrivals_.failures.push_back(cut_off);
      connection.socket.close();
    }
  }

  void take(const HttpReply& reply) {
    const auto cookie = reply.header("Set-Cookie");
    if (browser_ != nullptr && !cookie.empty()) browser_->cookie = cookie.substr(0, cookie.find(';'));
    const auto messages = reply.status == 200 ? Json::parse(reply.body) : std::nullopt;
    if (!messages || !messages->is_array()) {
      arrivals_.failures.push_back(reply.status);
      return;
    }
    for (const auto& message : messages->items()) arrivals_.messages.push_back(message);
  }

  /// Stands for the status of a response that never came.
  static constexpr int cut_off = -1;

  HostPolling& transport_;
  Browser* browser_;
  std::vector<std::unique_ptr<KeptAlive>> connections_;
  Arrivals arrivals_;
};

std::unique_ptr<Wire> HostPolling::open(Browser* browser) {
  return std::make_unique<HostPollingWire>(*this, browser);
}

void HostPolling::settle() {
  if (std::exchange(failed_, true)) return;
  wait_until("the server has answered or parked every request, and noticed who hung up", [this] { return at_rest(); });
  failed_ = false;
}

bool HostPolling::at_rest() {
  std::size_t busy = 0;
  for (auto* wire : wires_) {
    wire->read();
    busy += wire->busy();
  }
  // Behind what has arrived: as long as a response is under way, less is open than the clients wait for.
  const auto stats = endpoint_.stats();
  return stats.requests == sent_ && stats.open == busy && stats.parked == busy;
}

const TransportRegistration registration("host-polling", [](Bus& bus, const Limits& limits) {
  return std::make_unique<HostPolling>(bus, limits);
});

}  // namespace
}  // namespace bayeux::test
