#include <string>
#include <vector>

#include "support/catch.hpp"
#include "websocket/frames/utf8.hpp"

namespace bayeux::websocket::test {
namespace {

/// As RFC 3629 has it, by arithmetic.
std::string encoded(unsigned code) {
  const auto tail = [&](int shift) { return static_cast<char>(0x80 | (code >> shift & 0x3f)); };
  if (code < 0x80) return {static_cast<char>(code)};
  if (code < 0x800) return {static_cast<char>(0xc0 | code >> 6), tail(0)};
  if (code < 0x10000) return {static_cast<char>(0xe0 | code >> 12), tail(6), tail(0)};
  return {static_cast<char>(0xf0 | code >> 18), tail(12), tail(6), tail(0)};
}

bool surrogate(unsigned code) {
  return code >= 0xd800 && code < 0xe000;
}

}  // namespace

TEST_CASE("every character is UTF-8, and no surrogate and nothing beyond is", "[websocket]") {
  std::size_t wrong = 0;
  for (unsigned code = 0; code < 0x200000; ++code) {
    if (is_utf8(encoded(code)) != (!surrogate(code) && code <= 0x10ffff)) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("no two bytes are UTF-8 that are not one or two characters", "[websocket]") {
  std::size_t good = 0;
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      if (is_utf8(std::string{static_cast<char>(a), static_cast<char>(b)})) ++good;
    }
  }
  CHECK(good == 128 * 128 + (0x800 - 0x80));
}

TEST_CASE("a character is found wherever it stands, and missed when it is cut", "[websocket]") {
  for (std::size_t before = 0; before < 20; ++before) {
    for (const unsigned code : {0xe4U, 0x20acU, 0x1f600U}) {
      const auto character = encoded(code);
      const auto text = std::string(before, 'x') + character;
      CHECK(is_utf8(text));
      CHECK(is_utf8(text + std::string(9, 'y')));
      for (std::size_t cut = 1; cut < character.size(); ++cut) {
        CHECK_FALSE(is_utf8(text.substr(0, text.size() - cut)));
        CHECK_FALSE(is_utf8(text.substr(0, text.size() - cut) + "yyyyyyyyy"));
      }
    }
  }
}

TEST_CASE("what is longer than need be is no UTF-8", "[websocket]") {
  for (const std::string& bad :
       std::vector<std::string>{"\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xe0\x9f\xbf", "\xf0\x80\x80\xaf",
                                "\xf0\x8f\xbf\xbf", "\xf8\x88\x80\x80\x80", "\xfe", "\xff"}) {
    CHECK_FALSE(is_utf8(bad));
  }
}

TEST_CASE("a beginning of a text ends between two characters", "[websocket]") {
  CHECK(utf8_prefix("abc", 5) == "abc");
  CHECK(utf8_prefix("abc", 2) == "ab");
  CHECK(utf8_prefix("a\xe2\x82\xac", 3) == "a");
  CHECK(utf8_prefix("a\xe2\x82\xac!", 4) == "a\xe2\x82\xac");
  CHECK(utf8_prefix("", 0).empty());
}

}  // namespace bayeux::websocket::test
