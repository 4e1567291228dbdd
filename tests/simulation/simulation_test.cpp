#include <string>

#include "run.hpp"
#include "shrink.hpp"
#include "support/catch.hpp"

namespace bayeux::simulation {
namespace {

Plan plan_of(std::uint64_t seed) {
  Plan plan;
  plan.seed = seed;
  return plan;
}

/// How to see again what went wrong, and a smaller run in which it does.
std::string replay(const Plan& plan, const Result& result) {
  if (!result.failure) return {};
  return result.failure->text + '\n' + command_line(plan) + "\nshrunk: " +
         command_line(shrunk(plan, result.failure->check));
}

}  // namespace
}  // namespace bayeux::simulation

using namespace bayeux::simulation;

TEST_CASE("whatever goes wrong, each client gets what it must be given, in order and no more often than allowed") {
  Counts counts;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const auto plan = plan_of(seed);
    const auto result = run(plan);
    INFO(replay(plan, result));
    REQUIRE_FALSE(result.failure);
    counts += result.counts;
  }
  // What has never gone wrong was not tried.
  for (std::size_t i = 0; i < counted; ++i) {
    INFO(name_of(static_cast<Count>(i)));
    CHECK(counts[static_cast<Count>(i)] > 0);
  }
}

TEST_CASE("two runs of one seed are the same to the byte") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const auto first = run(plan_of(seed));
    const auto second = run(plan_of(seed));
    CHECK(first.hash == second.hash);
    CHECK(first.counts[Count::events] == second.counts[Count::events]);
    CHECK(first.hash != run(plan_of(seed + 1'000)).hash);
  }
}

TEST_CASE("a message that never reaches its client is noticed, and the run that shows it is shrunk") {
  int noticed = 0;
  for (std::uint64_t seed = 1; seed <= 60 && noticed < 3; ++seed) {
    auto plan = plan_of(seed);
    plan.sabotage = 2;
    const auto failure = run(plan).failure;
    // It may have been for a session that ended before anybody looked.
    if (!failure) continue;
    ++noticed;
    CHECK(failure->check == Check::lost);
    const auto smaller = shrunk(plan, failure->check);
    CHECK(smaller.skipped.size() + static_cast<std::size_t>(plan.steps - smaller.steps) >
          static_cast<std::size_t>(plan.steps) / 2);
    CHECK(run(smaller).failure.value().check == failure->check);
  }
  CHECK(noticed == 3);
}
