#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "world.hpp"

namespace bayeux::simulation {

/// A lasting connection with both its ends and what is under way: a WebSocket, or the stream of an EventSource. Nothing
/// overtakes anything on it, and when it breaks, what is under way is gone.
class Socket final : public std::enable_shared_from_this<Socket> {
 public:
  struct Outcome {
    std::function<void(const Packet&)> received;
    std::function<void()> closed;  ///< The client has found out that it is broken. Nothing is received any more.
  };

  Socket(World& world, const Nature& nature, Outcome outcome);
  ~Socket();

  /// Opens it for requests.
  void open();

  /// Opens it for the events of that session.
  void listen(const std::string& session);

  void send(Sending sending);

  /// The connection breaks, and both ends find out.
  void cut();

  /// The client closes it, and hears nothing of it any more.
  void hang_up();

  /// Takes nothing from the bus for a while.
  void stall(Moment span);

  /// The client is gone without a word: the server finds out when nobody answers for a while.
  void vanish();

  bool is_open() const { return link_ != nullptr; }

 private:
  struct Expected {
    Asked asked;
    bool may_be_dropped = false;
  };

  void begin();
  void serve(const std::string& session);
  void arrive(const Sending& sending);
  void expect(const Asked& asked);
  void expect_answers(const Sending& sending);
  void look_later(Moment delay, const Sending& sending, int more);
  void check_answers(const Sending& sending, int more);
  void pump();
  void check(const Packet& packet, bool is_new);
  void check_reply(const Item& item);
  void pass_on(Packet packet);
  void give_up_answers();
  void close();
  void tell_closed();

  World& world_;
  const Nature nature_;
  Outcome outcome_;
  Random random_;
  std::string session_;
  std::shared_ptr<Bell> bell_;
  std::unique_ptr<Link> link_;
  bool listens_ = false;
  bool broken_ = false;
  bool heard_ = true;
  bool pumps_later_ = false;
  Moment stalled_until_ = 0;

  /// When what was sent last arrives, up and down.
  Moment up_ = 0;
  Moment down_ = 0;

  /// What has not been answered yet.
  std::map<std::string, Expected> asked_;
};

}  // namespace bayeux::simulation
