#include "pattern_fault.hpp"

#include <algorithm>

#include <bayeux/channel_id.hpp>

#include "document.hpp"

namespace bayeux::rules {
namespace {

bool stands_for_any(std::string_view segment) {
  return segment.size() > 2 && segment.starts_with('{') && segment.ends_with('}');
}

/// True when one of the segments is like that; `last` says which is the last.
template <class Predicate>
bool any_segment(std::string_view name, Predicate predicate) {
  for (std::string_view rest = name; !rest.empty();) {
    const auto slash = rest.find('/');
    const bool last = slash == std::string_view::npos;
    if (predicate(rest.substr(0, slash), last)) return true;
    rest = last ? std::string_view() : rest.substr(slash + 1);
  }
  return false;
}

bool star_is_misplaced(std::string_view segment, bool last) {
  if (segment.find('*') == std::string_view::npos) return false;
  return !last || (segment != "*" && segment != "**");
}

std::string grammar_fault(std::string_view name) {
  if (!name.starts_with('/')) return "expected a channel or pattern that begins with /, such as \"/chat/**\"";
  if (any_segment(name, star_is_misplaced)) {
    return "expected * or ** only in place of the whole last part, as in \"/chat/*\"";
  }
  if (name.size() > ChannelId::max_length) {
    return "expected at most " + std::to_string(ChannelId::max_length) + " bytes in the name of a channel";
  }
  if (std::count(name.begin(), name.end(), '/') > std::ptrdiff_t(ChannelId::max_segments)) {
    return "expected at most " + std::to_string(ChannelId::max_segments) + " parts in the name of a channel";
  }
  if (name == "/" || name.find("//") != std::string_view::npos) return "expected something between the slashes";
  return "expected only letters, digits, blanks and !#$()+-.@_{}~ between the slashes";
}

}  // namespace

std::string pattern_fault(std::string_view name) {
  const auto id = ChannelId::parse(name);
  if (!id) return grammar_fault(name) + ", found " + in_quotes(name);
  if (id->is_meta()) return "expected no rule for /meta: its channels are the protocol itself";
  if (any_segment(id->name(), [](std::string_view segment, bool) { return stands_for_any(segment); })) {
    return "expected no part in braces: they stand for themselves here; write /* at the end for any one part";
  }
  return {};
}

}  // namespace bayeux::rules
