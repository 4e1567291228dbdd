#include "filters/safe_tag.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>

#include "filters/ascii.hpp"

namespace bayeux::filters {
namespace {

template <std::size_t size>
bool is_among(const std::string_view (&names)[size], std::string_view name) {
  return std::binary_search(std::begin(names), std::end(names), lower(name));
}

bool is_element(std::string_view name) {
  static constexpr std::string_view names[] = {
      "a",   "abbr",  "b",    "bdi",   "bdo",  "blockquote", "br",     "caption", "cite", "code",  "dd",
      "del", "dfn",   "div",  "dl",    "dt",   "em",         "h1",     "h2",      "h3",   "h4",    "h5",
      "h6",  "hr",    "i",    "img",   "ins",  "kbd",        "li",     "mark",    "ol",   "p",     "pre",
      "q",   "s",     "samp", "small", "span", "strike",     "strong", "sub",     "sup",  "table", "tbody",
      "td",  "tfoot", "th",   "thead", "tr",   "u",          "ul",     "var",     "wbr"};
  return is_among(names, name);
}

bool is_plain_attribute(std::string_view name) {
  static constexpr std::string_view names[] = {"alt", "colspan", "dir", "height", "lang", "rowspan", "title", "width"};
  return is_among(names, name);
}

bool is_url_attribute(std::string_view name) {
  static constexpr std::string_view names[] = {"href", "src"};
  return is_among(names, name);
}

/// Only what stands before the first of `/?#` can be a scheme (RFC 3986 section 4.2). An entity there could be a colon.
bool is_safe_url(std::string_view url) {
  static constexpr std::string_view schemes[] = {"http", "https", "mailto", "tel"};
  const std::string_view first = url.substr(0, url.find_first_of("/?#"));
  if (first.find('&') != std::string_view::npos) return false;
  const std::size_t colon = first.find(':');
  return colon == std::string_view::npos || is_among(schemes, first.substr(0, colon));
}

bool is_blank(char byte) noexcept {
  return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/// What may stand in the value of an attribute; old browsers took a backquote for a quote.
bool is_value(char byte) noexcept {
  return byte != '<' && byte != '>' && byte != '`' && byte != 0x7f &&
         (static_cast<unsigned char>(byte) >= 0x20 || is_blank(byte));
}

/// Reads a tag in the one plain way in which all browsers read it; whatever is written in another way is not safe.
class TagReader {
 public:
  explicit TagReader(std::string_view text) noexcept : text_(text) {}

  std::size_t length() {
    if (!take('<')) return 0;
    const bool closing = take('/');
    if (!is_element(word())) return 0;
    while (skip_blanks() && is_letter(peek())) {
      if (closing || !attribute()) return 0;
    }
    if (!closing) take('/');
    return take('>') ? at_ : 0;
  }

 private:
  char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool take(char byte) noexcept {
    if (at_ == text_.size() || text_[at_] != byte) return false;
    ++at_;
    return true;
  }

  bool skip_blanks() noexcept {
    const std::size_t begin = at_;
    while (is_blank(peek())) ++at_;
    return at_ > begin;
  }

  std::string_view word() noexcept {
    const std::size_t begin = at_;
    while (is_letter(peek()) || is_digit(peek())) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  bool attribute() {
    const std::string_view name = word();
    const bool is_url = is_url_attribute(name);
    if (!is_url && !is_plain_attribute(name)) return false;
    if (!take('=')) return false;
    const char quote = peek();
    const auto value = quote == '"' || quote == '\'' ? quoted(quote) : unquoted();
    return value && (!is_url || is_safe_url(*value));
  }

  std::optional<std::string_view> quoted(char quote) {
    const std::size_t begin = ++at_;
    while (at_ < text_.size() && text_[at_] != quote && is_value(text_[at_])) ++at_;
    const auto value = text_.substr(begin, at_ - begin);
    return take(quote) ? std::optional(value) : std::nullopt;
  }

  std::optional<std::string_view> unquoted() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_value(text_[at_]) && !is_blank(text_[at_]) && text_[at_] != '"' &&
           text_[at_] != '\'' && text_[at_] != '=') {
      ++at_;
    }
    return at_ > begin ? std::optional(text_.substr(begin, at_ - begin)) : std::nullopt;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::size_t safe_tag_length(std::string_view text) {
  return TagReader(text).length();
}

}  // namespace bayeux::filters
