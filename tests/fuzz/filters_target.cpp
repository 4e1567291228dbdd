#include <algorithm>
#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>

#include <bayeux/channel_id.hpp>
#include <bayeux/client.hpp>
#include <bayeux/filters/no_markup.hpp>
#include <bayeux/filters/no_scripts.hpp>
#include <bayeux/filters/settings_error.hpp>
#include <bayeux/filters/shape_filter.hpp>

#include "fuzz/target.hpp"

namespace {

using namespace bayeux;
using bayeux::fuzz::require;

Json filtered(DataFilter& filter, const Json& data) {
  static const ChannelId channel = *ChannelId::parse("/fuzz");
  const auto out = filter.filter(Client(), channel, data);
  require(out.has_value(), "what a peer may send is not dropped");
  return *out;
}

/// Calls `look` with every string and name.
template <class Look>
void each_string(const Json& data, Look look) {
  if (data.is_string()) look(data.as_string());
  for (const auto& item : data.items()) each_string(item, look);
  for (const auto& [name, value] : data.members()) {
    look(name);
    each_string(value, look);
  }
}

bool is_blank(char byte) {
  return std::string_view(" \t\n\f\r").find(byte) != std::string_view::npos;
}

/// As a browser would: controls and blanks do not count in a scheme.
std::string significant(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    if (static_cast<unsigned char>(byte) > 0x20)
      out += byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : byte;
  }
  return out;
}

/// Reads a tag as leniently as browsers do (WHATWG HTML, "Tokenization"), which is not how the filter reads it.
class BrowserTag {
 public:
  explicit BrowserTag(std::string_view text) : text_(text) {}

  void check() {
    const std::string name = until(" \t\n\f\r/>");
    for (const char* bad :
         {"script", "style", "iframe", "object", "embed", "svg", "math", "base", "meta", "link", "form"}) {
      require(significant(name) != bad, "no element that can run a script is left");
    }
    while (true) {
      while (more() && (is_blank(text_[at_]) || text_[at_] == '/')) ++at_;
      require(more(), "every tag is complete");
      if (text_[at_] == '>') return;
      check_attribute();
    }
  }

 private:
  bool more() const { return at_ < text_.size(); }

  std::string until(std::string_view ends) {
    const std::size_t begin = at_;
    at_ = std::min(text_.find_first_of(ends, at_), text_.size());
    return std::string(text_.substr(begin, at_ - begin));
  }

  void check_attribute() {
    const std::string name = significant(text_.substr(at_, 1) == "=" ? (++at_, "=") : until(" \t\n\f\r/>="));
    require(!name.starts_with("on") && name != "style" && name != "srcdoc",
            "no attribute that can run a script is left");
    while (more() && is_blank(text_[at_])) ++at_;
    if (!more() || text_[at_] != '=') return;
    ++at_;
    while (more() && is_blank(text_[at_])) ++at_;
    require(more(), "every tag is complete");
    const char quote = text_[at_];
    std::string value;
    if (quote == '"' || quote == '\'') {
      ++at_;
      value = until({&quote, 1});
      ++at_;
    } else {
      value = until(" \t\n\f\r>");
    }
    if (name != "href" && name != "src") return;
    const std::string url = significant(value);
    require(!url.starts_with("javascript:") && !url.starts_with("vbscript:") && !url.starts_with("data:"),
            "no link runs a script");
    require(!url.starts_with('&'), "no scheme is hidden");
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

void check_no_markup(const Json& data) {
  NoMarkup filter;
  each_string(filtered(filter, data), [](const std::string& text) {
    require(text.find_first_of("<>\"'") == std::string::npos, "no markup is left");
    for (std::size_t at = text.find('&'); at != std::string::npos; at = text.find('&', at + 1)) {
      require(text.find(';', at) != std::string::npos, "every ampersand begins an entity");
    }
  });
}

void check_no_scripts(const Json& data) {
  NoScripts filter;
  const Json once = filtered(filter, data);
  require(filtered(filter, once).text() == once.text(), "a second run changes nothing");
  each_string(once, [](const std::string& text) {
    require(!significant(text).starts_with("javascript:"), "no string is the URL of a script");
    for (std::size_t at = text.find('<'); at != std::string::npos; at = text.find('<', at + 1)) {
      const std::size_t name = at + (text.compare(at, 2, "</") == 0 ? 2 : 1);
      require(name < text.size() && std::isalpha(static_cast<unsigned char>(text[name])) != 0, "only tags are left");
      BrowserTag(std::string_view(text).substr(name)).check();
    }
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view input = bayeux::fuzz::as_text(bytes, size);
  check_no_markup(Json(input));
  check_no_scripts(Json(input));
  const auto data = Json::parse(input);
  if (!data) return 0;
  check_no_markup(*data);
  check_no_scripts(*data);
  // A shape alone, or one and what it is to fit.
  const bool pair = data->is_array() && data->items().size() == 2;
  const Json& value = pair ? data->items()[1] : *data;
  try {
    const Shape shape = Shape::from(pair ? data->items()[0] : *data);
    require(shape.fits(value) == !shape.misfit(value), "a shape has one opinion");
    ShapeFilter filter(shape);
    static const ChannelId channel = *ChannelId::parse("/fuzz");
    const auto out = filter.filter(Client(), channel, value);
    require(out.has_value() == shape.fits(value), "which is that of its filter");
    require(!out || *out == value, "and what fits is not changed");
  } catch (const SettingsError& error) {
    require(error.path().empty() || error.path().front() == '/', "an error says where");
  }
  return 0;
}
