#include <memory>
#include <string>
#include <string_view>

#include <bayeux/filters/no_markup.hpp>
#include <bayeux/filters/no_scripts.hpp>

#include "filter_support.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::test;
using namespace std::string_view_literals;

namespace {

std::string tame(std::string_view text) {
  NoScripts filter;
  return filtered_string(filter, text);
}

}  // namespace

TEST_CASE("no markup is left of strings and names, at any depth", "[filter]") {
  NoMarkup filter;
  CHECK(filtered_string(filter, R"(<b title="a" class='c'>a & b</b>)") ==
        "&lt;b title=&quot;a&quot; class=&#39;c&#39;&gt;a &amp; b&lt;/b&gt;");
  CHECK(filtered_text(filter, R"({"<i>":[{"a&b":"<"}],"n":1,"t":true,"z":null})") ==
        R"({"&lt;i&gt;":[{"a&amp;b":"&lt;"}],"n":1,"t":true,"z":null})");
  CHECK(filtered_string(filter, "nothing special, \u00e9 \U0001f600") == "nothing special, \u00e9 \U0001f600");
  CHECK(filtered_string(filter, "") == "");
  CHECK(filtered_string(filter, "\0<\0"sv) == "\0&lt;\0"sv);
  CHECK(filtered_string(filter, "\xff<\xc0\xbc") == "\xff&lt;\xc0\xbc");
}

TEST_CASE("no markup costs six bytes for one at most", "[filter]") {
  NoMarkup filter;
  CHECK(filtered_string(filter, std::string(1'000'000, '"')).size() == 6'000'000);
}

TEST_CASE("harmless markup stays as it is", "[filter]") {
  for (const auto text : {"plain text"sv, "<b>bold</b>"sv, "<BR>"sv, "<br/>"sv, "<br />"sv, "</P >"sv,
                          R"(<a href="https://example.org/?a=1&b=2#c" title='It is "it"'>)"sv, "<a href=page.html>"sv,
                          "<a href=/javascript:>"sv, "<a href=\"?q=a:b\">"sv, "<a href='mailto:a@example.org'>"sv,
                          "<a href=\"\">"sv, "<img src=//example.org/a.png alt=\"\u00e9\" width=10\theight=10>"sv,
                          "a > b & c &lt; d"sv, "<table><tr><td colspan=2>x</td></tr></table>"sv}) {
    INFO(text);
    CHECK(tame(text) == text);
  }
}

TEST_CASE("every tag that is not known to be harmless becomes text", "[filter]") {
  for (const auto text : {"<script>"sv,
                          "<SCRIPT SRC=//x>"sv,
                          "<scr\0ipt>"sv,
                          "<\0script>"sv,
                          "< script>"sv,
                          "<script/x>"sv,
                          "</script>"sv,
                          "<script\n>"sv,
                          "<!-- <b -->"sv,
                          "<![CDATA["sv,
                          "<?php ?>"sv,
                          "<svg/onload=alert(1)>"sv,
                          "<math>"sv,
                          "<iframe>"sv,
                          "<style>"sv,
                          "<object>"sv,
                          "<base href=//x>"sv,
                          "<meta http-equiv=x>"sv,
                          "<form action=x>"sv,
                          "<input>"sv,
                          "<template>"sv,
                          "<textarea>"sv,
                          "<noscript>"sv,
                          "<title>"sv,
                          "<bb>"sv,
                          "<b:script>"sv,
                          "<b-x>"sv,
                          "<b\v>"sv,
                          "<\xc2\xa0"
                          "b>"sv,
                          "<"sv,
                          "a < b"sv,
                          "<b"sv,
                          "<b title=\"x"sv,
                          "<b title=\"x\""sv,
                          "</b"sv}) {
    INFO(text);
    const std::string out = tame(text);
    CHECK(out.find('<') == std::string::npos);
    CHECK(out.find("&lt;") != std::string::npos);
    CHECK(tame(out) == out);
  }
}

TEST_CASE("a tag with an attribute that is not known to be harmless becomes text", "[filter]") {
  for (const auto text : {"<b onclick=alert(1)>"sv,
                          "<img src=x onerror=alert(1)>"sv,
                          "<b ONCLICK=x>"sv,
                          "<b\nonclick=x>"sv,
                          "<b/onclick=x>"sv,
                          "<b title=a/onclick=x onclick=x>"sv,
                          "<b title=\"a\"onclick=x>"sv,
                          "<b title='a'/onclick=x>"sv,
                          "<b style=\"x\">"sv,
                          "<b title>"sv,
                          "<b title =x>"sv,
                          "<b title=`x`>"sv,
                          "<b title=a\"b>"sv,
                          "</b onclick=x>"sv,
                          "</b title=x>"sv,
                          "<b title=\"a\0b\">"sv,
                          "<b title=x\x0bonclick=y>"sv,
                          "<b id=x>"sv,
                          "<a target=_blank>"sv,
                          "<b title='<'>"sv,
                          "<a title=\"> <script>\">"sv,
                          "<img title=\"<img onerror=x>\">"sv,
                          "<b title=>"sv}) {
    INFO(text);
    CHECK(tame(text).find('<') == std::string::npos);
  }
}

