#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <bayeux/transports/http.hpp>

namespace bayeux::websocket::test {

/// The request of RFC 6455, section 1.2.
inline HttpRequest good_request() {
  HttpRequest request;
  request.method = "GET";
  request.target = "/bayeux";
  request.headers = {{"Host", "server.example.com"},
                     {"Upgrade", "websocket"},
                     {"Connection", "Upgrade"},
                     {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                     {"Sec-WebSocket-Version", "13"}};
  return request;
}

inline HttpRequest with(std::string_view name, std::string value) {
  auto request = good_request();
  for (auto& header : request.headers) {
    if (header.first == name) {
      header.second = std::move(value);
      return request;
    }
  }
  request.headers.emplace_back(name, std::move(value));
  return request;
}

}  // namespace bayeux::websocket::test
