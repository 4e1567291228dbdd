#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include <bayeux/json.hpp>

namespace bayeux::filters {

/// `path` and one more step of a JSON pointer (RFC 6901 section 3).
std::string below(std::string_view path, std::string_view name);

/// Each throws SettingsError when the value at `path` is something else.
void expect_object(const Json& value, const std::string& path);
bool expect_bool(const Json& value, const std::string& path);
const std::string& expect_string(const Json& value, const std::string& path);
double expect_number(const Json& value, const std::string& path);
std::uint64_t expect_count(const Json& value, const std::string& path);

/// Throws SettingsError when an object has a member that is not among `names`, or has one twice.
void expect_members(const Json& object, const std::string& path, std::initializer_list<std::string_view> names);

/// For filters that have no settings: throws SettingsError unless they are null or an empty object.
void expect_no_settings(const Json& settings);

}  // namespace bayeux::filters
