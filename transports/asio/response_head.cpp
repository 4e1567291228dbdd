#include "response_head.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "http_date.hpp"
#include "request_rules.hpp"

namespace bayeux::http1 {

namespace {

std::string_view reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "";  // A reason may be empty (RFC 9112 section 4).
  }
}

bool is_token(std::string_view name) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           marks.find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view value) {
  return std::none_of(value.begin(), value.end(),
                      [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
}

/// What belongs to the connection, and is written here alone.
bool is_ours(std::string_view name) {
  return same_word(name, "content-length") || same_word(name, "connection") || same_word(name, "date") ||
         same_word(name, "transfer-encoding") || same_word(name, "keep-alive");
}

/// `framing` is the header that tells where the body ends.
std::string head_of(const HttpResponse& response, std::string_view framing, Persistence persistence) {
  std::string head;
  head.reserve(256);
  auto out = std::back_inserter(head);
  fmt::format_to(out, "HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status, reason(response.status), http_date_now());
  for (const auto& [name, value] : response.headers) {
    if (is_ours(name)) continue;
    head.append(name).append(": ").append(value).append("\r\n");
  }
  head.append(framing);
  if (persistence == Persistence::keep_http_1_0) head.append("Connection: keep-alive\r\n");
  if (persistence == Persistence::close) head.append("Connection: close\r\n");
  head.append("\r\n");
  return head;
}

}  // namespace

bool sendable(const HttpResponse& response) noexcept {
  if (response.status < 200 || response.status > 599) return false;
  return std::all_of(response.headers.begin(), response.headers.end(),
                     [](const HttpHeader& header) { return is_token(header.first) && is_field_value(header.second); });
}

bool bodiless(int status) noexcept {
  return status == 204 || status == 304;
}

std::string response_head(const HttpResponse& response, std::uint64_t length, Persistence persistence) {
  const bool has_body = !bodiless(response.status);
  return head_of(response, has_body ? fmt::format("Content-Length: {}\r\n", length) : "", persistence);
}

std::string stream_head(const HttpResponse& response, bool chunked, Persistence persistence) {
  return head_of(response, chunked ? "Transfer-Encoding: chunked\r\n" : "", persistence);
}

HttpResponse status_response(int status) {
  HttpResponse response;
  response.status = status;
  response.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  if (status == 405) response.headers.emplace_back("Allow", "GET, HEAD, OPTIONS");
  response.body = fmt::format("{} {}\n", status, reason(status));
  return response;
}

}  // namespace bayeux::http1
