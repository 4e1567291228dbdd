#include "response_head.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "http_date.hpp"

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

void append_number(std::string& to, std::uint64_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.begin(), digits.end(), number).ptr;
  to.append(digits.begin(), end);
}

void append_start(std::string& to, const HttpResponse& response) {
  to.append("HTTP/1.1 ");
  append_number(to, static_cast<std::uint64_t>(response.status));
  to.append(" ").append(reason(response.status)).append("\r\nDate: ").append(http_date_now()).append("\r\n");
  to.append(response.headers.lines().value_or(std::string_view()));
}

void append_end(std::string& to, Persistence persistence) {
  if (persistence == Persistence::keep_http_1_0) to.append("Connection: keep-alive\r\n");
  if (persistence == Persistence::close) to.append("Connection: close\r\n");
  to.append("\r\n");
}

}  // namespace

bool sendable(const HttpResponse& response) {
  return response.status >= 200 && response.status <= 599 && response.headers.lines().has_value();
}

bool bodiless(int status) noexcept {
  return status == 204 || status == 304;
}

void append_response_head(std::string& to, const HttpResponse& response, std::uint64_t length,
                          Persistence persistence) {
  append_start(to, response);
  if (!bodiless(response.status)) {
    to.append("Content-Length: ");
    append_number(to, length);
    to.append("\r\n");
  }
  append_end(to, persistence);
}

void append_stream_head(std::string& to, const HttpResponse& response, bool chunked, Persistence persistence) {
  append_start(to, response);
  if (chunked) to.append("Transfer-Encoding: chunked\r\n");
  append_end(to, persistence);
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
