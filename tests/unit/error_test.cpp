#include <set>
#include <string>

#include <bayeux/error.hpp>

#include "support/catch.hpp"

namespace bayeux {

TEST_CASE("every error code says what it means in words of its own", "[error]") {
  std::set<std::string> texts;
  for (int code = 1; code <= static_cast<int>(Errc::links_too_many); ++code) {
    const std::error_code error = static_cast<Errc>(code);
    CHECK(error.message() != "unknown error");
    CHECK(texts.insert(error.message()).second);
  }
  CHECK(std::error_code(999, error_category()).message() == "unknown error");
}

TEST_CASE("an Errc converts to an error code of the category bayeux", "[error]") {
  const std::error_code error = Errc::channel_wild;
  CHECK(error);
  CHECK(error == Errc::channel_wild);
  CHECK(error != Errc::channel_invalid);
  CHECK(std::string(error.category().name()) == "bayeux");
}

}  // namespace bayeux
