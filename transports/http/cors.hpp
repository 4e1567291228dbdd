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

  /// True where pages of any origin may come, even of one that is not named.
  bool lists_any() const noexcept { return any_origin_; }

  /// True for an origin on the list, in its normal spelling.
  bool lists(std::string_view normal) const noexcept;

  /// True for the origin of the host that was asked.
  static bool is_own_host(const HttpRequest& request, std::string_view normal) noexcept;

  /// Adds what every response says, whatever its status; with an origin that is let in, what its pages need to read it.
  static void add_response_fields(HttpHeaders& headers, std::string_view origin);

  /// Adds what answers a preflight, besides those.
  void add_preflight_fields(HttpHeaders& headers, const HttpRequest& request) const;

 private:
  std::vector<std::string> origins_;
  std::string headers_;
  bool any_origin_ = false;
  bool any_header_ = false;
};

}  // namespace bayeux::http
