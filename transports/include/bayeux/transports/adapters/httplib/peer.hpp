#pragma once

#include <httplib.h>

#ifdef __linux__

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <charconv>
#include <filesystem>
#include <string>
#include <system_error>

namespace bayeux::httplib_adapter {

/// The peer of a request that is being answered. cpp-httplib keeps its socket to itself, so it is found by its addresses,
/// which no other socket has in common with it.
///
/// Threads: that of the handler, while it runs: as long the socket stays what it is.
class Peer final {
 public:
  explicit Peer(const httplib::Request& request) noexcept : descriptor_(find(request)) {}

  /// Whether it has hung up; false where nobody knows.
  bool hung_up() const noexcept {
    pollfd socket{descriptor_, POLLRDHUP, 0};
    return ::poll(&socket, 1, 0) > 0;
  }

 private:
  using Name = int (*)(int, sockaddr*, socklen_t*);
  static constexpr int none = -1;  ///< Of which `poll` knows nothing.

  static int find(const httplib::Request& request) noexcept try {
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
      const std::string name = entry.path().filename();
      int descriptor = none;
      std::from_chars(name.data(), name.data() + name.size(), descriptor);
      if (is(descriptor, getpeername, request.remote_addr, request.remote_port) &&
          is(descriptor, getsockname, request.local_addr, request.local_port)) {
        return descriptor;
      }
    }
    return none;
  } catch (...) {
    return none;  // It is not worth more than that.
  }

  /// Whether that end of the socket has that address.
  static bool is(int descriptor, Name end, const std::string& address, int port) {
    sockaddr_storage storage{};
    socklen_t size = sizeof(storage);
    auto* const raw = static_cast<sockaddr*>(static_cast<void*>(&storage));
    if (end(descriptor, raw, &size) != 0) return false;
    char host[NI_MAXHOST], service[NI_MAXSERV];
    const int flags = NI_NUMERICHOST | NI_NUMERICSERV;
    if (getnameinfo(raw, size, host, sizeof(host), service, sizeof(service), flags) != 0) return false;
    return service == std::to_string(port) && host == address;
  }

  const int descriptor_;
};

}  // namespace bayeux::httplib_adapter

#else

namespace bayeux::httplib_adapter {

/// The peer of a request, of which nobody knows whether it is still there.
class Peer final {
 public:
  explicit Peer(const httplib::Request&) noexcept {}
  bool hung_up() const noexcept { return false; }
};

}  // namespace bayeux::httplib_adapter

#endif
