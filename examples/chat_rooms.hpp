#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include <bayeux/client.hpp>
#include <bayeux/json.hpp>

/// Who sits in which room, and what was said there lately.
///
/// Threads: any, at once.
class ChatRooms final {
 public:
  static constexpr std::size_t max_name = 24;      ///< Characters.
  static constexpr std::size_t max_text = 1000;    ///< Characters.
  static constexpr std::size_t max_members = 100;  ///< In one room.
  static constexpr std::size_t max_history = 50;   ///< Messages of one room.

  /// One window's place. `token` is a secret of the window: with it, a window that lost its session takes its old
  /// place again, instead of being told that its own name is taken.
  struct Seat {
    bayeux::Client client;
    std::string room;
    std::string name;
    std::string token;
  };

  ChatRooms();

  /// Gives the client a seat, and takes away the one it had. Returns what is wrong with it, or an empty text.
  std::string join(Seat seat);

  /// Takes the client's seat away; nothing when it had none.
  std::optional<Seat> leave(const bayeux::Client& client);

  std::optional<Seat> seat_of(const bayeux::Client& client) const;
  std::optional<Seat> seat_of(std::string_view room, std::string_view name) const;

  /// Makes a message of what somebody says, and remembers it: `{from, text, at}`. No two messages of a room have the
  /// same `at`, so that a window knows which ones it has.
  bayeux::Json say(const Seat& seat, const std::string& text);

  /// Who is in a room: `{version, members}`; the higher version is the newer list.
  bayeux::Json members(std::string_view room) const;

  /// All rooms with the number of their members: `{version, rooms: [{name, members}]}`.
  bayeux::Json overview() const;

  bayeux::Json history(std::string_view room) const;

 private:
  struct Room {
    bool permanent = false;
    std::int64_t last = 0;  ///< When something was said.
    std::deque<bayeux::Json> history;
    std::map<std::string, Seat, std::less<>> seats;  ///< By name.
  };

  std::string check(const Seat& seat) const;
  std::optional<Seat> take_away(const bayeux::Client& client);

  mutable std::mutex mutex_;
  std::int64_t version_;
  std::map<std::string, Room, std::less<>> rooms_;
  std::map<std::string, std::pair<std::string, std::string>> places_;  ///< Client id to room and name.
};

/// True for 1 to `max` characters of UTF-8, not all blank, without control characters.
bool is_line(std::string_view text, std::size_t max);

/// Milliseconds since 1970, as JavaScript counts time.
std::int64_t wall_clock();
