#include <utility>

#include "conformance/transports/http_wire.hpp"

namespace bayeux::test {
namespace {

/// Events come by a stream, which is opened before the first message that has a client id; replies come with the
/// responses to the requests.
class EventSourceWire final : public HttpWire {
 public:
  using HttpWire::HttpWire;

  void send(std::string_view json) override {
    const auto messages = Json::parse(json).value_or(Json());
    const std::string client = messages.is_array() && messages.size() > 0 ? messages[0]["clientId"].as_string() : "";
    if (!client.empty() && (stream_.exchange == nullptr || client != listens_to_)) listen(client);
    HttpWire::open({"POST", "/bayeux", {{"Content-Type", "application/json"}}, json, {}});
  }

  Arrivals arrived() override {
    Arrivals arrivals = HttpWire::arrived();
    if (stream_.exchange == nullptr || !stream_.carrier->look()) return arrivals;
    while (stream_.exchange != nullptr && stream_.exchange->ready()) {
      read(arrivals);
      if (!stream_.exchange->streaming()) stream_ = {};
    }
    return arrivals;
  }

  void hang_up() override {
    HttpWire::hang_up();
    stream_ = {};
  }

 private:
  void listen(const std::string& client) {
    const std::string target = "/bayeux/" + client;
    stream_ = begin({"GET", target, {{"Accept", "text/event-stream"}}, {}, {}});
    listens_to_ = client;
    begun_ = false;
  }

  void read(Arrivals& arrivals) {
    if (std::exchange(begun_, true)) return read(stream_.exchange->take_part(), arrivals);
    const auto response = stream_.exchange->take();
    constexpr std::string_view begins = "retry: 1000\r\n\r\n";
    if (response.status != 200 || !response.body.starts_with(begins)) {
      arrivals.failures.push_back(response.status);
      return;
    }
    read(response.body.substr(begins.size()), arrivals);
  }

  /// A part is one event with an array, or nothing.
  static void read(std::string_view part, Arrivals& arrivals) {
    if (part.empty()) return;
    constexpr std::string_view begins = "data: ";
    constexpr std::string_view ends = "\r\n\r\n";
    const bool whole = part.starts_with(begins) && part.ends_with(ends);
    const auto data = whole ? part.substr(begins.size(), part.size() - begins.size() - ends.size()) : "";
    const auto messages = data.find_first_of("\r\n") == std::string_view::npos ? Json::parse(data) : std::nullopt;
    if (!messages || !messages->is_array()) {
      arrivals.failures.push_back(Facts{}.unreadable);
      return;
    }
    for (const auto& message : messages->items()) arrivals.messages.push_back(message);
  }

  std::optional<std::string> unwrap(const HttpResponse& response) const override { return response.body; }

  Pending stream_;
  std::string listens_to_;
  bool begun_ = false;
};

class EventSource final : public Transport {
 public:
  EventSource(Bus& bus, const Limits& limits) : gateway_(bus, {.max_response = limits.max_response}) {}

  Facts facts() const override {
    return {.connection_type = "eventsource",
            .pushes = true,
            .has_cookies = true,
            .superseded = 500,
            .heartbeat = Milliseconds(25'000),
            .unreadable = 400};
  }
  std::unique_ptr<Wire> open(Browser* browser) override { return std::make_unique<EventSourceWire>(gateway_, browser); }

 private:
  Gateway gateway_;
};

const TransportRegistration registration("eventsource", [](Bus& bus, const Limits& limits) {
  return std::make_unique<EventSource>(bus, limits);
});

}  // namespace
}  // namespace bayeux::test
