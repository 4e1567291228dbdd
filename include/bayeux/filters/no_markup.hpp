#pragma once

#include <memory>

#include <bayeux/filters/json_filter.hpp>

namespace bayeux {

/// Makes all strings mean nothing but text in HTML, for pages that put what they receive into their markup: `<`, `>`,
/// `&`, `"` and `'` become `&lt;`, `&gt;`, `&amp;`, `&quot;` and `&#39;`. Names of members are treated like strings.
///
/// What is published holds none of the first two and no quote, and is safe as the content of an element and inside a
/// quoted attribute whose value is plain text. It is not made safe as a URL, nor inside a script or a style sheet.
/// Pages that write text as text (`textContent`) need no such filter, and would show the entities.
///
/// A string grows to six times its size at most. Filtered twice, `&` is escaped twice.
class NoMarkup final : public JsonFilter {
 public:
  Fate on_string(Json& value, const Place& place) override;
  Fate on_member(std::string& name, const Json& value, const Place& place) override;

  /// From the settings of a rules file: null or an empty object, there is nothing to set. Throws SettingsError.
  static std::shared_ptr<NoMarkup> from(const Json& settings);
};

}  // namespace bayeux
