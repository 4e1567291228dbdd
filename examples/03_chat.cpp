#include <memory>
#include <string>

#include <bayeux/bayeux.hpp>
#include <bayeux/transports/asio_server.hpp>

#include "chat_rooms.hpp"
#include "options.hpp"

using bayeux::ChannelId;
using bayeux::Client;
using bayeux::Json;
using bayeux::Message;

namespace {

/// The channel on which a room talks.
std::string channel_of(const std::string& room) {
  return "/chat/" + room;
}

/// Who may say what: members in their own room, and everybody to the services. Member lists are the server's.
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

/// Answers the services and tells the rooms who is there.
class Chat final {
 public:
  Chat(bayeux::Bus& bus, std::shared_ptr<ChatRooms> rooms) : bus_(bus), rooms_(std::move(rooms)) {
    stamp_ = bus.channel("/chat/*").add_filter(std::make_shared<Stamp>(rooms_));
    on_join_ = serve("join", &Chat::join);
    on_leave_ = serve("leave", &Chat::leave);
    on_private_ = serve("private", &Chat::whisper);
    on_rooms_ = serve("rooms", &Chat::overview);
    on_removed_ = bus.on_client_removed([this](const Client& client, bayeux::Removal) { vacate(client); });
  }

 private:
  using Service = Json (Chat::*)(const Client&, const Json& data);

  /// A service answers its caller with the id of the call.
  bayeux::Registration serve(const std::string& name, Service service) {
    return bus_.channel("/service/chat/" + name)
        .on_message([this, service](const Client& from, const Message& message) {
          from.deliver(message.channel, (this->*service)(from, message.data.json()), {.id = message.id});
        });
  }

  Json join(const Client& client, const Json& data) {
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

  Json leave(const Client& client, const Json&) {
    vacate(client);
    return Json::object();
  }

  Json whisper(const Client& client, const Json& data) {
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

  Json overview(const Client&, const Json&) { return rooms_->overview(); }

  void vacate(const Client& client) {
    if (const auto seat = rooms_->leave(client)) tell_members(seat->room);
  }

  void tell_members(const std::string& room) {
    bus_.channel(channel_of(room) + "/members").publish(rooms_->members(room));
    bus_.channel("/rooms").publish(rooms_->overview());
  }

  bayeux::Bus& bus_;
  std::shared_ptr<ChatRooms> rooms_;
  bayeux::Registration stamp_, on_join_, on_leave_, on_private_, on_rooms_, on_removed_;
};

}  // namespace

int main(int count, char* values[]) try {
  Options options = parse_options(count, values);
  options.server.static_files = PAGES;

  const auto rooms = std::make_shared<ChatRooms>();
  bayeux::Bus bus({.max_interval = std::chrono::seconds(5), .policy = std::make_shared<Doorman>(rooms)});
  const Chat chat(bus, rooms);
  bayeux::AsioServer server(bus, options.server);

  server.stop_on_signals();
  announce(server, options);
  server.run();
} catch (const std::exception& error) {
  return failed(error);
}
