#include <bayeux/filters/no_markup.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "filters/settings.hpp"

namespace bayeux {
namespace {

constexpr std::string_view special = "<>&\"'";

std::string_view entity_of(char byte) {
  switch (byte) {
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '&':
      return "&amp;";
    case '"':
      return "&quot;";
    default:
      return "&#39;";
  }
}

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t plain = std::min(text.find_first_of(special, at), text.size());
    out += text.substr(at, plain - at);
    if (plain < text.size()) out += entity_of(text[plain]);
    at = plain + 1;
  }
  return out;
}

}  // namespace

JsonFilter::Fate NoMarkup::on_string(Json& value, const Place&) {
  if (value.as_string().find_first_of(special) != std::string::npos) value = escaped(value.as_string());
  return Fate::keep;
}

JsonFilter::Fate NoMarkup::on_member(std::string& name, const Json&, const Place&) {
  name = escaped(name);
  return Fate::keep;
}

std::shared_ptr<NoMarkup> NoMarkup::from(const Json& settings) {
  filters::expect_no_settings(settings);
  return std::make_shared<NoMarkup>();
}

}  // namespace bayeux
