#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <bayeux/transports/http.hpp>

namespace bayeux::http1 {

/// One request as it was read, or the status with which it is to be refused.
struct ParsedRequest {
  std::string_view method;
  std::string target;
  std::vector<HttpHeader> headers;
  std::string body;
  bool keep_alive = false;
  bool http_1_0 = false;

  /// Not 0 when nothing but this status is to be answered; the connection is of no use afterwards.
  int refusal = 0;

  bool is_head() const noexcept { return method == "HEAD"; }
};

/// Reads one request (RFC 9112) from the bytes of a connection, within bounds. Made when its first byte is there
/// and gone when it is answered, so that a silent connection costs none.
class RequestParser final {
 public:
  enum class Stage : std::uint8_t {
    headers,   ///< Bytes of the head are missing.
    expect,    ///< The peer waits for `100 Continue`; `proceed` goes on.
    body,      ///< Bytes of the body are missing.
    complete,  ///< The request can be taken.
  };

  RequestParser(std::size_t max_header, std::size_t max_body);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  /// Reads on, and returns how many bytes were of use: all of them, except behind a complete request or an
  /// `Expect`. A request that breaks a rule is complete at once, with a refusal.
  std::size_t feed(std::string_view bytes);

  /// Goes on behind an `Expect`.
  void proceed();

  Stage stage() const noexcept;

  /// True as soon as anything but an empty line was read.
  bool started() const noexcept;

  /// The complete request, once.
  ParsedRequest take();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace bayeux::http1
