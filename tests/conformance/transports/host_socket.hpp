#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>

#include "support/catch.hpp"

namespace bayeux::test {

/// A client's end of a TCP connection to a server of this machine.
class HostSocket final {
 public:
  HostSocket() = default;
  ~HostSocket() { close(); }
  HostSocket(const HostSocket&) = delete;
  HostSocket& operator=(const HostSocket&) = delete;

  bool is_open() const noexcept { return descriptor_ >= 0; }
  void connect(std::uint16_t port);
  void close() noexcept;

  /// Waits until the system has taken all of it. What the peer no longer wants is lost, and shows when reading.
  void write(std::string_view bytes);

  /// Appends all that is there by now; false when the peer has hung up behind it.
  bool read(std::string& bytes);

 private:
  int descriptor_ = -1;
};

/// Until that is true, which takes as long as it takes, but not for ever.
template <class Condition>
void wait_until(std::string_view what, Condition condition) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  for (int i = 0; !condition(); ++i) {
    if (std::chrono::steady_clock::now() > limit) FAIL("this does not come true: " << what);
    if (i < 20) {
      std::this_thread::yield();
    } else {
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
  }
}

}  // namespace bayeux::test
