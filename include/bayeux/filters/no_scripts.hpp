#pragma once

#include <memory>

#include <bayeux/filters/json_filter.hpp>

namespace bayeux {

/// Takes the scripts out of markup, for pages that show what they receive as simple HTML. It knows what is harmless and
/// makes the rest into text, since a list of what is harmful is never complete:
///
/// * A tag stays when it is one of `a abbr b bdi bdo blockquote br caption cite code dd del dfn div dl dt em h1` to `h6
///   hr i img ins kbd li mark ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr u ul
///   var wbr`, in any case, complete within its string, and with no attributes but `alt title lang dir width height
///   colspan rowspan`, and `href` or `src` of a relative, `http:`, `https:`, `mailto:` or `tel:` URL. The values of
///   attributes hold no `<`, `>` or backquote.
/// * Every other `<` becomes `&lt;`: script elements, comments, `on...` handlers, styles, tags that are cut off.
/// * A string that as a whole is a URL which runs a script, because it begins with `javascript:`, `vbscript:`, or
/// `data:`
///   of a type with markup, is given `unsafe:` in front, however the scheme is written (blanks, case, entities).
///
/// Names of members are treated like strings. Nothing is ever removed, so that nothing can close up to a tag, and a
/// second run changes nothing.
///
/// What it promises holds for a string that becomes the content of an element (`innerHTML`) by itself or joined with
/// others. It is no protection inside a script, a style sheet or an attribute: there, and for plain text, use NoMarkup.
/// Links and images may lead anywhere, and tags may be left open or close what the page had opened.
class NoScripts final : public JsonFilter {
 public:
  Fate on_string(Json& value, const Place& place) override;
  Fate on_member(std::string& name, const Json& value, const Place& place) override;

  /// From the settings of a rules file: null or an empty object, there is nothing to set. Throws SettingsError.
  static std::shared_ptr<NoScripts> from(const Json& settings);
};

}  // namespace bayeux
