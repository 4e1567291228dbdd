#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace bayeux::bench {

/// Many connections to one server, driven from one thread. Failures of the system end the program with a message.
class Crowd final {
 public:
  /// Connects `size` sockets to 127.0.0.1.
  Crowd(std::uint16_t port, std::size_t size);
  ~Crowd();
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  std::size_t size() const noexcept { return sockets_.size(); }

  /// Sends on one connection.
  void send(std::size_t index, const std::string& bytes);

  /// Sends on one connection and waits for the response; returns it whole.
  std::string exchange(std::size_t index, const std::string& bytes);

  /// Waits until every connection has got a response, or nothing has come for ten seconds. Returns them, those
  /// that did not come empty.
  const std::vector<std::string>& collect();

 private:
  bool read(std::size_t index);

  std::vector<int> sockets_;
  std::vector<std::string> responses_;
  int epoll_;
};

/// True when a response is complete, by its Content-Length.
bool is_complete(const std::string& response);

/// Ends the program with what the system says.
[[noreturn]] void fail(const char* what);

}  // namespace bayeux::bench
