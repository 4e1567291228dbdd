#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include <bayeux/transports/http.hpp>

#include "cors.hpp"
#include "response.hpp"

namespace bayeux::http {

/// The pages of one origin, or whoever names none: what every response to them says in its header fields, made once for
/// each kind of content.
///
/// Threads: any.
class Visitor final {
 public:
  /// `origin` is what the requests say, and `normal` the same in one spelling; both empty for those that say nothing.
  /// `listed` is whether it may come to every host.
  Visitor(std::string_view origin, std::string normal, bool listed);

  const std::string& origin() const noexcept { return origin_; }
  const std::string& normal() const noexcept { return normal_; }
  bool listed() const noexcept { return listed_; }

  HttpHeaders headers(Content content) const;

 private:
  const std::string origin_;
  const std::string normal_;
  const bool listed_;
  mutable std::array<std::once_flag, contents> once_;
  mutable std::array<HttpHeaders, contents> headers_;
};

/// Those who came lately. Every request of a page that posts names its origin, so what was found out of it is kept for
/// the next.
///
/// Threads: any.
class Visitors final {
 public:
  explicit Visitors(const Cors& cors) : cors_(cors) {}

  /// Whoever names no origin, or is told nothing.
  const std::shared_ptr<const Visitor>& anybody() const noexcept { return anybody_; }

  /// Whose request this is; null when it is not let in. The one place in which that is decided, for every transport.
  std::shared_ptr<const Visitor> let_in(const HttpRequest& request);

 private:
  static constexpr std::size_t max_known = 64;
  static constexpr std::size_t max_origin = 256;

  std::shared_ptr<const Visitor> let_in_from(std::string_view origin, const HttpRequest& request);
  std::shared_ptr<const Visitor> find(std::string_view origin);
  void keep(const std::shared_ptr<const Visitor>& visitor);

  const Cors& cors_;
  const std::shared_ptr<const Visitor> anybody_ = std::make_shared<const Visitor>("", "", true);
  std::mutex mutex_;
  std::unordered_map<std::string_view, std::shared_ptr<const Visitor>> known_;  ///< By their own origin().
};

}  // namespace bayeux::http
