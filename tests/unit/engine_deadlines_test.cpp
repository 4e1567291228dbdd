#include <optional>
#include <random>
#include <vector>

#include "engine/deadlines.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::engine;
using namespace std::chrono_literals;

namespace {

constexpr Time start{std::chrono::hours(1)};

}  // namespace

TEST_CASE("no deadline is due where none was armed", "[deadlines]") {
  Deadlines deadlines;
  CHECK_FALSE(deadlines.next());
  CHECK(deadlines.pop_due(Time::max()) == nullptr);
}

TEST_CASE("deadlines come in the order of their times, each once and never early", "[deadlines]") {
  Deadlines deadlines;
  Deadlines::Entry late;
  Deadlines::Entry soon;
  deadlines.arm(late, start + 20ms);
  deadlines.arm(soon, start + 10ms);
  CHECK(deadlines.next() == start + 10ms);
  CHECK(deadlines.pop_due(start + 9ms) == nullptr);
  CHECK(deadlines.pop_due(start + 30ms) == &soon);
  CHECK_FALSE(soon.armed);
  CHECK(deadlines.pop_due(start + 30ms) == &late);
  CHECK(deadlines.pop_due(start + 30ms) == nullptr);
  CHECK_FALSE(deadlines.next());
}

TEST_CASE("a deadline between two milliseconds is due with the later one", "[deadlines]") {
  Deadlines deadlines;
  Deadlines::Entry entry;
  deadlines.arm(entry, start + 1500us);
  CHECK(deadlines.next() == start + 2ms);
  CHECK(deadlines.pop_due(start + 1999us) == nullptr);
  CHECK(deadlines.pop_due(start + 2ms) == &entry);
}

TEST_CASE("arming again moves a deadline, disarming twice is nothing", "[deadlines]") {
  Deadlines deadlines;
  Deadlines::Entry entry;
  deadlines.arm(entry, start + 10ms);
  deadlines.arm(entry, start + 50ms);
  CHECK(deadlines.next() == start + 50ms);
  deadlines.arm(entry, start + 5ms);
  CHECK(deadlines.next() == start + 5ms);
  deadlines.disarm(entry);
  deadlines.disarm(entry);
  CHECK_FALSE(deadlines.next());
}

TEST_CASE("of those that share a millisecond any can be taken out", "[deadlines]") {
  for (std::size_t out = 0; out < 3; ++out) {
    Deadlines deadlines;
    std::vector<Deadlines::Entry> entries(3);
    for (auto& entry : entries) deadlines.arm(entry, start);
    deadlines.disarm(entries[out]);
    std::size_t left = 0;
    while (auto* entry = deadlines.pop_due(start)) {
      CHECK(entry != &entries[out]);
      ++left;
    }
    CHECK(left == 2);
  }
}

TEST_CASE("a thousand random moves leave every deadline where it was last put", "[deadlines]") {
  Deadlines deadlines;
  std::vector<Deadlines::Entry> entries(50);
  std::vector<std::optional<Time>> expected(entries.size());
  std::mt19937 random(7);
  for (int i = 0; i < 1000; ++i) {
    const auto which = random() % entries.size();
    if (random() % 4 == 0) {
      deadlines.disarm(entries[which]);
      expected[which].reset();
    } else {
      const Time at = start + Milliseconds(random() % 20);
      deadlines.arm(entries[which], at);
      CHECK(entries[which].at() == at);
      expected[which] = at;
    }
  }
  Time last = start;
  for (auto next = deadlines.next(); auto* entry = deadlines.pop_due(start + 1h); next = deadlines.next()) {
    auto& at = expected[static_cast<std::size_t>(entry - entries.data())];
    REQUIRE(at);
    CHECK(*at >= last);
    CHECK((next && *at == *next));
    last = *at;
    at.reset();
  }
  for (const auto& at : expected) CHECK_FALSE(at);
}

TEST_CASE("a bucket that ran empty is made anew for the next that goes there", "[deadlines]") {
  Deadlines deadlines;
  Deadlines::Entry first;
  Deadlines::Entry second;
  deadlines.arm(first, start);
  deadlines.disarm(first);
  deadlines.arm(second, start);
  deadlines.arm(first, start);
  CHECK(deadlines.next() == start);
  CHECK(deadlines.pop_due(start) == &first);
  CHECK(deadlines.pop_due(start) == &second);
  CHECK_FALSE(deadlines.next());
}
