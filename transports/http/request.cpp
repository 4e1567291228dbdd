#include <bayeux/transports/http.hpp>

#include "text.hpp"

namespace bayeux {

std::string_view HttpRequest::header(std::string_view name) const noexcept {
  for (const auto& [key, value] : headers) {
    if (http::equal_ignoring_case(key, name)) return value;
  }
  return {};
}

}  // namespace bayeux
