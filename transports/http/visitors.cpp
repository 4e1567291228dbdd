#include "visitors.hpp"

#include <utility>

#include "origin.hpp"
#include "page.hpp"

namespace bayeux::http {

Visitor::Visitor(std::string_view origin, std::string normal, bool listed)
    : origin_(origin), normal_(std::move(normal)), listed_(listed) {}

HttpHeaders Visitor::headers(Content content) const {
  const auto index = static_cast<std::size_t>(content);
  std::call_once(once_[index], [&] {
    auto made = fields_of(content);
    Cors::add_response_fields(made, origin_);
    headers_[index] = std::move(made);
  });
  return headers_[index];
}

std::shared_ptr<const Visitor> Visitors::let_in(const HttpRequest& request) {
  const auto page = page_of(request);
  switch (page.whose) {
    case Page::Whose::nobodys:
      return anybody_;
    case Page::Whose::foreign:
      return cors_.lists_any() ? anybody_ : nullptr;
    case Page::Whose::unclear:
      return nullptr;
    case Page::Whose::named:
      break;
  }
  return let_in_from(page.origin, request);
}

std::shared_ptr<const Visitor> Visitors::let_in_from(std::string_view origin, const HttpRequest& request) {
  auto visitor = find(origin);
  const bool known = visitor != nullptr;
  if (!known) {
    auto normal = normal_origin(origin);
    const bool listed = cors_.lists(normal);
    visitor = std::make_shared<const Visitor>(origin, std::move(normal), listed);
  }
  if (!visitor->listed() && !Cors::is_own_host(request, visitor->normal())) return nullptr;
  if (!known) keep(visitor);
  return visitor;
}

std::shared_ptr<const Visitor> Visitors::find(std::string_view origin) {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(origin);
  return found != known_.end() ? found->second : nullptr;
}

/// Who is forgotten is only found out anew, so the choice of whom does not matter: there are rarely so many.
void Visitors::keep(const std::shared_ptr<const Visitor>& visitor) {
  if (visitor->origin().size() > max_origin) return;
  const std::lock_guard lock(mutex_);
  if (known_.size() >= max_known) known_.clear();
  known_.emplace(visitor->origin(), visitor);
}

}  // namespace bayeux::http
