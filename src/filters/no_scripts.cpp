#include <bayeux/filters/no_scripts.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "filters/safe_tag.hpp"
#include "filters/script_url.hpp"
#include "filters/settings.hpp"

namespace bayeux {
namespace {

std::string tamed(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t open = std::min(text.find('<', at), text.size());
    out += text.substr(at, open - at);
    if (open == text.size()) break;
    const std::size_t tag = filters::safe_tag_length(text.substr(open));
    out += tag == 0 ? "&lt;" : text.substr(open, tag);
    at = open + std::max<std::size_t>(tag, 1);
  }
  // The scheme is looked for in the result: a second run must find the same.
  if (filters::is_script_url(out)) out.insert(0, "unsafe:");
  return out;
}

}  // namespace

JsonFilter::Fate NoScripts::on_string(Json& value, const Place&) {
  value = tamed(value.as_string());
  return Fate::keep;
}

JsonFilter::Fate NoScripts::on_member(std::string& name, const Json&, const Place&) {
  name = tamed(name);
  return Fate::keep;
}

std::shared_ptr<NoScripts> NoScripts::from(const Json& settings) {
  filters::expect_no_settings(settings);
  return std::make_shared<NoScripts>();
}

}  // namespace bayeux
