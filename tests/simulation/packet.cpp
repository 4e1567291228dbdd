#include "packet.hpp"

#include <utility>

#include <bayeux/json.hpp>

namespace bayeux::simulation {

std::optional<Item> item_of(const Frame& frame) {
  const auto parsed = Json::parse(frame.text());
  if (!parsed) return std::nullopt;
  const Json& message = *parsed;
  Item item;
  item.channel = message["channel"].as_string();
  if (frame.kind() == Frame::Kind::event) {
    item.number = static_cast<int>(message["data"]["n"].as_integer());
    // Nobody's id may reach somebody else.
    const bool clean = item.number != 0 && message.find("clientId") == nullptr && message.find("id") == nullptr;
    return clean ? std::optional(std::move(item)) : std::nullopt;
  }
  if (!message["successful"].is_bool() || message.find("data") != nullptr) return std::nullopt;
  item.id = message["id"].as_string();
  item.successful = message["successful"].as_bool();
  item.error = message["error"].as_string();
  item.client_id = message["clientId"].as_string();
  item.reconnect = message["advice"]["reconnect"].as_string();
  item.interval = message["advice"]["interval"].as_integer();
  item.batch = message["ext"]["ack"].as_integer();
  return item;
}

}  // namespace bayeux::simulation
