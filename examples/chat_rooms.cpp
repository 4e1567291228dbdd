#include "chat_rooms.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

using bayeux::Client;
using bayeux::Json;

bool is_line(std::string_view text, std::size_t max) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  const auto is_lead = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
  if (text.find_first_not_of(' ') == std::string_view::npos || std::ranges::any_of(text, is_control)) return false;
  return static_cast<std::size_t>(std::ranges::count_if(text, is_lead)) <= max;
}

std::int64_t wall_clock() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

namespace {

bool is_room_name(std::string_view name) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789-";
  return !name.empty() && name.size() <= ChatRooms::max_name && name.find_first_not_of(allowed) == name.npos;
}

}  // namespace

// Versions begin at the clock, so that they go on growing for windows that see the server restart.
ChatRooms::ChatRooms() : version_(wall_clock()) {
  for (const char* name : {"lobby", "music", "night-shift"}) rooms_[name].permanent = true;
}

std::string ChatRooms::check(const Seat& seat) const {
  if (!is_room_name(seat.room)) return "A room is named with up to 24 of a-z, 0-9 and -.";
  if (!is_line(seat.name, max_name)) return "A name has 1 to 24 characters.";
  if (seat.token.size() < 16 || seat.token.size() > 64) return "A token has 16 to 64 characters.";
  const auto room = rooms_.find(seat.room);
  if (room == rooms_.end()) return {};
  const auto& seats = room->second.seats;
  const auto holder = seats.find(seat.name);
  if (holder != seats.end()) return holder->second.token == seat.token ? "" : "That name is taken in this room.";
  return seats.size() < max_members ? "" : "This room is full.";
}

std::string ChatRooms::join(Seat seat) {
  const std::lock_guard lock(mutex_);
  if (auto wrong = check(seat); !wrong.empty()) return wrong;
  take_away(seat.client);
  if (const auto room = rooms_.find(seat.room); room != rooms_.end()) {
    if (const auto old = room->second.seats.find(seat.name); old != room->second.seats.end()) {
      places_.erase(old->second.client.id());
    }
  }
  places_[seat.client.id()] = {seat.room, seat.name};
  auto& place = rooms_[seat.room].seats[seat.name];
  place = std::move(seat);
  ++version_;
  return {};
}

std::optional<ChatRooms::Seat> ChatRooms::leave(const Client& client) {
  const std::lock_guard lock(mutex_);
  return take_away(client);
}

std::optional<ChatRooms::Seat> ChatRooms::take_away(const Client& client) {
  const auto place = places_.find(client.id());
  if (place == places_.end()) return std::nullopt;
  const auto room = rooms_.find(place->second.first);
  auto seat = room->second.seats.extract(place->second.second);
  places_.erase(place);
  if (room->second.seats.empty() && !room->second.permanent) rooms_.erase(room);
  ++version_;
  return std::move(seat.mapped());
}

std::optional<ChatRooms::Seat> ChatRooms::seat_of(const Client& client) const {
  const std::lock_guard lock(mutex_);
  const auto place = places_.find(client.id());
  if (place == places_.end()) return std::nullopt;
  return rooms_.at(place->second.first).seats.at(place->second.second);
}

std::optional<ChatRooms::Seat> ChatRooms::seat_of(std::string_view room, std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = rooms_.find(room);
  if (found == rooms_.end()) return std::nullopt;
  const auto seat = found->second.seats.find(name);
  return seat == found->second.seats.end() ? std::nullopt : std::optional(seat->second);
}

Json ChatRooms::say(const Seat& seat, const std::string& text) {
  const std::lock_guard lock(mutex_);
  Room& room = rooms_[seat.room];
  room.last = std::max(room.last + 1, wall_clock());
  Json message = Json::object({{"from", seat.name}, {"text", text}, {"at", room.last}});
  room.history.push_back(message);
  if (room.history.size() > max_history) room.history.pop_front();
  return message;
}

Json ChatRooms::members(std::string_view room) const {
  const std::lock_guard lock(mutex_);
  Json names = Json::array();
  if (const auto found = rooms_.find(room); found != rooms_.end()) {
    for (const auto& [name, seat] : found->second.seats) names.push_back(name);
  }
  return Json::object({{"version", version_}, {"members", names}});
}

Json ChatRooms::overview() const {
  const std::lock_guard lock(mutex_);
  Json list = Json::array();
  for (const auto& [name, room] : rooms_) {
    list.push_back(Json::object({{"name", name}, {"members", room.seats.size()}}));
  }
  return Json::object({{"version", version_}, {"rooms", list}});
}

Json ChatRooms::history(std::string_view room) const {
  const std::lock_guard lock(mutex_);
  const auto found = rooms_.find(room);
  if (found == rooms_.end()) return Json::array();
  return Json(Json::Array(found->second.history.begin(), found->second.history.end()));
}
