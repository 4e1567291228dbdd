#pragma once

#include <cstdint>

#include "http/tally.hpp"

namespace bayeux::websocket {

/// What WebSocketStats counts.
enum class Event : std::uint8_t {
  opened,
  foreign_origin,
  wrong_subprotocol,
  unreadable,
  binary,
  too_many,
  handshake_timeout,
  failure,
  kinds
};

class Events final : public http::Tally<Event> {};

}  // namespace bayeux::websocket
