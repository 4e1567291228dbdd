#pragma once

#include <deque>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/talk.hpp"

namespace bayeux::test {

/// Plays a conversation that is written down in a file against a bus, over real links, and compares what comes back
/// to the letter. The README of this folder says what can stand in a line.
class Player final {
 public:
  /// Plays all lines; gives what was wrong with the first one that was not as written, empty when all were.
  std::string play(std::istream& lines);

 private:
  struct Request {
    std::shared_ptr<CountingCarrier> carrier;
    std::unique_ptr<Link> link;
  };
  /// One client, as a program or a window would be it.
  struct Peer {
    std::deque<Request> open;
    std::optional<std::string> browser;  ///< Which cookie jar it uses.
    bool socket = false;
    bool connects_only = false;
  };

  void line(const std::string& text);
  void configure(const std::string& name, const std::string& value);
  void speak(Peer& peer, const std::string& verb, const std::string& rest);
  void send(Peer& peer, const std::string& text);
  void expect(Peer& peer, const std::string& text);
  void expect_silence(const Peer& peer) const;
  void act(const std::string& verb, const std::string& rest);
  void nothing_is_left_unread() const;
  Bus& bus();

  Config config_;
  std::optional<TestBus> bus_;
  std::map<std::string, Peer> peers_;
  std::map<std::string, std::string> cookies_;
  std::vector<Registration> registrations_;
};

}  // namespace bayeux::test
