#pragma once

#include <sys/types.h>

#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

namespace bayeux::test {

/// A server in a process of its own, which ends with this object.
class ServerProcess final {
 public:
  using Numbers = std::map<std::string, std::uint64_t>;

  /// `limits` as `server.cpp` reads them.
  ///
  /// Errors: throws std::system_error, or std::runtime_error when the server does not come up.
  explicit ServerProcess(const std::vector<std::string>& limits = {});
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  std::uint16_t port() const noexcept { return port_; }

  /// Where TLS is spoken; 0 without a certificate.
  std::uint16_t tls_port() const noexcept { return tls_port_; }

  /// What the bus and its servers count; the names begin with `server_`, and with `tls_` for the one that speaks TLS.
  Numbers numbers();
  std::uint64_t number(const std::string& name) { return numbers().at(name); }

  /// Has it publish, about a GiB in two seconds. `answered` waits for the end of that.
  void begin_offer(const std::string& channel, std::size_t bytes, std::size_t count);

  /// Waits so long for the answer to what was begun; false when it has not come.
  bool answered(int milliseconds);

  /// Bytes of its memory that are resident (proc(5), statm).
  std::uint64_t resident() const;

 private:
  void tell(const std::string& line);
  std::string line();

  pid_t process_ = -1;
  std::FILE* input_ = nullptr;
  std::FILE* output_ = nullptr;
  std::uint16_t port_ = 0;
  std::uint16_t tls_port_ = 0;
};

}  // namespace bayeux::test
