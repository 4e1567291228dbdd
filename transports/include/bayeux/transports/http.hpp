#pragma once

#include <any>
#include <string>
#include <string_view>
#include <vector>

#include <bayeux/request.hpp>
#include <bayeux/transports/http_headers.hpp>

namespace bayeux {

/// A complete HTTP request, as any stack can hand it over: the views, those of the header fields too, point to what the
/// stack has read. They are looked at during the call and not kept.
struct HttpRequest {
  std::string_view method;               ///< `GET`, `POST`, ... in capitals.
  std::string_view target;               ///< Path and query, not decoded: `/bayeux/connect?x=1`.
  std::vector<Request::Header> headers;  ///< In order; names in any case.
  std::string_view body;                 ///< Without transfer coding.
  std::string_view remote_address;       ///< The peer's IP address; empty when unknown.
  bool tls = false;  ///< True when it came over TLS; behind a proxy that ends it, what the proxy says.

  /// Whatever the host's HTTP stack knows of the request and its policies want to see, such as the session that the
  /// host found for it: they get at it with `Request::attached`.
  std::any attachment = {};

  /// What policies are shown of it: a view, good for as long as this request is left alone.
  operator Request() const noexcept {
    return {method, target, headers, remote_address, tls, attachment.has_value() ? &attachment : nullptr};
  }

  /// As the members of Request.
  std::string_view path() const noexcept { return Request(*this).path(); }
  std::string_view query() const noexcept { return Request(*this).query(); }
  std::string_view header(std::string_view name) const noexcept { return Request(*this).header(name); }
  std::string_view cookie(std::string_view name) const noexcept { return Request(*this).cookie(name); }
};

/// What is to be sent back. The stack adds what belongs to the connection: `Content-Length`, `Connection`, `Date`.
struct HttpResponse {
  int status = 200;
  HttpHeaders headers;
  std::string body;

  /// True when the connection is better closed after it: its client is told to go elsewhere (Bus::drain), and would come
  /// back here over a connection that stays open.
  bool close = false;
};

}  // namespace bayeux
