#pragma once

#include <any>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <bayeux/transports/http.hpp>

namespace bayeux::websocket {

/// A copy of the request that opened a WebSocket, for as long as that lives, without what only the handshake needs
/// (RFC 6455 section 1.3).
class KeptRequest final {
 public:
  explicit KeptRequest(const HttpRequest& request);
  KeptRequest(const KeptRequest&) = delete;
  KeptRequest& operator=(const KeptRequest&) = delete;

  Request view() const noexcept;

 private:
  std::string_view keep(std::string_view text);

  /// Method, target, address and all headers, one after the other: never longer than what was reserved.
  std::string texts_;
  std::size_t method_size_;
  std::size_t target_size_;
  std::size_t address_size_;
  std::vector<Request::Header> headers_;
  bool tls_;
  std::any attachment_;
};

}  // namespace bayeux::websocket
