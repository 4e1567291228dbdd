#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "net.hpp"

namespace bayeux::bench {

/// The least that a Bayeux server could do: it searches what comes for substrings and writes canned answers, with one
/// `send` for each delivery. What it costs is the kernel's share. It believes everything, and serves nobody but the
/// load generator: a client is a connection to it.
class FloorServer final {
 public:
  explicit FloorServer(std::uint16_t port);

  std::uint16_t port() const { return port_of(listener_); }

  /// Works for ever.
  void run();

 private:
  struct Client {
    int socket = -1;
    bool websocket = false;
    bool parked = false;
    std::string input;    ///< What came of a request that is not complete.
    std::string waiting;  ///< Events that no poll was there for, a comma behind each.
  };

  void read(Client& client);
  void drop(Client& client);
  std::size_t handle(Client& client, char* bytes, std::size_t size);
  std::size_t handle_http(Client& client, std::string_view bytes);
  std::size_t handle_websocket(Client& client, char* bytes, std::size_t size);

  /// What is not a poll and not a publish is answered with canned text, which is returned.
  std::string_view answer(Client& client, std::string_view body);
  void respond(Client& client, std::string_view body);
  void poll(Client& client, std::string_view body);
  void publish(std::string_view body);
  void deliver_one(const std::vector<Client*>& audience, std::string_view event);
  void deliver_later(const std::vector<Client*>& audience, std::string_view event);
  void flush(Client& client);

  int listener_;
  Poller poller_;
  std::vector<std::unique_ptr<Client>> clients_;  ///< By socket.
  std::unordered_map<std::string, std::vector<Client*>> channels_;
  std::vector<Client*> touched_;
  std::vector<char> buffer_;
  std::string output_;
  std::string event_;
};

}  // namespace bayeux::bench
