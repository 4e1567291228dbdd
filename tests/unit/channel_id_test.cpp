#include <string>
#include <vector>

#include <bayeux/channel_id.hpp>

#include "support/catch.hpp"

namespace bayeux {
namespace {

std::string normal(std::string_view name) {
  const auto id = ChannelId::parse(name);
  return id ? id->name() : "invalid";
}

bool matches(std::string_view pattern, std::string_view channel) {
  return ChannelId::parse(pattern).value().matches(ChannelId::parse(channel).value());
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a channel name is made of segments of legal characters", "[channel_id]") {
  for (const std::string name :
       {"/a", "/a/b/c", "/A-Z_0/9", "/a b", "/!#$()+-.@_{}~", "/.", "/..", "/meta/handshake"}) {
    CHECK(normal(name) == name);
  }
  for (const std::string name : {"", "/", "//", "a", "a/b", "/a//b", "//a", "/a//", "/a%", "/a?b", "/a\\b", "/a,b",
                                 "/a\"b", "/a:b", "/a\tb", "/a\nb", "/\xC3\xA4", "/\xFF", "/a\x7F"}) {
    CAPTURE(name);
    CHECK(normal(name) == "invalid");
  }
  CHECK_FALSE(ChannelId::parse(std::string_view("/a\0b", 4)));
}

TEST_CASE("blanks around a name and one trailing slash are dropped", "[channel_id]") {
  CHECK(normal("/a/b/") == "/a/b");
  CHECK(normal("  /a/b ") == "/a/b");
  CHECK(normal(" /a/b/ ") == "/a/b");
  CHECK(normal("/a/**/") == "/a/**");
  CHECK(normal("   ") == "invalid");
}

TEST_CASE("a normalised name stays what it is when it is parsed again", "[channel_id]") {
  for (const std::string name : {"/a /", "/a / ", "/a/ /", "/ /", "/ a/", "/a/ b/"}) {
    CAPTURE(name);
    if (const auto id = ChannelId::parse(name)) CHECK(normal(id->name()) == id->name());
  }
  CHECK(normal("/a /") == "/a");
  CHECK(normal("/a/ /") == "invalid");
}

TEST_CASE("a wildcard stands alone in the last segment", "[channel_id]") {
  CHECK(ChannelId::parse("/a/*").value().wild() == ChannelId::Wild::segment);
  CHECK(ChannelId::parse("/a/**").value().wild() == ChannelId::Wild::deep);
  CHECK(ChannelId::parse("/*").value().is_wild());
  CHECK(ChannelId::parse("/**").value().is_wild());
  CHECK_FALSE(ChannelId::parse("/a/b").value().is_wild());
  for (const std::string name : {"/*/a", "/**/a", "/a*", "/*a", "/a/***", "/a/b**", "*", "**", "/a/* *"}) {
    CAPTURE(name);
    CHECK(normal(name) == "invalid");
  }
}

TEST_CASE("length and number of segments are bounded", "[channel_id]") {
  const std::string longest = "/" + std::string(ChannelId::max_length - 1, 'a');
  CHECK(normal(longest) == longest);
  CHECK(normal(longest + "a") == "invalid");
  CHECK(normal(longest + "/") == longest);

  std::string deepest;
  for (std::size_t i = 0; i < ChannelId::max_segments; ++i) deepest += "/a";
  CHECK(normal(deepest) == deepest);
  CHECK(normal(deepest + "/a") == "invalid");
}

TEST_CASE("the first segment says what kind of channel it is", "[channel_id]") {
  const auto kind = [](std::string_view name) { return ChannelId::parse(name).value().kind(); };
  CHECK(kind("/meta/connect") == ChannelId::Kind::meta);
  CHECK(kind("/meta/*") == ChannelId::Kind::meta);
  CHECK(kind("/meta") == ChannelId::Kind::meta);
  CHECK(kind("/service/echo") == ChannelId::Kind::service);
  CHECK(kind("/service/**") == ChannelId::Kind::service);
  CHECK(kind("/service/") == ChannelId::Kind::service);
  for (const std::string name : {"/metal", "/services/a", "/a/meta", "/*", "/**", "/Meta/a"}) {
    CAPTURE(name);
    CHECK(kind(name) == ChannelId::Kind::broadcast);
  }
}

TEST_CASE("a star matches one more segment, two stars one or more", "[channel_id]") {
  CHECK(matches("/a/*", "/a/b"));
  CHECK_FALSE(matches("/a/*", "/a"));
  CHECK_FALSE(matches("/a/*", "/ab"));
  CHECK_FALSE(matches("/a/*", "/a/b/c"));
  CHECK(matches("/a/**", "/a/b"));
  CHECK(matches("/a/**", "/a/b/c"));
  CHECK_FALSE(matches("/a/**", "/a"));
  CHECK_FALSE(matches("/a/**", "/ab/c"));
  CHECK(matches("/*", "/a"));
  CHECK_FALSE(matches("/*", "/a/b"));
  CHECK(matches("/**", "/a/b"));
  CHECK(matches("/a", "/a/"));
  CHECK_FALSE(matches("/a", "/a/b"));
}

TEST_CASE("a pattern matches no other pattern", "[channel_id]") {
  CHECK(matches("/a/*", "/a/*"));
  CHECK_FALSE(matches("/a/**", "/a/*"));
  CHECK_FALSE(matches("/**", "/a/**"));
}

TEST_CASE("patterns lead from the root to the channel", "[channel_id]") {
  CHECK(ChannelId::parse("/a/b/c").value().patterns() == Names{"/**", "/a/**", "/a/b/**", "/a/b/*", "/a/b/c"});
  CHECK(ChannelId::parse("/a").value().patterns() == Names{"/**", "/*", "/a"});
  CHECK(ChannelId::parse("/a/*").value().patterns() == Names{"/a/*"});
}

TEST_CASE("every pattern of a channel is valid and matches it", "[channel_id]") {
  const auto channel = ChannelId::parse("/x/y z/{w}/v").value();
  for (const std::string& name : channel.patterns()) {
    CAPTURE(name);
    CHECK(ChannelId::parse(name).value().matches(channel));
  }
}

}  // namespace bayeux
