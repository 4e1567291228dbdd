#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/talk.hpp"

namespace bayeux::test {

/// Sends one message of that client in a request of its own and gives the reply, which comes last.
inline Json tell(Bus& bus, std::string_view client, std::string_view channel, std::string_view more = {}) {
  const Json response = ask(bus, message(client, channel, more));
  return response.empty() ? Json() : response.items().back();
}

inline Json subscribe(Bus& bus, std::string_view client, std::string_view name) {
  return tell(bus, client, "/meta/subscribe", "\"id\":\"s\",\"subscription\":\"" + std::string(name) + "\"");
}

/// What a client finds when it asks at once: the events, and the reply to its connect behind them.
inline Json collect(Bus& bus, std::string_view client) {
  return ask(bus,
             message(client, "/meta/connect", R"("id":"c","connectionType":"long-polling","advice":{"timeout":0})"));
}

/// The channel of every message of a response, in order, with a space between.
inline std::string channels(const Json& response) {
  std::string all;
  for (const auto& item : response.items()) all.append(all.empty() ? "" : " ").append(item["channel"].as_string());
  return all;
}

/// The `data` of every event of a response, in order.
inline std::string events(const Json& response) {
  std::string all;
  for (const auto& item : response.items()) {
    if (item.find("data") != nullptr) all.append(all.empty() ? "" : " ").append(item["data"].text());
  }
  return all;
}

inline LinkOptions duplex() {
  return {"websocket", true, false, std::nullopt};
}

/// A request over a transport that keeps cookies.
inline LinkOptions with_cookie(std::string cookie) {
  return {"long-polling", false, false, std::move(cookie)};
}

/// A lasting connection.
class Socket final {
 public:
  explicit Socket(Bus& bus) : link_(bus.open_link(duplex(), carrier_)) {}

  /// Sends, and gives what came at once.
  Json say(std::string_view json) {
    error_ = link_->receive(json);
    return hear();
  }
  Json hear(std::size_t max_bytes = 1 << 20) {
    Json::Array all;
    for (const auto& frame : link_->take(max_bytes)) all.push_back(Json::parse(frame.text()).value_or(Json("broken")));
    return Json(std::move(all));
  }
  std::string join() {
    auto id = say(R"({"channel":"/meta/handshake","id":"1"})")[0]["clientId"].as_string();
    say(message(id, "/meta/connect", R"("id":"2")"));
    return id;
  }
  Link& link() { return *link_; }
  std::error_code error() const { return error_; }
  int wakes() const { return carrier_->wakes(); }

 private:
  std::shared_ptr<CountingCarrier> carrier_ = std::make_shared<CountingCarrier>();
  std::unique_ptr<Link> link_;
  std::error_code error_;
};

}  // namespace bayeux::test
