#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bayeux::rules {

/// `; did you mean "publish"?` when one of the names is hardly different from `name`, else nothing.
std::string suggestion(std::string_view name, const std::vector<std::string>& names);

/// The names for a sentence: `"a", "b" or "c"`.
std::string listed(const std::vector<std::string>& names);

}  // namespace bayeux::rules
