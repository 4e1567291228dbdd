#include "cors.hpp"

#include <algorithm>

#include "origin.hpp"
#include "response.hpp"
#include "text.hpp"

namespace bayeux::http {
namespace {

constexpr std::string_view any = "*";

/// A browser sends one; from a request with several nobody can tell who sent it.
bool has_one_origin(const HttpRequest& request) {
  return std::count_if(request.headers.begin(), request.headers.end(),
                       [](const Request::Header& header) { return equal_ignoring_case(header.first, "origin"); }) == 1;
}

bool has_origin(const HttpRequest& request) {
  return std::any_of(request.headers.begin(), request.headers.end(),
                     [](const Request::Header& header) { return equal_ignoring_case(header.first, "origin"); });
}

bool is_own_host(const HttpRequest& request, std::string_view origin) {
  const auto host = request.header("host");
  const auto own = [&](std::string_view scheme) {
    const auto normal = normal_host(scheme, host);
    return !normal.empty() && origin == std::string(scheme) + "://" + normal;
  };
  // Where a proxy ends TLS, requests of a page loaded by https come here without it. The other way round a page that
  // anybody on the way could have written would speak for a secure one.
  return own("https") || (!request.tls && own("http"));
}

/// A list of header names, as a browser asks for; checked because it is sent back.
bool is_token_list(std::string_view list) {
  constexpr std::size_t max_length = 1024;
  if (list.empty() || list.size() > max_length) return false;
  while (!list.empty()) {
    if (!is_token(trim(cut(list, ',')))) return false;
  }
  return true;
}

}  // namespace

Cors::Cors(const std::vector<std::string>& origins, const std::vector<std::string>& headers)
    : headers_("content-type, pragma") {
  for (const auto& origin : origins) {
    if (origin == any)
      any_origin_ = true;
    else
      origins_.push_back(normal_origin(origin));
  }
  for (const auto& header : headers) {
    if (header == any)
      any_header_ = true;
    else
      headers_.append(", ").append(lower(header));
  }
}

bool Cors::is_valid(const std::vector<std::string>& origins, const std::vector<std::string>& headers) {
  const auto known_origin = [](const std::string& origin) { return origin == any || !normal_origin(origin).empty(); };
  return std::all_of(origins.begin(), origins.end(), known_origin) &&
         std::all_of(headers.begin(), headers.end(), [](const std::string& header) { return is_token(header); });
}

bool Cors::lets_in(const HttpRequest& request) const {
  if (!has_origin(request)) return true;
  if (!has_one_origin(request)) return false;
  const auto origin = normal_origin(request.header("origin"));
  if (origin.empty()) return false;
  return any_origin_ || is_own_host(request, origin) ||
         std::find(origins_.begin(), origins_.end(), origin) != origins_.end();
}

std::vector<HttpHeader> Cors::response_headers(const HttpRequest& request) const {
  std::vector<HttpHeader> headers{{"Vary", "Origin"}};
  if (!has_origin(request) || !lets_in(request)) return headers;
  // Never `*`: browsers refuse it together with credentials, which cometd.js always sends.
  headers.emplace_back("Access-Control-Allow-Origin", request.header("origin"));
  headers.emplace_back("Access-Control-Allow-Credentials", "true");
  return headers;
}

std::vector<HttpHeader> Cors::preflight_headers(const HttpRequest& request) const {
  const auto wanted = request.header("access-control-request-headers");
  const bool echo = any_header_ && is_token_list(wanted);
  return {{"Allow", std::string(allowed_methods)},
          {"Access-Control-Allow-Methods", std::string(allowed_methods)},
          {"Access-Control-Allow-Headers", echo ? std::string(wanted) : headers_},
          {"Access-Control-Max-Age", "1800"}};
}

}  // namespace bayeux::http
