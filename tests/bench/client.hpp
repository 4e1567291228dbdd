#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bayeux::bench {

/// The server to load.
struct Target {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::string path = "/bayeux";
  bool websocket = false;
};

/// A message to publish.
struct Outgoing {
  std::string_view channel;
  std::string_view data;  ///< The inside of a JSON string.
};

/// One Bayeux client: how it begins, and the bytes that it sends from then on. Reading is left to the load.
class Client final {
 public:
  /// Connects, shakes hands, subscribes, and connects for the first time; waits for each answer. What goes wrong ends
  /// the program.
  Client(const Target& target, const std::vector<std::string>& channels);

  int socket() const { return socket_; }

  /// What has come behind the last answer; it is the caller's from then on.
  std::string take_input() { return std::move(input_); }

  /// The connect that is held, as it goes over the wire.
  const std::string& poll() const { return poll_; }

  /// Appends a request that publishes these, in one batch.
  void append_publish(std::string& out, const std::vector<Outgoing>& messages) const;

 private:
  void upgrade();
  std::string exchange(const std::string& body, std::string_view channel);
  std::string receive(std::string& scratch);
  void append_request(std::string& out, std::string_view body) const;

  const Target& target_;
  int socket_;
  std::string id_;
  std::string cookies_;
  std::string poll_;
  std::string input_;
};

}  // namespace bayeux::bench
