#pragma once

#include <cstdint>

namespace bayeux {

/// What becomes of a message that a callback of the host has seen.
enum class Flow : std::uint8_t {
  pass,    ///< It goes on, as it is now.
  drop,    ///< It goes no further. A request is answered `404::message_deleted`.
  answer,  ///< Extension::incoming only: it goes no further, and the reply leaves as the extension has made it.
};

}  // namespace bayeux
