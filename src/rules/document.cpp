#include "document.hpp"

#include <algorithm>
#include <utility>

#include "tree_reader.hpp"

namespace bayeux::rules {
namespace {

constexpr std::size_t longest_shown = 60;

bool is_word(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

bool continues(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

std::string step_to(const Value& value, Type parent) {
  if (parent == Type::array) return "[" + std::to_string(value.position) + "]";
  return is_word(value.name) ? value.name : in_quotes(value.name);
}

}  // namespace

Document::Document(std::string source, std::string_view text) : source_(std::move(source)), text_(text) {
  if (text_.size() > max_bytes) {
    throw RulesError({source_, 0, 0, {}}, "expected at most " + std::to_string(max_bytes) + " bytes");
  }
  TreeReader(*this).read();
}

Json Document::json(const Value& value) const {
  const std::string_view text = std::string_view(text_).substr(value.begin, value.end - value.begin);
  return Json::parse(text, max_depth).value_or(Json());
}

void Document::fail(const Value& value, std::string problem) const {
  fail_at(value.begin, path(value), std::move(problem));
}

void Document::fail_name(const Value& value, std::string problem) const {
  fail_at(value.name_begin, path(value), std::move(problem));
}

std::string Document::path(const Value& value) const {
  std::vector<std::string> steps;
  for (const Value* at = &value; at != &root(); at = &values_[at->parent]) {
    steps.push_back(step_to(*at, values_[at->parent].type));
  }
  std::string all;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    if (!all.empty() && !step->starts_with('[')) all += '.';
    all += *step;
  }
  return all;
}

void Document::fail_at(std::size_t offset, std::string key, std::string problem) const {
  const std::string_view before = std::string_view(text_).substr(0, std::min(offset, text_.size()));
  const auto lines = std::count(before.begin(), before.end(), '\n');
  std::string_view line = before.substr(before.rfind('\n') + 1);
  if (lines == 0 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  const auto inner = std::count_if(line.begin(), line.end(), continues);
  throw RulesError(
      {source_, static_cast<std::size_t>(lines) + 1, line.size() - static_cast<std::size_t>(inner) + 1, std::move(key)},
      std::move(problem));
}

std::string described(const Value& value) {
  switch (value.type) {
    case Type::null:
      return "null";
    case Type::boolean:
      return "true or false";
    case Type::number:
      return "a number";
    case Type::string:
      return "the text " + in_quotes(value.text);
    case Type::array:
      return "an array";
    default:
      return "an object";
  }
}

std::string in_quotes(std::string_view text) {
  if (text.size() <= longest_shown) return Json(text).text();
  std::size_t end = longest_shown;
  while (end > 0 && continues(text[end])) --end;
  return Json(std::string(text.substr(0, end)) + "…").text();
}

}  // namespace bayeux::rules
