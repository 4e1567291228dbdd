#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>

namespace bayeux::bench {

/// What a process has used so far.
struct Usage {
  double cpu_seconds = 0;
  double resident_bytes = 0;

  static Usage now();
};

/// A server in a process of its own, killed at the end.
class Process final {
 public:
  /// Runs `server` in a child, which calls its argument with the port as soon as it listens.
  explicit Process(const std::function<void(const std::function<void(std::uint16_t)>&)>& server);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  std::uint16_t port() const noexcept { return port_; }

 private:
  pid_t child_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace bayeux::bench
