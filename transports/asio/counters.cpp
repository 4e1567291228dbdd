#include "counters.hpp"

namespace bayeux::http1 {

void Counters::add(const ParsedRequest& refused) noexcept {
  switch (refused.refusal) {
    case 408:
      return;
    case 413:
      return add(body_too_large_);
    case 503:
      return add(over_total_input);
    case 431:
      return add(refused.too_many_fields ? too_many_header_fields_ : header_too_large_);
    default:
      return add(bad_requests_);
  }
}

void Counters::add(Wait wait) noexcept {
  switch (wait) {
    case Wait::header:
      return add(header_timeouts_);
    case Wait::body:
      return add(body_timeouts_);
    case Wait::idle:
      return add(idle_timeouts_);
    case Wait::write:
      return add(write_timeouts_);
    case Wait::handshake:
      return add(tls_handshake_timeouts_);
    case Wait::websocket:
      return add(ping_timeouts_);
    case Wait::linger:
    case Wait::leave:
    case Wait::stream:
    case Wait::nothing:
      return;
  }
}

void Counters::count(AsioServerStats& stats) const noexcept {
  stats.gzipped = gzipped;
  stats.over_connections = over_connections;
  stats.over_connections_per_address = over_address;
  stats.accept_failures = accept_failures;
  stats.tls_failures = tls_failures;
  stats.tls_handshake_timeouts = tls_handshake_timeouts_;
  stats.header_too_large = header_too_large_;
  stats.too_many_header_fields = too_many_header_fields_;
  stats.body_too_large = body_too_large_;
  stats.bad_requests = bad_requests_;
  stats.over_total_input = over_total_input;
  stats.bad_responses = bad_responses;
  stats.held_back = held_back;
  stats.header_timeouts = header_timeouts_;
  stats.body_timeouts = body_timeouts_;
  stats.idle_timeouts = idle_timeouts_;
  stats.write_timeouts = write_timeouts_;
  stats.ping_timeouts = ping_timeouts_;
  stats.stop_timeouts = stop_timeouts;
}

}  // namespace bayeux::http1
