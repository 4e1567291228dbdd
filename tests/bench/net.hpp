#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace bayeux::bench {

/// Says what went wrong, with the system's reason if it has one, and ends the program.
[[noreturn]] void fail(const std::string& what);

/// Nanoseconds of a clock that only goes forward.
std::uint64_t now_ns();

/// The port that the command line of a server names: nothing, or `--port N`. Anything else ends the program.
std::uint16_t port_argument(int count, char* values[]);

/// Says where a server listens, in the line for which whoever started it waits.
void announce(std::uint16_t port);

/// Lets the process have as many descriptors as the system allows it.
void raise_descriptor_limit();

/// Listens on 127.0.0.1; port 0 picks a free one.
int listen_on(std::uint16_t port);
std::uint16_t port_of(int socket);
int accept_from(int listener);

/// `host` is a numeric IPv4 address.
int connect_to(const std::string& host, std::uint16_t port);

/// Waits until the system has taken everything; false when the peer has gone.
bool send_all(int socket, std::string_view bytes);

/// What is readable, level-triggered: one read for each event is enough.
class Poller final {
 public:
  Poller();
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  void add(int socket, std::uint64_t tag);

  /// Valid until the next call.
  std::span<const epoll_event> wait(int timeout_ms);

 private:
  int epoll_;
  std::array<epoll_event, 256> events_;
};

}  // namespace bayeux::bench
