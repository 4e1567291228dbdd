#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <bayeux/channel_id.hpp>
#include <bayeux/client.hpp>
#include <bayeux/filters/regular_expression.hpp>
#include <bayeux/filters/settings_error.hpp>

#include "fuzz/target.hpp"

namespace {

using namespace bayeux;

/// Nothing where the pattern is not understood.
std::unique_ptr<RegularExpression> make(std::string_view pattern, std::optional<std::string> replacement) {
  try {
    return std::make_unique<RegularExpression>(
        RegularExpressionOptions{.pattern = std::string(pattern), .replacement = std::move(replacement)});
  } catch (const SettingsError& error) {
    fuzz::require(error.path() == "/pattern", "an error says where");
    return nullptr;
  }
}

}  // namespace

/// The first line is a pattern, what follows a string.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using bayeux::fuzz::require;
  const std::string_view input = bayeux::fuzz::as_text(bytes, size);
  const std::string_view pattern = input.substr(0, input.find('\n'));
  const Json text(input.substr(std::min(pattern.size() + 1, input.size())));
  const auto dropping = make(pattern, std::nullopt);
  const auto replacing = make(pattern, "<replaced>");
  require((dropping == nullptr) == (replacing == nullptr), "a pattern is understood or not");
  if (!dropping) return 0;

  const ChannelId channel = *ChannelId::parse("/fuzz");
  const auto kept = dropping->filter(Client(), channel, text);
  const auto replaced = replacing->filter(Client(), channel, text);
  require(!kept || *kept == text, "what is not dropped is not changed");
  if (kept) require(replaced && *replaced == text, "what does not match is not replaced");
  if (!kept && replaced) require(replaced->as_string().find("<replaced>") != std::string::npos, "a match is replaced");
  return 0;
}
