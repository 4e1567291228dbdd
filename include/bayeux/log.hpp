#pragma once

#include <string_view>

namespace bayeux {

/// How much a line of the log matters.
enum class LogLevel {
  debug,    ///< What happens; for somebody who looks for a fault.
  warning,  ///< A callback of the host failed and was answered with deny or drop, or a limit was hit.
};

/// Where the library writes what an operator should see. Without one it says nothing: it never prints.
///
/// What the bus says of limits that are hit, and of a drain, stands in lines of `name=value`, such as
/// `limit=publish_rate count=57 client=1f9c02d4` and `drain=end`. `count` is the number in Stats, and of each limit there
/// is at most one line in a second. A client is shown by a checksum of its id, which is a secret: see Client::log_id.
///
/// Threads: called from any thread, never under a lock of the library.
/// Errors: must not throw.
class Log {
 public:
  virtual ~Log() = default;
  virtual void write(LogLevel level, std::string_view text) noexcept = 0;
};

}  // namespace bayeux
