#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "socket.hpp"
#include "world.hpp"

namespace bayeux::simulation {

/// A client as the protocol wants it: shakes hands, subscribes, stays connected, does as it is advised, and begins anew
/// when it is told to.
class Client final {
 public:
  Client(World& world, int number);

  void start();

  // What it does of its own.

  void publish(const std::vector<int>& where);
  void subscribe(NameSet names);
  void unsubscribe(NameSet names);

  /// Takes its connection for broken, and connects once more.
  void connect_again();

  /// Goes without a word, and comes back with the session that it had.
  void vanish(Moment away);

  /// Says goodbye, and comes back as somebody new.
  void say_goodbye(Moment away);

  // What is done to it.

  void cut();
  void stall(Moment span);

  /// Gone, and does not come back.
  void leave();

  // What it is like.

  bool is_here() const { return here_; }

  /// Whether it has a session as far as it knows.
  const std::string& session() const { return session_; }

  /// What it has read in this session.
  bool has_read(int number) const { return read_.count(number) > 0; }

  /// It does not come back once the bus lets its clients go.
  void go_elsewhere() { goes_elsewhere_ = true; }

 private:
  Sending sending(std::vector<Asked> asked) const;
  Asked ask(Verb verb, std::string_view channel, const std::string& more);
  void send(std::vector<Asked> asked, std::function<void()> failed = {});

  void shake_hands();
  void connect();
  void connect_in(Moment delay);
  void begin_anew(Moment delay);
  void open_socket();
  void open_stream();
  void drop_connections();

  void receive(const Packet& packet);
  void hear_handshake(const Item& item);
  void hear_connect(const Item& item);
  void read(const Item& item);

  /// Calls it unless the client has gone or begun anew by then.
  void later(Moment delay, std::function<void()> what);

  World& world_;
  const Nature nature_;
  Random random_;
  const std::string prefix_;
  int messages_ = 0;

  bool here_ = false;
  bool goes_elsewhere_ = false;

  /// Counts how often it began anew or went: what belongs to an earlier life is not heard.
  int life_ = 0;
  std::string session_;
  NameSet wanted_ = 0;
  std::int64_t batch_ = 0;
  std::map<int, int> read_;
  Moment interval_ = 0;

  /// Only the replies to the last ones are followed by another connect.
  std::string last_handshake_;
  std::string last_connect_;
  std::shared_ptr<Socket> socket_;
  std::shared_ptr<Socket> stream_;
};

}  // namespace bayeux::simulation
