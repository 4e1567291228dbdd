#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <bayeux/channel_id.hpp>
#include <bayeux/client.hpp>
#include <bayeux/data_filter.hpp>
#include <bayeux/filters/settings_error.hpp>
#include <bayeux/json.hpp>

namespace bayeux::test {

/// What a filter makes of data that the application publishes.
inline std::optional<Json> filtered(DataFilter& filter, Json data) {
  return filter.filter(Client(), *ChannelId::parse("/chat/demo"), std::move(data));
}

/// The same as text: of JSON, to JSON, `dropped` when nothing is left.
inline std::string filtered_text(DataFilter& filter, std::string_view json) {
  const auto data = Json::parse(json, 10'000);
  if (!data) return "the test's JSON is broken";
  const auto out = filtered(filter, *data);
  return out ? out->text() : "dropped";
}

/// What a filter makes of one string.
inline std::string filtered_string(DataFilter& filter, std::string_view text) {
  const auto out = filtered(filter, Json(text));
  return out ? out->as_string() : "dropped";
}

/// What is said about settings from which `make` cannot make a filter; empty when it can.
template <class Make>
std::string settings_fault(Make make, std::string_view json) {
  const auto settings = Json::parse(json, 10'000);
  if (!settings) return "the test's JSON is broken";
  try {
    make(*settings);
  } catch (const SettingsError& error) {
    return error.what();
  }
  return {};
}

}  // namespace bayeux::test
