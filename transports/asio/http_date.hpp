#pragma once

#include <ctime>
#include <string>
#include <string_view>

namespace bayeux::http1 {

/// A point in time as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7).
std::string http_date(std::time_t time);

/// The same for now, made once a second and thread; valid until the next call on this thread.
std::string_view http_date_now();

}  // namespace bayeux::http1
