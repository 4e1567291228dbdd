#include "filters/script_url.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

#include "filters/ascii.hpp"

namespace bayeux::filters {
namespace {

/// Gives the characters that count, in lower case: no blanks or controls, which browsers drop (WHATWG URL, "basic URL
/// parser"), nothing beyond ASCII, which pages trim, and entities as the characters for which they stand.
class SchemeReader {
 public:
  explicit SchemeReader(std::string_view text) noexcept : text_(text) {}

  /// So many characters, or all up to one of `ends`.
  std::string read(std::size_t most, std::string_view ends = {}) {
    std::string out;
    while (at_ < text_.size() && out.size() < most) {
      const std::uint32_t code = next();
      if (code <= 0x20 || code >= 0x7f) continue;
      const char byte = lower(static_cast<char>(code));
      if (ends.find(byte) != std::string_view::npos) break;
      out += byte;
    }
    return out;
  }

 private:
  std::uint32_t next() {
    const char byte = text_[at_++];
    if (byte != '&') return static_cast<unsigned char>(byte);
    return at_ < text_.size() && text_[at_] == '#' ? numeric() : named();
  }

  /// With or without a semicolon; of any length, which counts as beyond ASCII.
  std::uint32_t numeric() {
    ++at_;
    const bool hex = at_ < text_.size() && lower(text_[at_]) == 'x';
    if (hex) ++at_;
    std::uint32_t code = 0;
    for (; at_ < text_.size(); ++at_) {
      const char byte = lower(text_[at_]);
      std::uint32_t digit = 0;
      if (is_digit(byte)) {
        digit = static_cast<std::uint32_t>(byte - '0');
      } else if (hex && byte >= 'a' && byte <= 'f') {
        digit = static_cast<std::uint32_t>(byte - 'a') + 10;
      } else {
        break;
      }
      if (code < 0x110000) code = code * (hex ? 16 : 10) + digit;
    }
    if (at_ < text_.size() && text_[at_] == ';') ++at_;
    return code;
  }

  /// Those not named here count as if they were not there: better a URL too many is taken for a script.
  std::uint32_t named() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]))) ++at_;
    const std::string_view name = text_.substr(begin, at_ - begin);
    if (at_ == text_.size() || text_[at_] != ';') {
      at_ = begin;
      return '&';
    }
    ++at_;
    if (name == "colon") return ':';
    if (name == "sol") return '/';
    for (const std::string_view visible : {"lt", "gt", "amp", "quot", "apos"}) {
      if (name == visible) return '&';
    }
    return 0;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

bool is_script_url(std::string_view text) {
  const std::string scheme = SchemeReader(text).read(std::string_view("javascript:").size());
  if (scheme.starts_with("javascript:") || scheme.starts_with("vbscript:")) return true;
  if (!scheme.starts_with("data:")) return false;
  const std::string type = SchemeReader(text).read(text.size(), ",;");
  if (type.find('/') == std::string::npos) return false;
  for (const std::string_view markup : {"html", "xml", "script"}) {
    if (type.find(markup) != std::string::npos) return true;
  }
  return false;
}

}  // namespace bayeux::filters
