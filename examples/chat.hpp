#pragma once

#include <memory>
#include <string>

#include <bayeux/bayeux.hpp>

#include "chat_rooms.hpp"

/// A chat of several rooms: what the application adds to a bus, whatever HTTP stack carries it.
class Chat final {
 public:
  Chat(bayeux::Bus& bus, std::shared_ptr<ChatRooms> rooms);

 private:
  using Service = bayeux::Json (Chat::*)(const bayeux::Client&, const bayeux::Json& data);

  bayeux::Registration serve(const std::string& name, Service service);

  bayeux::Json join(const bayeux::Client& client, const bayeux::Json& data);
  bayeux::Json leave(const bayeux::Client& client, const bayeux::Json& data);
  bayeux::Json whisper(const bayeux::Client& client, const bayeux::Json& data);
  bayeux::Json overview(const bayeux::Client& client, const bayeux::Json& data);
  void vacate(const bayeux::Client& client);
  void tell_members(const std::string& room);

  bayeux::Bus& bus_;
  const std::shared_ptr<ChatRooms> rooms_;
  bayeux::Registration stamp_, on_join_, on_leave_, on_private_, on_rooms_, on_removed_;
};

/// Who may say what: members in their own room, and everybody to the services. Member lists are the server's.
std::shared_ptr<bayeux::SecurityPolicy> make_doorman(std::shared_ptr<ChatRooms> rooms);
