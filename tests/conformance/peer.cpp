#include "conformance/peer.hpp"

#include <algorithm>
#include <utility>

#include "support/catch.hpp"

namespace bayeux::test {
namespace {

/// Far more connects than any backlog of the suite needs.
constexpr int most_connects = 10'000;

}  // namespace

std::vector<TransportEntry>& transports() {
  static std::vector<TransportEntry> entries;
  return entries;
}

void Peer::send_text(std::string_view text) {
  wire_->send(text);
  collect();
}

void Peer::send(const std::vector<std::string>& messages) {
  std::string text = "[";
  for (const auto& message : messages) {
    if (text.size() > 1) text += ',';
    text += message;
  }
  send_text(text += ']');
}

std::string Peer::message(std::string_view channel, std::string_view more) {
  std::string text = R"({"id":")" + std::to_string(++last_id_) + R"(","channel":")";
  text.append(channel).append("\"");
  if (!id_.empty()) text.append(R"(,"clientId":")").append(id_).append("\"");
  if (!more.empty()) text.append(",").append(more);
  return text += '}';
}

Json Peer::ask(std::string_view channel, std::string_view more) {
  send({message(channel, more)});
  Json answer = reply(last_id());
  INFO("no answer at once on " << channel);
  REQUIRE(!answer.is_null());
  return answer;
}

Json Peer::shake_hands(std::string_view more) {
  id_.clear();
  std::string members = R"("version":"1.0","supportedConnectionTypes":[")" + facts_.connection_type + R"("])";
  if (!more.empty()) members.append(",").append(more);
  const Json answer = ask("/meta/handshake", members);
  id_ = answer["clientId"].as_string();
  return answer;
}

void Peer::join() {
  REQUIRE(shake_hands()["successful"] == Json(true));
  REQUIRE(answered(connect()));
}

std::string Peer::connect(std::string_view more) {
  std::string members = R"("connectionType":")" + facts_.connection_type + "\"";
  if (!more.empty()) members.append(",").append(more);
  send({message("/meta/connect", members)});
  return connect_id_ = last_id();
}

std::string Peer::hold() {
  auto id = connect();
  REQUIRE(answered(id) == !facts_.holds_connects());
  return id;
}

bool Peer::subscribe(std::string_view channel) {
  return ask("/meta/subscribe", R"("subscription":")" + std::string(channel) + "\"")["successful"].as_bool();
}

bool Peer::unsubscribe(std::string_view channel) {
  return ask("/meta/unsubscribe", R"("subscription":")" + std::string(channel) + "\"")["successful"].as_bool();
}

bool Peer::publish(std::string_view channel, std::string_view data) {
  return ask(channel, R"("data":)" + std::string(data))["successful"].as_bool();
}

void Peer::hang_up() {
  wire_->hang_up();
  connect_id_.clear();
}

void Peer::collect() {
  auto arrivals = wire_->arrived();
  for (auto& message : arrivals.messages) {
    if (is_event(message)) events_.push_back(message);
    all_.push_back(std::move(message));
  }
  if (facts_.closes && !arrivals.failures.empty()) connect_id_.clear();
  failures_.insert(failures_.end(), arrivals.failures.begin(), arrivals.failures.end());
}

const std::vector<Json>& Peer::all() {
  collect();
  return all_;
}

Json Peer::reply(std::string_view id) {
  collect();
  const auto found = std::find_if(all_.begin(), all_.end(), [&](const Json& message) {
    return !is_event(message) && message["id"] == Json(std::string(id));
  });
  return found != all_.end() ? *found : Json();
}

std::vector<Json> Peer::events() {
  collect();
  return std::exchange(events_, {});
}

std::vector<Json> Peer::hear() {
  if (!facts_.holds_connects()) connect();
  for (int i = 0; facts_.holds_connects() && i < most_connects && (connect_id_.empty() || answered(connect_id_)); ++i) {
    if (!reply(connect())["successful"].as_bool(true)) break;
  }
  return events();
}

std::string Peer::heard() {
  Json data = Json::array();
  for (const auto& event : hear()) data.push_back(event["data"]);
  return data.text();
}

const std::vector<int>& Peer::failures() {
  collect();
  return failures_;
}

}  // namespace bayeux::test
