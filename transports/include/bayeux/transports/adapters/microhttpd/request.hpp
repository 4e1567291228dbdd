#pragma once

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <bayeux/request.hpp>

namespace bayeux::microhttpd_adapter {

/// Everything but what needs no escaping in a path or a query as `%XX` (RFC 3986, section 2.3).
inline void append_encoded(std::string& to, std::string_view text, std::string_view also_plain = {}) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    const auto byte = static_cast<unsigned char>(c);
    if (letter || std::string_view("-._~").find(c) != std::string_view::npos ||
        also_plain.find(c) != std::string_view::npos) {
      to += c;
    } else {
      to.append(1, '%').append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
    }
  }
}

inline MHD_Result append_argument(void* to, MHD_ValueKind, const char* key, std::size_t key_size, const char* value,
                                  std::size_t value_size) {
  auto& target = *static_cast<std::string*>(to);
  target += target.find('?') == std::string::npos ? '?' : '&';
  append_encoded(target, {key, key_size});
  if (value == nullptr) return MHD_YES;
  target += '=';
  append_encoded(target, {value, value_size});
  return MHD_YES;
}

/// The target of the request, which libmicrohttpd shows decoded and taken apart.
inline std::string target_of(MHD_Connection* connection, const char* url) {
  std::string target;
  append_encoded(target, url, "/");
  MHD_get_connection_values_n(connection, MHD_GET_ARGUMENT_KIND, &append_argument, &target);
  return target;
}

inline MHD_Result append_header(void* to, MHD_ValueKind, const char* key, std::size_t key_size, const char* value,
                                std::size_t value_size) {
  static_cast<std::vector<Request::Header>*>(to)->emplace_back(
      std::string_view(key, key_size), value != nullptr ? std::string_view(value, value_size) : std::string_view());
  return MHD_YES;
}

/// Views of what the connection holds until the request is completed.
inline std::vector<Request::Header> headers_of(MHD_Connection* connection) {
  std::vector<Request::Header> headers;
  MHD_get_connection_values_n(connection, MHD_HEADER_KIND, &append_header, &headers);
  return headers;
}

/// Empty when it has none, as with a socket of the file system.
inline std::string address_of(MHD_Connection* connection) {
  const auto* const info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  if (info == nullptr || info->client_addr == nullptr) return {};
  const auto* const address = info->client_addr;
  const void* bytes = nullptr;
  if (address->sa_family == AF_INET) bytes = &reinterpret_cast<const sockaddr_in*>(address)->sin_addr;
  if (address->sa_family == AF_INET6) bytes = &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
  std::array<char, INET6_ADDRSTRLEN> text{};
  const auto size = static_cast<socklen_t>(text.size());
  const bool known = bytes != nullptr && inet_ntop(address->sa_family, bytes, text.data(), size) != nullptr;
  return known ? text.data() : "";
}

inline bool is_tls(MHD_Connection* connection) {
  const auto* const info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
  return info != nullptr && info->tls_session != nullptr;
}

inline int socket_of(MHD_Connection* connection) {
  const auto* const info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info != nullptr ? info->connect_fd : -1;
}

/// What the peer says of its body; 0 when it says nothing, and the most when it is no number.
inline std::uint64_t announced_length(MHD_Connection* connection) {
  const char* const text = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
  if (text == nullptr) return 0;
  const std::string_view digits = text;
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  const bool number = error == std::errc() && end == digits.data() + digits.size();
  return number ? length : std::numeric_limits<std::uint64_t>::max();
}

}  // namespace bayeux::microhttpd_adapter
