#include <memory>
#include <string>
#include <vector>

#include "engine/alarm.hpp"
#include "engine/timers.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::engine;
using namespace std::chrono_literals;

namespace {

constexpr Time start{std::chrono::hours(1)};

Time::rep ticks(Time time) {
  return time.time_since_epoch().count();
}

Time::rep nothing() {
  return no_deadline;
}

}  // namespace

TEST_CASE("tasks are taken out in the order of their times, and then in the order they came", "[timers]") {
  Timers timers;
  std::string ran;
  const auto task = [&](char name) { return [&ran, name] { ran += name; }; };
  timers.add(start + 2ms, task('c'));
  timers.add(start + 1ms, task('a'));
  timers.add(start + 1ms, task('b'));
  CHECK(timers.next() == start + 1ms);
  CHECK_FALSE(timers.pop_due(start));
  while (const auto due = timers.pop_due(start + 1ms)) due();
  CHECK(ran == "ab");
  while (const auto due = timers.pop_due(start + 1h)) due();
  CHECK(ran == "abc");
  CHECK_FALSE(timers.next());
}

TEST_CASE("a task that was cancelled is given back, one that has run is not there", "[timers]") {
  Timers timers;
  const auto owned = std::make_shared<int>(1);
  const auto id = timers.add(start, [owned] {});
  const auto other = timers.add(start, [] {});
  CHECK(owned.use_count() == 2);
  CHECK(timers.cancel(id));
  CHECK(owned.use_count() == 1);
  CHECK_FALSE(timers.cancel(id));
  CHECK(timers.pop_due(start));
  CHECK_FALSE(timers.cancel(other));
  CHECK_FALSE(timers.pop_due(start));
}

TEST_CASE("the alarm rings once for an earlier deadline, and not for a later one", "[alarm]") {
  Alarm alarm;
  int rings = 0;
  alarm.set([&] { ++rings; });
  CHECK(alarm.announce([] { return ticks(start + 10ms); }) == start + 10ms);
  alarm.ring_if_earlier(ticks(start + 10ms));
  alarm.ring_if_earlier(ticks(start + 20ms));
  CHECK(rings == 0);
  alarm.ring_if_earlier(ticks(start + 5ms));
  alarm.ring_if_earlier(ticks(start + 5ms));
  CHECK(rings == 1);
  alarm.ring_if_earlier(ticks(start + 4ms));
  CHECK(rings == 2);
  alarm.set({});
  alarm.ring_if_earlier(ticks(start));
  CHECK(rings == 2);
}

TEST_CASE("a timer rings, is announced, runs when it is due, and is gone", "[alarm]") {
  Alarm alarm;
  int rings = 0;
  int runs = 0;
  alarm.set([&] { ++rings; });
  CHECK_FALSE(alarm.announce(nothing));
  alarm.call_at(start + 10ms, [&] { ++runs; });
  CHECK(rings == 1);
  CHECK(alarm.announce(nothing) == start + 10ms);
  CHECK(alarm.announce([] { return ticks(start + 5ms); }) == start + 5ms);
  alarm.run_timers(start + 9ms);
  CHECK(runs == 0);
  alarm.run_timers(start + 10ms);
  alarm.run_timers(start + 10ms);
  CHECK(runs == 1);
  CHECK_FALSE(alarm.announce(nothing));
}

TEST_CASE("a timer that was cancelled neither runs nor is announced, and is destroyed", "[alarm]") {
  Alarm alarm;
  const auto owned = std::make_shared<int>(1);
  int runs = 0;
  const auto id = alarm.call_at(start, [&runs, owned] { ++runs; });
  alarm.cancel(id);
  CHECK(owned.use_count() == 1);
  alarm.cancel(id);
  CHECK_FALSE(alarm.announce(nothing));
  alarm.run_timers(start + 1h);
  CHECK(runs == 0);
}

TEST_CASE("a task may add another and cancel one that is due", "[alarm]") {
  Alarm alarm;
  std::string ran;
  std::uint64_t victim = 0;
  alarm.call_at(start, [&] {
    ran += 'a';
    alarm.cancel(victim);
    alarm.call_at(start, [&] { ran += 'b'; });
    alarm.call_at(start + 1ms, [&] { ran += 'c'; });
  });
  victim = alarm.call_at(start, [&] { ran += 'x'; });
  alarm.run_timers(start);
  CHECK(ran == "ab");
  CHECK(alarm.announce(nothing) == start + 1ms);
  alarm.run_timers(start + 1ms);
  CHECK(ran == "abc");
}

TEST_CASE("a task may own something that cancels when it is destroyed", "[alarm]") {
  Alarm alarm;
  struct Cancels {
    Alarm& alarm;
    std::uint64_t id;
    ~Cancels() { alarm.cancel(id); }
  };
  const auto other = alarm.call_at(start + 1ms, [] {});
  const auto id = alarm.call_at(start, [owned = std::make_shared<Cancels>(Cancels{alarm, 0})] {});
  auto owner = std::make_shared<Cancels>(Cancels{alarm, other});
  const auto third = alarm.call_at(start, [owner] {});
  owner.reset();
  alarm.cancel(id);
  alarm.cancel(third);
  CHECK_FALSE(alarm.announce(nothing));
}
