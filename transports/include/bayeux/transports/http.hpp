#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bayeux {

/// One header field of a message, as it was sent.
using HttpHeader = std::pair<std::string, std::string>;

/// A complete HTTP request, as any stack can hand it over: the views are read during the call and not kept.
struct HttpRequest {
  std::string_view method;          ///< `GET`, `POST`, ... in capitals.
  std::string_view target;          ///< Path and query, not decoded: `/bayeux/connect?x=1`.
  std::vector<HttpHeader> headers;  ///< In order; names in any case.
  std::string_view body;            ///< Without transfer coding.
  std::string_view remote_address;  ///< The peer's IP address; empty when unknown.
  bool tls = false;                 ///< True when it came over TLS; behind a proxy that ends it, what the proxy says.

  /// The value of the first header of that name (in any case), or an empty text.
  std::string_view header(std::string_view name) const noexcept;

  /// The part of the target before `?`.
  std::string_view path() const noexcept { return target.substr(0, target.find('?')); }

  /// The part of the target behind `?`; empty when there is none.
  std::string_view query() const noexcept {
    const auto mark = target.find('?');
    return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
  }
};

/// What is to be sent back. The stack adds what belongs to the connection: `Content-Length`, `Connection`, `Date`.
struct HttpResponse {
  int status = 200;
  std::vector<HttpHeader> headers;
  std::string body;
};

}  // namespace bayeux
