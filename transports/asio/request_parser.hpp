#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include <bayeux/transports/http.hpp>

namespace bayeux::http1 {

/// One request as it was read, or the status with which it is to be refused. Its views point into its parser.
struct ParsedRequest {
  HttpRequest http;  ///< Without what the connection knows: address, TLS.
  bool keep_alive = false;
  bool http_1_0 = false;

  /// Not 0 when nothing but this status is to be answered; the connection is of no use afterwards.
  int refusal = 0;

  bool too_many_fields = false;  ///< That is why it is refused.

  bool is_head() const noexcept { return http.method == "HEAD"; }
};

/// What a request may take; see AsioServerConfig and GatewayConfig::max_body.
struct RequestLimits {
  std::size_t max_header = 0;  ///< Bytes of all that stands before the body.
  std::size_t max_header_fields = 0;
  std::size_t max_body = 0;
};

/// Reads one request (RFC 9112) from the bytes of a connection, within bounds, and keeps its text. Made when its first
/// byte is there and gone when it is answered, so that a silent connection costs none. What it works with is used
/// again: each thread keeps a few sets for the parsers to come, so that a request as others takes no memory that is not
/// there.
class RequestParser final {
 public:
  enum class Stage : std::uint8_t {
    headers,   ///< Bytes of the head are missing.
    expect,    ///< The peer waits for `100 Continue`; `proceed` goes on.
    body,      ///< Bytes of the body are missing.
    complete,  ///< The request is there.
  };

  /// None: nothing but `bool` may be asked of it.
  RequestParser() noexcept;

  explicit RequestParser(const RequestLimits& limits);
  RequestParser(RequestParser&& other) noexcept;
  RequestParser& operator=(RequestParser&& other) noexcept;
  ~RequestParser();

  explicit operator bool() const noexcept { return state_ != nullptr; }

  /// Reads on, and returns how many bytes were of use: all of them, except behind a complete request or an
  /// `Expect`. A request that breaks a rule is complete at once, with a refusal.
  std::size_t feed(std::string_view bytes);

  /// Goes on behind an `Expect`.
  void proceed();

  /// Completes the request, whatever was read of it: it is to be answered with this status.
  void refuse(int status);

  Stage stage() const noexcept;

  /// Bytes of its text, as far as that has come in.
  std::size_t size() const noexcept;

  /// True as soon as anything but an empty line was read.
  bool started() const noexcept;

  /// The request, when it is complete; as long as this parser lives.
  ParsedRequest& request() noexcept;
  const ParsedRequest& request() const noexcept;

 private:
  class State;
  class Spares;

  std::unique_ptr<State> state_;
};

}  // namespace bayeux::http1
