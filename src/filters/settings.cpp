#include "filters/settings.hpp"

#include <algorithm>
#include <set>

#include <bayeux/filters/settings_error.hpp>

namespace bayeux::filters {
namespace {

[[noreturn]] void refuse_member(std::string path, std::initializer_list<std::string_view> names) {
  std::string expected = "no such member; there may be";
  for (const auto name : names) {
    if (name.data() != names.begin()->data()) expected += ",";
    expected.append(" ").append(name);
  }
  throw SettingsError(std::move(path), names.size() == 0 ? "no member" : std::move(expected));
}

}  // namespace

std::string below(std::string_view path, std::string_view name) {
  std::string all(path);
  all += '/';
  for (const char byte : name) {
    if (byte == '~') {
      all += "~0";
    } else if (byte == '/') {
      all += "~1";
    } else {
      all += byte;
    }
  }
  return all;
}

void expect_object(const Json& value, const std::string& path) {
  if (!value.is_object()) throw SettingsError(path, "an object");
}

bool expect_bool(const Json& value, const std::string& path) {
  if (!value.is_bool()) throw SettingsError(path, "true or false");
  return value.as_bool();
}

const std::string& expect_string(const Json& value, const std::string& path) {
  if (!value.is_string()) throw SettingsError(path, "a string");
  return value.as_string();
}

double expect_number(const Json& value, const std::string& path) {
  if (!value.is_number()) throw SettingsError(path, "a number");
  return value.as_double();
}

std::uint64_t expect_count(const Json& value, const std::string& path) {
  if (!value.is_number() || value.as_integer(-1) < 0) throw SettingsError(path, "a whole number of 0 or more");
  return static_cast<std::uint64_t>(value.as_integer());
}

void expect_members(const Json& object, const std::string& path, std::initializer_list<std::string_view> names) {
  std::set<std::string_view> seen;
  for (const auto& member : object.members()) {
    if (std::find(names.begin(), names.end(), member.first) == names.end()) {
      refuse_member(below(path, member.first), names);
    }
    if (!seen.insert(member.first).second) throw SettingsError(below(path, member.first), "this member only once");
  }
}

void expect_no_settings(const Json& settings) {
  if (settings.is_null()) return;
  expect_object(settings, {});
  expect_members(settings, {}, {});
}

}  // namespace bayeux::filters
