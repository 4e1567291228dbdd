#include <set>
#include <string>

#include "engine/keyed_hash.hpp"
#include "support/catch.hpp"

using namespace bayeux::engine;

namespace {

/// The key and the texts of the authors' test vectors: 0, 1, 2, ...
constexpr HashKey counted_key{0x0706050403020100, 0x0f0e0d0c0b0a0908};

std::string counted(std::size_t size) {
  std::string text;
  while (text.size() < size) text.push_back(static_cast<char>(text.size()));
  return text;
}

std::uint64_t two_four(std::size_t size) {
  return SipHash<2, 4>(counted_key)(counted(size));
}

std::uint64_t one_three(std::string_view text) {
  return SipHash<1, 3>(HashKey{0, 0})(text);
}

}  // namespace

TEST_CASE("with two rounds and four, it is the SipHash of its authors", "[hash]") {
  CHECK(two_four(0) == 0x726fdb47dd0e0e31);
  CHECK(two_four(1) == 0x74f839c593dc67fd);
  CHECK(two_four(7) == 0xab0200f58b01d137);
  CHECK(two_four(8) == 0x93f5f5799a932462);
  CHECK(two_four(15) == 0xa129ca6149be45e5);
}

TEST_CASE("with one round and three, it is that of Python's tables", "[hash]") {
  CHECK(one_three("a") == 0x407448d2b89b1813);
  CHECK(one_three("12345678") == 0x3489982430560a87);
  CHECK(one_three("/chat/demo") == 0x36b22bfe875d6432);
}

TEST_CASE("every byte counts, and so does the length", "[hash]") {
  std::set<std::uint64_t> seen;
  for (std::size_t size = 0; size < 40; ++size) {
    seen.insert(one_three(std::string(size, '\0')));
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, '\0');
      text[at] = '\x80';
      seen.insert(one_three(text));
    }
  }
  CHECK(seen.size() == 40 + 39 * 40 / 2);
}

TEST_CASE("texts that collide with one key do not with another", "[hash]") {
  const auto a = SipHash<1, 3>(HashKey{1, 2})("/chat/demo");
  CHECK(a != SipHash<1, 3>(HashKey{1, 3})("/chat/demo"));
  CHECK(a != SipHash<1, 3>(HashKey{2, 2})("/chat/demo"));
  CHECK(keyed_hash("/chat/demo") == keyed_hash("/chat/demo"));
  CHECK(keyed_hash("/chat/demo") != one_three("/chat/demo"));
}
