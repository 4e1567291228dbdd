#include <string>
#include <vector>

#include "engine/unacknowledged.hpp"
#include "engine_support.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::engine;
using bayeux::test::frame;

namespace {

void keep(Unacknowledged& kept, std::uint64_t number) {
  kept.keep({frame("ab"), number});
}

}  // namespace

TEST_CASE("batches are numbered from 1, and those with nothing in them take no memory", "[acknowledge]") {
  Unacknowledged kept;
  CHECK(kept.last_batch == 0);
  for (std::int64_t i = 1; i <= 1'000; ++i) CHECK(kept.complete() == i);
  CHECK(kept.batches.empty());
  keep(kept, 0);
  CHECK(kept.complete() == 1'001);
  CHECK(kept.batches.size() == 1);
}

TEST_CASE("what was acknowledged is forgotten, batch by batch", "[acknowledge]") {
  Unacknowledged kept;
  keep(kept, 0);
  keep(kept, 1);
  kept.complete();
  kept.complete();
  keep(kept, 2);
  kept.complete();
  CHECK(kept.bytes == 6);
  CHECK(kept.forget(0) == 0);
  CHECK(kept.forget(-1) == 0);
  CHECK(kept.forget(2) == 2);
  CHECK(kept.forget(2) == 0);
  CHECK(kept.bytes == 2);
  REQUIRE(kept.sent.size() == 1);
  CHECK(kept.sent.front().number == 2);
  CHECK(kept.forget(3) == 1);
  CHECK(kept.bytes == 0);
  CHECK(kept.batches.empty());
}

TEST_CASE("what is in no batch yet cannot have been acknowledged", "[acknowledge]") {
  Unacknowledged kept;
  keep(kept, 0);
  kept.complete();
  keep(kept, 1);
  CHECK(kept.forget(1) == 1);
  CHECK(kept.sent.size() == 1);
  CHECK(kept.complete() == 2);
  CHECK(kept.forget(2) == 1);
}

TEST_CASE("what is to be sent anew is in no batch any more, and numbers go on", "[acknowledge]") {
  Unacknowledged kept;
  keep(kept, 0);
  kept.complete();
  keep(kept, 1);
  kept.clear();
  CHECK(kept.sent.empty());
  CHECK(kept.bytes == 0);
  CHECK(kept.complete() == 2);
  CHECK(kept.batches.empty());
}
