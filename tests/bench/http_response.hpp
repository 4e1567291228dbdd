#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bayeux::bench {

/// An HTTP/1.1 response at the beginning of some bytes (RFC 9112).
struct Response {
  int status = 0;
  std::string_view head;
  std::string_view body;
  std::size_t size = 0;  ///< Bytes of all of it; 0 as long as it is not complete.
};

/// A chunked body is put together in `scratch`, which has to live as long as what is returned.
Response response_at(std::string_view bytes, std::string& scratch);

/// The cookies that a response sets, as a request sends them back: `a=1; b=2`.
std::string cookies_of(std::string_view head);

}  // namespace bayeux::bench
