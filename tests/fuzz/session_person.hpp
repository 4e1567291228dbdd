#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <bayeux/bayeux.hpp>

#include "support/talk.hpp"

namespace bayeux::fuzz {

/// What one session must have heard, and must not.
struct Session {
  std::string id;
  bool acknowledges = false;
  std::vector<ChannelId> subscribed;          ///< Ever.
  std::set<std::int64_t> heard;               ///< The numbers of messages.
  std::map<std::int64_t, std::int64_t> last;  ///< The last number of each publisher.
};

/// A client for which bytes decide what it does. It sees to it that what comes back is an answer to something that it
/// asked, or an event that it may hear.
class Person final {
 public:
  Person(Bus& bus, bool duplex) : bus_(bus), duplex_(duplex), session_(std::make_shared<Session>()) {}

  /// Puts a message into the next request.
  void say(std::string_view channel, std::string_view more = {});

  void subscribe(const std::string& name, bool waits);

  /// Publishes a number. What waits for a verdict, or behind something that does, is overtaken by what comes in other
  /// requests.
  void publish(std::string_view channel, std::int64_t number, bool waits);

  /// Sends what was said as one request.
  void send();

  void shake_hands(bool acknowledges);

  /// Takes whatever there is, in responses of that size.
  void take(std::size_t max_bytes);

  /// Drops all connections, whatever is under way.
  void hang_up();

  /// Nothing that was asked may be left without an answer.
  void require_answered() const;

  const std::string& id() const noexcept { return session_->id; }

 private:
  struct Line {
    std::unique_ptr<Link> link;
    std::shared_ptr<Session> session;
    std::map<std::string, std::string> asked;       ///< The channel of each id that must be answered.
    std::map<std::string, std::string> superseded;  ///< Of those that need not be.
  };

  Line& line();
  void transmit(Line& line, std::string_view text);
  void take(Line& line, std::size_t max_bytes);
  void see(Line& line, const Json& message);
  void see_reply(Line& line, const Json& reply);
  void see_event(Session& session, const Json& event) const;
  void supersede(Line& line);

  Bus& bus_;
  const bool duplex_;
  std::shared_ptr<Session> session_;
  std::vector<Line> lines_;  ///< A single one where it is duplex.
  std::vector<std::string> said_;
  std::map<std::string, std::string> asked_;
  std::int64_t serial_ = 0;  ///< Of its session, to everybody who hears it.
  bool loose_ = false;
};

}  // namespace bayeux::fuzz
