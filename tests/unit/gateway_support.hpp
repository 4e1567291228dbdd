#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bayeux/bus.hpp>
#include <bayeux/json.hpp>
#include <bayeux/transports/gateway.hpp>

#include "support/counted_ids.hpp"
#include "support/manual_clock.hpp"

namespace bayeux::test {

/// Counts how often it was woken.
class CountingCarrier final : public Carrier {
 public:
  void wake() noexcept override { ++wakes; }
  std::atomic<int> wakes{0};
};

/// A bus with a gateway, a clock that stands still and ids that can be foreseen.
class GatewayBench {
 public:
  explicit GatewayBench(GatewayConfig gateway_config = {}, Config config = {})
      : bus(prepare(std::move(config), clock)), gateway(bus, std::move(gateway_config)) {}

  std::unique_ptr<HttpExchange> open(HttpRequest request) { return gateway.open(request, carrier); }

  std::unique_ptr<HttpExchange> post(std::string_view body, std::vector<Request::Header> headers = {}) {
    HttpRequest request;
    request.method = "POST";
    request.target = "/bayeux/any/suffix?x=1";
    request.headers = std::move(headers);
    request.body = body;
    return open(std::move(request));
  }

  HttpResponse response_to(HttpRequest request) { return open(std::move(request))->take(); }

  HttpResponse response_to(std::string_view body, std::vector<Request::Header> headers = {}) {
    return post(body, std::move(headers))->take();
  }

  /// Shakes hands and connects once, so that the next connect is held; returns the client id.
  std::string connected_client(std::vector<Request::Header> headers = {}) {
    const auto reply = response_to(R"([{"channel":"/meta/handshake","id":"1"}])", headers);
    const std::string id = Json::parse(reply.body).value()[0]["clientId"].as_string();
    response_to(connect(id), std::move(headers));
    return id;
  }

  static std::string connect(const std::string& client) {
    return R"([{"channel":"/meta/connect","connectionType":"long-polling","id":"c","clientId":")" + client + "\"}]";
  }

  static std::string subscribe(const std::string& client, const std::string& channel) {
    return R"([{"channel":"/meta/subscribe","id":"s","clientId":")" + client + R"(","subscription":")" + channel +
           "\"}]";
  }

  std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
  std::shared_ptr<CountingCarrier> carrier = std::make_shared<CountingCarrier>();
  Bus bus;
  Gateway gateway;

 private:
  static Config prepare(Config config, std::shared_ptr<const Clock> clock) {
    config.shards = 1;
    config.clock = std::move(clock);
    config.ids = std::make_shared<CountedIds>();
    return config;
  }
};

inline std::string header_of(const HttpResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "none";
}

}  // namespace bayeux::test
