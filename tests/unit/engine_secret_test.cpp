#include <cstddef>
#include <string>

#include "engine/secret.hpp"
#include "support/catch.hpp"

using bayeux::engine::same_secret;

TEST_CASE("two secrets are the same when every byte is", "[engine]") {
  CHECK(same_secret("", ""));
  CHECK(same_secret("secret", "secret"));
  CHECK_FALSE(same_secret("secret", "secre"));
  CHECK_FALSE(same_secret("", "s"));
  for (std::size_t at = 0; at < 6; ++at) {
    std::string other = "secret";
    other[at] = 'x';
    CHECK_FALSE(same_secret("secret", other));
  }
}
