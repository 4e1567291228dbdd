#pragma once

#include <any>
#include <span>
#include <string_view>
#include <utility>

namespace bayeux {

/// The HTTP request that brought a message; for a WebSocket, the one that opened it; all empty for a client inside the
/// program. A view: valid during the call in which it is seen. Copy out of it what you need later.
///
/// Threads: any, at once.
struct Request {
  /// The name and the value of a header field, as they were sent.
  using Header = std::pair<std::string_view, std::string_view>;

  std::string_view method;               ///< `GET`, `POST`, ...
  std::string_view target;               ///< Path and query, not decoded: `/bayeux/connect?x=1`.
  std::span<const Header> headers;       ///< In order; names in any case.
  std::string_view remote_address;       ///< The peer's IP address; empty when unknown.
  bool tls = false;                      ///< Whether it came over TLS.
  const std::any* attachment = nullptr;  ///< What the host's HTTP stack attached; nullptr when nothing.

  /// The part of the target before `?`.
  std::string_view path() const noexcept;

  /// The part of the target behind `?`; empty when there is none.
  std::string_view query() const noexcept;

  /// The value of the first header of that name (in any case), or an empty text.
  std::string_view header(std::string_view name) const noexcept;

  /// The value of the first cookie of that name (RFC 6265, section 5.4), or an empty text.
  std::string_view cookie(std::string_view name) const noexcept;

  /// The attachment, when it is of that type; nullptr otherwise.
  template <class T>
  const T* attached() const noexcept {
    return attachment != nullptr ? std::any_cast<T>(attachment) : nullptr;
  }
};

}  // namespace bayeux
