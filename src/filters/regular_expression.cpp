#include <bayeux/filters/regular_expression.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include <re2/re2.h>

#include <bayeux/filters/json_filter.hpp>
#include <bayeux/filters/settings_error.hpp>

#include "filters/settings.hpp"

namespace bayeux {
namespace {

constexpr std::size_t max_pattern = 16 * 1024;
constexpr std::size_t max_replacement = 1024;
constexpr std::int64_t max_memory = 8 * 1024 * 1024;

RE2::Options re2_options(const RegularExpressionOptions& options) {
  RE2::Options all;
  all.set_case_sensitive(!options.ignore_case);
  all.set_max_mem(max_memory);
  all.set_log_errors(false);
  return all;
}

/// Of the character which begins there (RFC 3629 section 3), so that an empty match does not split it.
std::size_t character_length(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;
  return end - at;
}

}  // namespace

class RegularExpression::Pattern {
 public:
  explicit Pattern(RegularExpressionOptions options)
      : options_(std::move(options)), expression_(options_.pattern, re2_options(options_)) {
    if (!expression_.ok())
      throw SettingsError("/pattern", "a regular expression as RE2 reads it (" + expression_.error() + ")");
  }

  const RegularExpressionOptions& options() const noexcept { return options_; }

  /// What one search in so many bytes may cost: RE2's slowest way takes a step for each instruction and byte.
  std::uint64_t work(std::size_t bytes) const {
    return (std::uint64_t(bytes) + 1) * static_cast<std::uint64_t>(std::max(expression_.ProgramSize(), 1));
  }

  /// The first match at or behind `begin`; false when there is none. A null `match` makes it cheaper.
  bool find(std::string_view text, std::size_t begin, std::string_view* match) const {
    const re2::StringPiece all(text.data(), text.size());
    if (match == nullptr) return expression_.Match(all, begin, text.size(), RE2::UNANCHORED, nullptr, 0);
    re2::StringPiece found;
    if (!expression_.Match(all, begin, text.size(), RE2::UNANCHORED, &found, 1)) return false;
    *match = text.substr(static_cast<std::size_t>(found.data() - text.data()), found.size());
    return true;
  }

 private:
  RegularExpressionOptions options_;
  RE2 expression_;
};

/// Treats one message, and counts what that takes.
class RegularExpression::Replacing final : public JsonFilter {
 public:
  explicit Replacing(const Pattern& pattern)
      : pattern_(pattern),
        options_(pattern.options()),
        work_left_(options_.max_work),
        bytes_left_(options_.max_result) {}

  Fate on_string(Json& value, const Place&) override {
    std::string out;
    const Fate fate = treat(value.as_string(), out);
    if (fate == Fate::keep && options_.replacement) value = std::move(out);
    return fate;
  }

  Fate on_member(std::string& name, const Json&, const Place&) override {
    if (!options_.names) return Fate::keep;
    std::string out;
    const Fate fate = treat(name, out);
    if (fate == Fate::keep && options_.replacement) name = std::move(out);
    return fate;
  }

 private:
  Fate treat(std::string_view text, std::string& out) {
    const bool fine =
        options_.replacement ? replace(text, out) : spend(text.size()) && !pattern_.find(text, 0, nullptr);
    return fine ? Fate::keep : Fate::drop_message;
  }

  bool spend(std::size_t bytes) {
    const std::uint64_t work = pattern_.work(bytes);
    if (work > work_left_) return false;
    work_left_ -= work;
    return true;
  }

  bool append(std::string& out, std::string_view text) {
    if (text.size() > bytes_left_) return false;
    bytes_left_ -= text.size();
    out += text;
    return true;
  }

  /// False when it would take too much. An empty match right behind a match is none, as for RE2's own GlobalReplace.
  bool replace(std::string_view text, std::string& out) {
    std::size_t copied = 0;
    std::size_t begin = 0;
    bool matched = false;
    while (begin <= text.size()) {
      std::string_view match;
      if (!spend(text.size() - begin)) return false;
      if (!pattern_.find(text, begin, &match)) break;
      const auto start = static_cast<std::size_t>(match.data() - text.data());
      if (match.empty() && matched && start == copied) {
        begin = start + (start < text.size() ? character_length(text, start) : 1);
        continue;
      }
      if (!append(out, text.substr(copied, start - copied)) || !append(out, *options_.replacement)) return false;
      matched = true;
      copied = begin = start + match.size();
    }
    return append(out, text.substr(copied));
  }

  const Pattern& pattern_;
  const RegularExpressionOptions& options_;
  std::uint64_t work_left_;
  std::size_t bytes_left_;
};

RegularExpression::RegularExpression(RegularExpressionOptions options) {
  if (options.pattern.size() > max_pattern) throw SettingsError("/pattern", "a pattern of at most 16 KiB");
  if (options.replacement && options.replacement->size() > max_replacement) {
    throw SettingsError("/replacement", "a text of at most 1 KiB");
  }
  pattern_ = std::make_unique<const Pattern>(std::move(options));
}

RegularExpression::~RegularExpression() = default;

std::optional<Json> RegularExpression::filter(const Client& from, const ChannelId& channel, Json data) {
  return Replacing(*pattern_).filter(from, channel, std::move(data));
}

std::shared_ptr<RegularExpression> RegularExpression::from(const Json& settings) {
  filters::expect_object(settings, {});
  filters::expect_members(settings, {}, {"pattern", "replacement", "ignoreCase", "names", "maxResult", "maxWork"});
  RegularExpressionOptions options;
  options.pattern = filters::expect_string(settings["pattern"], "/pattern");
  if (const Json* value = settings.find("replacement"))
    options.replacement = filters::expect_string(*value, "/replacement");
  if (const Json* value = settings.find("ignoreCase"))
    options.ignore_case = filters::expect_bool(*value, "/ignoreCase");
  if (const Json* value = settings.find("names")) options.names = filters::expect_bool(*value, "/names");
  if (const Json* value = settings.find("maxResult")) options.max_result = filters::expect_count(*value, "/maxResult");
  if (const Json* value = settings.find("maxWork")) options.max_work = filters::expect_count(*value, "/maxWork");
  return std::make_shared<RegularExpression>(std::move(options));
}

}  // namespace bayeux
