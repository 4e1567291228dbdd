#include "batch.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "form.hpp"
#include "text.hpp"

namespace bayeux::http {
namespace {

/// What stands between the commas of an array: an object as it is, an array without its brackets. Nothing when the
/// brackets and strings of the value do not end where it ends: else two halves could make one whole of another
/// meaning.
std::optional<std::string_view> items_of(std::string_view value) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
      continue;
    }
    if (c == '"') in_string = true;
    if (c == '[' || c == '{') ++depth;
    if ((c == ']' || c == '}') && --depth == 0 && i + 1 != value.size()) return std::nullopt;
  }
  if (depth != 0 || in_string) return std::nullopt;
  if (value.front() == '{') return value.back() == '}' ? std::optional(value) : std::nullopt;
  return value.back() == ']' ? std::optional(trim_json(value.substr(1, value.size() - 2))) : std::nullopt;
}

Outcome<std::string> join_values(const std::vector<std::string>& values) {
  std::string text = "[";
  for (const auto& value : values) {
    const auto items = items_of(trim_json(value));
    if (!items) return Refusal{Fault::unreadable, 400, "A message parameter is not JSON"};
    if (items->empty()) continue;
    if (text.size() > 1) text += ',';
    text += *items;
  }
  return text += ']';
}

}  // namespace

bool looks_like_json(std::string_view text) noexcept {
  const auto start = trim_json(text);
  return start.starts_with('[') || start.starts_with('{');
}

Outcome<std::string> messages_of_form(std::string_view form) {
  auto values = form_values(form, "message");
  if (!values) return Refusal{Fault::unreadable, 400, "A percent escape is malformed"};
  if (values->empty()) return Refusal{Fault::unreadable, 400, "There is no message, neither as JSON nor in a form"};
  for (const auto& value : *values) {
    if (!looks_like_json(value)) return Refusal{Fault::unreadable, 400, "A message parameter is not JSON"};
  }
  if (values->size() == 1) return std::move(values->front());
  return join_values(*values);
}

}  // namespace bayeux::http
