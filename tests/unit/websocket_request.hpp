#pragma once

#include <string_view>

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

/// The texts must outlive the request.
inline HttpRequest with(std::string_view name, std::string_view value) {
  auto request = good_request();
  for (auto& header : request.headers) {
    if (header.first == name) {
      header.second = value;
      return request;
    }
  }
  request.headers.emplace_back(name, value);
  return request;
}

}  // namespace bayeux::websocket::test
