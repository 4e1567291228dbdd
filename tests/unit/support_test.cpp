#include "support/catch.hpp"
#include "support/counted_ids.hpp"
#include "support/manual_clock.hpp"

namespace bayeux::test {

TEST_CASE("a manual clock stands still until it is moved", "[support]") {
  ManualClock clock;
  const Time start = clock.now();
  CHECK(clock.now() == start);
  clock.advance(Milliseconds(1500));
  CHECK(clock.now() - start == Milliseconds(1500));
}

TEST_CASE("counted ids can be foreseen", "[support]") {
  CountedIds ids;
  CHECK(ids.client_id() == "client1");
  CHECK(ids.client_id() == "client2");
  CHECK(ids.browser_id() == "browser1");
}

}  // namespace bayeux::test
