#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bayeux/transports/http.hpp>

namespace bayeux::http {

/// Who may come from where (the Fetch standard, "CORS protocol"): keeps pages of other origins out unless they are
/// on a list, and tells browsers about those that are.
class Cors final {
 public:
  Cors(const std::vector<std::string>& origins, const std::vector<std::string>& headers);

  /// True when every entry is an origin, a header name, or `*`.
  static bool is_valid(const std::vector<std::string>& origins, const std::vector<std::string>& headers);

  /// True for a request without `Origin`, from the host itself, or from an origin on the list.
  bool lets_in(const HttpRequest& request) const;

  /// The headers that every response to this request carries, whatever its status.
  std::vector<HttpHeader> response_headers(const HttpRequest& request) const;

  /// What answers a preflight, besides those.
  std::vector<HttpHeader> preflight_headers(const HttpRequest& request) const;

 private:
  std::vector<std::string> origins_;
  std::string headers_;
  bool any_origin_ = false;
  bool any_header_ = false;
};

}  // namespace bayeux::http
