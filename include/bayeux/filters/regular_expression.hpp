#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <bayeux/data_filter.hpp>

namespace bayeux {

/// What a RegularExpression looks for, and what it does about it.
struct RegularExpressionOptions {
  /// As RE2 reads it: Perl's syntax without what cannot be matched in linear time (references back, look-around). At
  /// most 16 KiB. Strings are matched as UTF-8.
  std::string pattern;

  /// Takes the place of every match, as it stands. Without it, a match drops the message. At most 1 KiB.
  std::optional<std::string> replacement = std::nullopt;

  bool ignore_case = false;

  /// Treats the names of members like strings. Off by default: pages look for members by their names.
  bool names = false;

  /// Bytes which all strings of a message together may have once matches are replaced; more drops the message.
  std::size_t max_result = 1024 * 1024;

  /// Work which a message may take; more drops it. A search costs the bytes that are left of its string (one for an
  /// empty string) times the size of the compiled pattern, which for plain text is about its length; after each
  /// replacement there is another search. The default never takes more than some seconds, and rarely more than some
  /// milliseconds.
  std::uint64_t max_work = std::uint64_t(1) << 30;
};

/// Replaces what matches a regular expression in the strings of `data`, or drops messages in which a string matches.
///
///     bus.channel("/chat/**").add_filter(std::make_shared<RegularExpression>(
///         RegularExpressionOptions{.pattern = R"(\bdarn\b)", .replacement = "****", .ignore_case = true}));
///
/// No pattern and no input makes it slow: it takes time in proportion to both, and about 8 MiB of memory besides what it
/// makes. It lives in a library of its own (`bayeux::re2`), which is there when RE2 was found.
class RegularExpression final : public DataFilter {
 public:
  /// Errors: throws SettingsError when the pattern is not understood or too large, or the replacement is too long.
  explicit RegularExpression(RegularExpressionOptions options);
  ~RegularExpression() override;

  std::optional<Json> filter(const Client& from, const ChannelId& channel, Json data) override;

  /// From the settings of a rules file: `pattern`, `replacement`, `ignoreCase`, `names`, `maxResult`, `maxWork`, as the
  /// options above. Throws SettingsError.
  static std::shared_ptr<RegularExpression> from(const Json& settings);

 private:
  class Pattern;
  class Replacing;
  std::unique_ptr<const Pattern> pattern_;
};

}  // namespace bayeux
