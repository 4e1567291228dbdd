#pragma once

#include <cstdint>

#include "tally.hpp"

namespace bayeux::http {

/// What GatewayStats counts.
enum class Fault : std::uint8_t {
  foreign_origin,
  foreign_form,
  too_large,
  too_many,
  unreadable,
  wrong_coding,
  wrong_callback,
  wrong_client_id,
  wrong_method,
  over_windows,
  failure,
  cut_request,
  cut_stream,
  withheld_cookie,
  kinds
};

using Faults = Tally<Fault>;

}  // namespace bayeux::http
