#include "chat.hpp"

#include <utility>

using bayeux::ChannelId;
using bayeux::Client;
using bayeux::Json;
using bayeux::Message;

namespace {

/// The channel on which a room talks.
std::string channel_of(const std::string& room) {
  return "/chat/" + room;
}

class Doorman final : public bayeux::SecurityPolicy {
 public:
  explicit Doorman(std::shared_ptr<ChatRooms> rooms) : rooms_(std::move(rooms)) {}

  bayeux::Verdict can_publish(const bayeux::Attempt& attempt, const ChannelId& channel) override {
    if (channel.is_service()) return bayeux::Verdict::allow();
    const auto seat = rooms_->seat_of(attempt.client);
    return seat && channel.name() == channel_of(seat->room) ? bayeux::Verdict::allow()
                                                            : bayeux::Verdict::deny("not_in_this_room");
  }

 private:
  std::shared_ptr<ChatRooms> rooms_;
};

/// Puts the name of its sender on every message, so that nobody can speak for another, and drops what is no message.
class Stamp final : public bayeux::DataFilter {
 public:
  explicit Stamp(std::shared_ptr<ChatRooms> rooms) : rooms_(std::move(rooms)) {}

  std::optional<Json> filter(const Client& from, const ChannelId&, Json data) override {
    const auto seat = rooms_->seat_of(from);
    const std::string& text = data["text"].as_string();
    if (!seat || !is_line(text, ChatRooms::max_text)) return std::nullopt;
    return rooms_->say(*seat, text);
  }

 private:
  std::shared_ptr<ChatRooms> rooms_;
};

}  // namespace

std::shared_ptr<bayeux::SecurityPolicy> make_doorman(std::shared_ptr<ChatRooms> rooms) {
  return std::make_shared<Doorman>(std::move(rooms));
}

Chat::Chat(bayeux::Bus& bus, std::shared_ptr<ChatRooms> rooms) : bus_(bus), rooms_(std::move(rooms)) {
  stamp_ = bus.channel("/chat/*").add_filter(std::make_shared<Stamp>(rooms_));
  on_join_ = serve("join", &Chat::join);
  on_leave_ = serve("leave", &Chat::leave);
  on_private_ = serve("private", &Chat::whisper);
  on_rooms_ = serve("rooms", &Chat::overview);
  on_removed_ = bus.on_client_removed([this](const Client& client, bayeux::Removal) { vacate(client); });
}

/// A service answers its caller with the id of the call.
bayeux::Registration Chat::serve(const std::string& name, Service service) {
  return bus_.channel("/service/chat/" + name)
      .on_message([this, service](const Client& from, const Message& message) {
        from.deliver(message.channel, (this->*service)(from, message.data.json()), {.id = message.id});
      });
}

Json Chat::join(const Client& client, const Json& data) {
  const auto text = [&](const char* name) { return data[name].as_string(); };
  const auto before = rooms_->seat_of(client);
  const ChatRooms::Seat seat{client, text("room"), text("name"), text("token")};
  if (auto wrong = rooms_->join(seat); !wrong.empty()) return {{"error", wrong}};
  if (before) tell_members(before->room);
  tell_members(seat.room);
  Json answer = rooms_->members(seat.room);
  answer["history"] = rooms_->history(seat.room);
  return answer;
}

Json Chat::leave(const Client& client, const Json&) {
  vacate(client);
  return Json::object();
}

Json Chat::whisper(const Client& client, const Json& data) {
  const std::string &to = data["to"].as_string(), &text = data["text"].as_string();
  const auto seat = rooms_->seat_of(client);
  if (!seat) return {{"error", "Join a room first."}};
  if (!is_line(text, ChatRooms::max_text)) return {{"error", "A message has 1 to 1000 characters."}};
  const auto other = rooms_->seat_of(seat->room, to);
  if (!other) return {{"error", "There is nobody of that name here."}};
  const Json message = Json::object({{"from", seat->name}, {"to", to}, {"text", text}, {"at", wall_clock()}});
  if (other->client.deliver("/service/chat/private", message)) return {{"error", "They have just left."}};
  return message;
}

Json Chat::overview(const Client&, const Json&) { return rooms_->overview(); }

void Chat::vacate(const Client& client) {
  if (const auto seat = rooms_->leave(client)) tell_members(seat->room);
}

void Chat::tell_members(const std::string& room) {
  bus_.channel(channel_of(room) + "/members").publish(rooms_->members(room));
  bus_.channel("/rooms").publish(rooms_->overview());
}
