#include "fuzz/session_person.hpp"

#include <algorithm>
#include <utility>

#include "fuzz/target.hpp"

namespace bayeux::fuzz {
namespace {

std::int64_t next_serial = 0;
std::int64_t next_id = 0;

}  // namespace

void Person::say(std::string_view channel, std::string_view more) {
  const std::string id = std::to_string(++next_id);
  std::string rest = R"("connectionType":"x","id":")" + id + "\"";
  if (!more.empty()) rest.append(",").append(more);
  said_.push_back(test::message(session_->id, channel, rest));
  asked_[id] = channel;
}

void Person::subscribe(const std::string& name, bool waits) {
  loose_ = loose_ || (waits && !duplex_);
  // What is let in may leave with another response, before this one is looked at. A lasting connection has one order.
  if (!duplex_) session_->subscribed.push_back(*ChannelId::parse(name));
  say("/meta/subscribe", R"("subscription":")" + name + "\"");
}

void Person::publish(std::string_view channel, std::int64_t number, bool waits) {
  loose_ = loose_ || (waits && !duplex_);
  const auto by = loose_ ? std::int64_t{-1} : serial_;
  say(channel, R"("data":{"n":)" + std::to_string(number) + R"(,"by":)" + std::to_string(by) + "}");
}

void Person::send() {
  if (said_.empty()) return;
  std::string text = "[";
  for (const auto& message : said_) text.append(text.size() > 1 ? "," : "").append(message);
  said_.clear();
  Line& to = line();
  if (duplex_) supersede(to);
  to.asked.insert(asked_.begin(), asked_.end());
  transmit(to, text + "]");
  asked_.clear();
  loose_ = false;
}

/// Over one connection, a connect takes the place of one before it that is held.
void Person::supersede(Line& line) {
  const auto is_connect = [](const auto& entry) { return entry.second == "/meta/connect"; };
  if (std::none_of(asked_.begin(), asked_.end(), is_connect)) return;
  // Those of the same request too, but for the last.
  auto last = asked_.end();
  for (auto at = asked_.begin(); at != asked_.end(); ++at) {
    if (is_connect(*at) && (last == asked_.end() || std::stoll(at->first) > std::stoll(last->first))) last = at;
  }
  for (auto* all : {&line.asked, &asked_}) {
    for (auto at = all->begin(); at != all->end();) {
      const bool goes = is_connect(*at) && at != last;
      if (goes) line.superseded.insert(*at);
      at = goes ? all->erase(at) : std::next(at);
    }
  }
}

void Person::shake_hands(bool acknowledges) {
  said_.clear();
  asked_.clear();
  // What a lasting connection still owes to the session before is not asked for any more.
  if (duplex_) lines_.clear();
  const std::string id = std::to_string(++next_id);
  said_.push_back(R"({"channel":"/meta/handshake","version":"1.0","id":")" + id + R"(","ext":{"ack":)" +
                  (acknowledges ? "true" : "false") + "}}");
  asked_[id] = "/meta/handshake";
  send();
}

Person::Line& Person::line() {
  if (!duplex_ || lines_.empty() || lines_.back().link->finished()) {
    if (duplex_) lines_.clear();
    LinkOptions options{duplex_ ? "websocket" : "long-polling", duplex_, false, std::nullopt};
    lines_.push_back({bus_.open_link(std::move(options), std::make_shared<test::CountingCarrier>()), session_});
  }
  return lines_.back();
}

void Person::transmit(Line& line, std::string_view text) {
  if (!line.link->receive(text)) return;
  for (const auto& [id, channel] : asked_) line.asked.erase(id);
  // Nothing of it was done, and its transport says so by itself.
  if (line.asked.empty() && !duplex_) lines_.pop_back();
}

void Person::take(std::size_t max_bytes) {
  for (auto& each : lines_) {
    if (each.link->ready()) take(each, max_bytes);
  }
  std::erase_if(lines_, [](const Line& each) { return each.link->finished(); });
}

void Person::take(Line& line, std::size_t max_bytes) {
  for (const Frame& frame : line.link->take(max_bytes)) {
    const auto message = Json::parse(frame.text());
    require(message.has_value(), "what is sent is JSON");
    see(line, *message);
  }
  const bool over = !duplex_ || line.link->finished();
  if (line.link->superseded()) line.asked.clear();
  require(!over || line.asked.empty(), "a response answers all that was asked");
}

void Person::see(Line& line, const Json& message) {
  // The result of a remote call is both: data, and whether it went well.
  if (message.find("data") != nullptr) return see_event(*line.session, message);
  const Json* successful = message.find("successful");
  require(successful != nullptr && successful->is_bool(), "it is an event or a reply");
  require(successful->as_bool() == (message.find("error") == nullptr), "a failure has a reason, and nothing else has");
  see_reply(line, message);
}

void Person::see_reply(Line& line, const Json& reply) {
  const std::string& id = reply["id"].as_string();
  const std::string& channel = reply["channel"].as_string();
  // How a client is told that its session was ended.
  if (id.empty() && channel == "/meta/disconnect") return;
  auto& from = line.asked.contains(id) ? line.asked : line.superseded;
  const auto asked = from.find(id);
  if (asked == from.end()) return require(false, "what is answered was asked, and not answered before");
  require(asked->second == channel, "an answer is on the channel of its question");
  from.erase(asked);
  if (!reply["successful"].as_bool()) return;
  if (channel == "/meta/subscribe") {
    const auto name = ChannelId::parse(reply["subscription"].as_string());
    require(name.has_value(), "what is subscribed to has a name");
    line.session->subscribed.push_back(*name);
  }
  if (channel != "/meta/handshake") return;
  session_ = std::make_shared<Session>();
  session_->id = reply["clientId"].as_string();
  session_->acknowledges = reply["ext"]["ack"] == Json(true);
  line.session = session_;
  serial_ = ++next_serial;
}

void Person::see_event(Session& session, const Json& event) const {
  const auto channel = ChannelId::parse(event["channel"].as_string());
  require(channel.has_value(), "an event has a channel");
  require(channel->name() != "/denied" && channel->name() != "/throws", "what was denied is not heard");
  const Json& number = event["data"]["n"];
  if (!number.is_number() || channel->is_service()) return;
  const auto& names = session.subscribed;
  const bool may = std::any_of(names.begin(), names.end(), [&](const auto& name) { return name.matches(*channel); });
  require(may, "who hears it has subscribed");
  if (session.acknowledges) return;
  require(session.heard.insert(number.as_integer()).second, "nothing is heard twice");
  const auto by = event["data"]["by"].as_integer();
  if (by < 0) return;
  auto& last = session.last[by];
  require(last < number.as_integer(), "what one publishes is heard in its order");
  last = number.as_integer();
}

void Person::hang_up() {
  lines_.clear();
  said_.clear();
  asked_.clear();
}

void Person::require_answered() const {
  for (const Line& each : lines_) require(each.asked.empty(), "everything is answered in the end");
}

}  // namespace bayeux::fuzz