TEST_CASE("a tag with a URL that could run a script becomes text", "[filter]") {
  for (const auto text :
       {"<a href=javascript:alert(1)>"sv, "<a href=\"JavaScript:alert(1)\">"sv, "<a href=' javascript:alert(1)'>"sv,
        "<a href=\"java\nscript:alert(1)\">"sv, "<a href=\"java&Tab;script:alert(1)\">"sv,
        "<a href=&#106;avascript:alert(1)>"sv, "<a href=javascript&colon;alert(1)>"sv,
        "<a href=javascript&#58alert(1)>"sv, "<a href=data:text/html,x>"sv, "<a href=vbscript:x>"sv,
        "<img src=javascript:x>"sv, "<a href=\"\x01javascript:x\">"sv, "<a href=\"\\javascript:x\">"sv,
        "<a href=blob:x>"sv, "<a href=\"feed:javascript:x\">"sv, "<a href='http://x' href='javascript:x'>"sv}) {
    INFO(text);
    CHECK(tame(text).find('<') == std::string::npos);
  }
}

TEST_CASE("taking scripts out makes no new ones", "[filter]") {
  CHECK(tame("<scr<script>ipt>alert(1)</scr</script>ipt>") == "&lt;scr&lt;script>ipt>alert(1)&lt;/scr&lt;/script>ipt>");
  CHECK(tame("<<b>script>") == "&lt;<b>script>");
  CHECK(tame("<b<b>onclick=x>") == "&lt;b<b>onclick=x>");
  CHECK(tame("javajavascript:script:") == "javajavascript:script:");
  NoScripts filter;
  CHECK(filtered_text(filter, R"({"<script>":["<",{"a":"script>"}],"n":1})") ==
        R"({"&lt;script>":["&lt;",{"a":"script>"}],"n":1})");
}

TEST_CASE("a string that is the URL of a script is marked as unsafe", "[filter]") {
  for (const auto text :
       {"javascript:alert(1)"sv, " \tjAvAsCrIpT:x"sv, "java\nscript:x"sv, "\0javascript:x"sv, "java\0script:x"sv,
        "\xc2\xa0javascript:x"sv, "\xef\xbb\xbfjavascript:x"sv, "&#106;avascript:x"sv, "&#x6A;avascript:x"sv,
        "&#0000000000000000000000106avascript:x"sv, "java&Tab;script&colon;x"sv, "java&NewLine;script:x"sv,
        "vbscript:x"sv, "data:text/html,<b>x</b>"sv, "data:text/html;base64,eA=="sv, "DATA: image/svg+xml,x"sv,
        "data:text&sol;html,x"sv, "data:application/xhtml+xml,x"sv, "data:text/javascript,x"sv}) {
    INFO(text);
    const std::string out = tame(text);
    CHECK(out.starts_with("unsafe:"));
    CHECK(tame(out) == out);
  }
  for (const auto text :
       {"say javascript: it is"sv, "javascript"sv, "java script"sv, "http://example.org/javascript:"sv,
        "data: see the xml file"sv, "data:image/png;base64,iVBORw0="sv, "data:,html"sv, "& javascript:x"sv,
        "&#;&#x;&;&"sv, "&#99999999999999999999;"sv}) {
    INFO(text);
    CHECK(tame(text) == text);
  }
}

TEST_CASE("taking scripts out of large hostile text ends", "[filter]") {
  for (const auto piece :
       {"<"sv, "<a "sv, "<a href=\""sv, "<b title='x' "sv, "&"sv, "&#"sv, "&#0"sv, "&a"sv, "&a;"sv, "data:"sv}) {
    std::string text;
    while (text.size() < 1'000'000) text += piece;
    const std::string out = tame(text);
    INFO(piece);
    CHECK(out.find('<') == std::string::npos);
    CHECK(out.size() <= 4 * text.size());
  }
}

TEST_CASE("filters without settings say so", "[filter]") {
  const auto markup = [](const Json& settings) { return NoMarkup::from(settings); };
  const auto scripts = [](const Json& settings) { return NoScripts::from(settings); };
  CHECK(settings_fault(markup, "null") == "");
  CHECK(settings_fault(markup, "{}") == "");
  CHECK(settings_fault(markup, "[]") == "the settings: expected an object");
  CHECK(settings_fault(markup, R"({"a/b":1})") == "/a~1b: expected no member");
  CHECK(settings_fault(scripts, "null") == "");
  CHECK(settings_fault(scripts, "true") == "the settings: expected an object");
  CHECK(filtered_string(*NoMarkup::from({}), "<") == "&lt;");
  CHECK(filtered_string(*NoScripts::from({}), "<") == "&lt;");
}
