#include "subprotocol.hpp"

#include <algorithm>
#include <string_view>

#include "http/text.hpp"

namespace bayeux::websocket {
namespace {

/// What all headers of that name offer, in order; nothing when one of them is no list of tokens.
std::optional<std::vector<std::string_view>> offered_by(const HttpRequest& request) {
  std::vector<std::string_view> offered;
  for (const auto& [name, value] : request.headers) {
    if (!http::equal_ignoring_case(name, "sec-websocket-protocol")) continue;
    for (std::string_view list = value; !list.empty();) {
      offered.push_back(http::trim(http::cut(list, ',')));
      if (!http::is_token(offered.back())) return std::nullopt;
    }
  }
  return offered;
}

}  // namespace

std::optional<std::string> select_subprotocol(const HttpRequest& request, const std::vector<std::string>& spoken) {
  const auto offered = offered_by(request);
  if (!offered) return std::nullopt;
  if (spoken.empty()) return offered->empty() ? std::string() : std::string(offered->front());
  const auto found = std::find_first_of(spoken.begin(), spoken.end(), offered->begin(), offered->end());
  return found != spoken.end() ? std::optional(*found) : std::nullopt;
}

}  // namespace bayeux::websocket
