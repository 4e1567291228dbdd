#include "cors.hpp"

#include <algorithm>

#include "origin.hpp"
#include "response.hpp"
#include "text.hpp"

namespace bayeux::http {
namespace {

constexpr std::string_view any = "*";

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

bool Cors::lists(std::string_view normal) const noexcept {
  return !normal.empty() && (any_origin_ || std::find(origins_.begin(), origins_.end(), normal) != origins_.end());
}

bool Cors::is_own_host(const HttpRequest& request, std::string_view normal) noexcept {
  const auto host = request.header("host");
  // Where a proxy ends TLS, requests of a page loaded by https come here without it. The other way round a page that
  // anybody on the way could have written would speak for a secure one.
  return is_origin_of(normal, "https", host) || (!request.tls && is_origin_of(normal, "http", host));
}

void Cors::add_response_fields(HttpHeaders& headers, std::string_view origin) {
  headers.emplace_back("Vary", "Origin");
  if (origin.empty()) return;
  // Never `*`: browsers refuse it together with credentials, which cometd.js always sends.
  headers.emplace_back("Access-Control-Allow-Origin", origin);
  headers.emplace_back("Access-Control-Allow-Credentials", "true");
}

void Cors::add_preflight_fields(HttpHeaders& headers, const HttpRequest& request) const {
  const auto wanted = request.header("access-control-request-headers");
  const bool echo = any_header_ && is_token_list(wanted);
  headers.emplace_back("Allow", allowed_methods);
  headers.emplace_back("Access-Control-Allow-Methods", allowed_methods);
  headers.emplace_back("Access-Control-Allow-Headers", echo ? std::string(wanted) : headers_);
  headers.emplace_back("Access-Control-Max-Age", "1800");
}

}  // namespace bayeux::http
