#pragma once

#include <chrono>
#include <functional>

#include <bayeux/clock.hpp>

namespace bayeux {

/// Tells the time of day as milliseconds since 1970 in UTC, for extensions that put it on the wire. Where an option of
/// this type is left empty, it is the system's. The bus itself never asks for it.
///
/// Threads: called from any thread, several at once.
/// Errors: an exception is one of the extension that asks, which drops the message.
using WallClock = std::function<Milliseconds()>;

/// The time of day of the system.
inline Milliseconds system_time() {
  return std::chrono::duration_cast<Milliseconds>(std::chrono::system_clock::now().time_since_epoch());
}

}  // namespace bayeux
