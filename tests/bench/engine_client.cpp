#include "engine_client.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace bayeux::bench {

void give_up(const char* what) {
  std::fprintf(stderr, "bench_engine: %s\n", what);
  std::exit(2);
}

std::string client_id_of(const std::vector<Frame>& frames) {
  constexpr std::string_view before = R"("clientId":")";
  if (frames.empty()) give_up("no answer to a handshake");
  const auto text = frames.front().text();
  const auto at = text.find(before);
  if (at == std::string_view::npos) give_up("a handshake was refused");
  const auto begin = at + before.size();
  return std::string(text.substr(begin, text.find('"', begin) - begin));
}

std::size_t events_among(const std::vector<Frame>& frames) {
  return static_cast<std::size_t>(
      std::count_if(frames.begin(), frames.end(), [](const Frame& f) { return f.kind() == Frame::Kind::event; }));
}

Config roomy_config() {
  Config config;
  config.max_sessions = 4'000'000;
  config.max_channels = 4'000'000;
  config.publish_rate = 0;
  config.handshake_rate = 0;
  return config;
}

EngineClient::EngineClient(Bus& bus, Carriage carriage) : bus_(bus), carriage_(carriage) {
  const bool lasting = carriage_ == Carriage::lasting;
  link_ = bus_.open_link({lasting ? "in-process" : "long-polling", lasting, false, std::nullopt}, carrier_);
  if (link_->receive(handshake_text)) give_up("a handshake was not read");
  id_ = client_id_of(link_->take(all_bytes));
  poll();
  carrier_->take_wakes();
}

void EngineClient::send(std::string_view channel, std::string_view more) {
  std::string text = R"([{"id":"2","channel":")";
  text.append(channel).append(R"(","clientId":")").append(id_).append("\"").append(more).append("}]");
  if (carriage_ == Carriage::exchange) link_ = bus_.open_link({"long-polling", false, false, std::nullopt}, carrier_);
  if (link_->receive(text)) give_up("a request was not read");
}

void EngineClient::subscribe(std::string_view channel) {
  send("/meta/subscribe", R"(,"subscription":")" + std::string(channel) + "\"");
  const auto frames = link_->take(all_bytes);
  if (frames.empty() || frames.front().text().find(R"("successful":true)") == std::string_view::npos) {
    give_up("a subscription was refused");
  }
}

bool EngineClient::park() {
  send("/meta/connect", R"(,"connectionType":"long-polling")");
  return !link_->ready();
}

std::size_t EngineClient::poll() {
  send("/meta/connect", R"(,"connectionType":"long-polling","advice":{"timeout":0})");
  return take();
}

std::size_t EngineClient::take() {
  const auto frames = link_->take(all_bytes);
  return events_among(frames);
}

void EngineClient::disconnect() {
  send("/meta/disconnect", "");
  link_->take(all_bytes);
  link_.reset();
}

}  // namespace bayeux::bench
