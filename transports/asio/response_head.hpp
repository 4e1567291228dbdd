#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <bayeux/transports/http.hpp>

namespace bayeux::http1 {

/// What the connection has to say in the head of a response.
enum class Persistence : std::uint8_t {
  keep,           ///< Nothing: it goes on, as HTTP/1.1 does by default.
  keep_http_1_0,  ///< `Connection: keep-alive`, which HTTP/1.0 needs to hear.
  close,          ///< `Connection: close`.
};

/// True when a response can be sent as it is: a final status, names that are tokens, values on one line. What a
/// handler made of a peer's input must never become a header or a response of its own.
bool sendable(const HttpResponse& response);

/// True when a response of that status has no body, whatever was given (RFC 9110 section 6.4.1).
bool bodiless(int status) noexcept;

/// Adds the status line and all headers of what is sendable, to be followed by `length` bytes of body.
void append_response_head(std::string& to, const HttpResponse& response, std::uint64_t length, Persistence persistence);

/// The same for a body whose length is not known yet: it comes in chunks, or else ends with the connection.
void append_stream_head(std::string& to, const HttpResponse& response, bool chunked, Persistence persistence);

/// A response that says nothing but its status, as text.
HttpResponse status_response(int status);

}  // namespace bayeux::http1
