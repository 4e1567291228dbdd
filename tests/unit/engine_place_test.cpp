#include <string>
#include <vector>

#include "engine_support.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::engine;
using namespace std::chrono_literals;
using bayeux::test::Engine;
using bayeux::test::frame;
using bayeux::test::keyed;
using bayeux::test::lazy;
using bayeux::test::outlet;
using bayeux::test::wakes;

TEST_CASE("what is behind a kept place waits for it, and what is in front does not", "[place]") {
  Engine f;
  f.join("one");
  f.publish(frame("a"));
  const auto place = f.router.reserve("one");
  REQUIRE(place);
  f.publish(frame("c"));
  CHECK(f.take("one", outlet()) == "a");
  const auto link = outlet();
  CHECK(f.hold("one", link));
  f.publish(frame("d"));
  CHECK(wakes(*link) == 0);
  SECTION("until it is filled") {
    f.router.fill("one", *place, frame("b"));
    CHECK(wakes(*link) == 1);
    CHECK(f.take("one", link) == "b c d");
  }
  SECTION("until it is given up") {
    f.router.fill("one", *place, {});
    CHECK(wakes(*link) == 1);
    CHECK(f.take("one", link) == "c d");
  }
  CHECK(f.router.stats().queued_messages == 0);
}

TEST_CASE("several places are decided in any order", "[place]") {
  Engine f;
  f.join("one");
  const auto link = f.poll("one");
  const auto first = f.router.reserve("one");
  const auto second = f.router.reserve("one");
  const auto third = f.router.reserve("one");
  f.router.fill("one", *third, frame("c"));
  f.router.fill("one", *second, {});
  CHECK(wakes(*link) == 0);
  CHECK(f.router.stats().queued_messages == 2);
  f.router.fill("one", *first, frame("a"));
  CHECK(wakes(*link) == 1);
  CHECK(f.take("one", link) == "a c");
  CHECK(f.router.stats().delivered == 2);
}

TEST_CASE("a place is filled on a lasting connection too", "[place]") {
  Engine f;
  const auto link = outlet(true);
  f.join("one");
  f.router.attach("one", link);
  const auto place = f.router.reserve("one");
  f.publish(frame("b"));
  CHECK_FALSE(f.router.ready("one", *link));
  f.router.fill("one", *place, frame("a"));
  CHECK(wakes(*link) == 1);
  CHECK(f.take("one", link) == "a b");
}

TEST_CASE("a place of a session that has gone is filled by nothing", "[place]") {
  Engine f;
  f.join("one");
  const auto link = f.poll("one");
  const auto place = f.router.reserve("one");
  f.publish(frame("b"));
  f.router.remove("one", Removal::kicked, frame("bye"), nullptr);
  f.router.fill("one", *place, frame("a"));
  CHECK(f.take("one", link) == "b bye");
  CHECK(f.router.stats().queued_messages == 0);
}

TEST_CASE("a held connect is answered when its time is up although a place is kept", "[place]") {
  Engine f;
  f.join("one");
  const auto link = f.poll("one");
  const auto place = f.router.reserve("one");
  f.publish(frame("b"));
  f.advance(25s);
  CHECK(wakes(*link) == 1);
  CHECK(f.take("one", link).empty());
  f.router.fill("one", *place, frame("a"));
  const auto next = outlet();
  CHECK_FALSE(f.hold("one", next));
  CHECK(f.take("one", next) == "a b");
}

TEST_CASE("a lazy message that was decided about late still wakes nobody", "[place]") {
  Engine f;
  f.join("one");
  const auto link = f.poll("one");
  const auto place = f.router.reserve("one");
  f.router.fill("one", *place, lazy("a", 1'000ms));
  CHECK(wakes(*link) == 0);
  f.advance(1s);
  CHECK(f.take("one", link) == "a");
}

TEST_CASE("filling a place in a queue that is just full drops nothing", "[place]") {
  Engine f(2, 1'000);
  f.join("one");
  f.publish(frame("a"));
  const auto place = f.router.reserve("one");
  f.router.fill("one", *place, frame("b"));
  CHECK(f.router.stats().dropped == 0);
  CHECK(f.full.empty());
  CHECK(f.take("one", outlet()) == "a b");
}

TEST_CASE("a lone place takes a message of any size", "[place]") {
  Engine f(1, 3);
  f.join("one");
  const auto place = f.router.reserve("one");
  f.router.fill("one", *place, frame("longer than three"));
  CHECK(f.take("one", outlet()) == "longer than three");
}

TEST_CASE("places count as messages, so that undecided ones cannot fill the memory", "[place]") {
  Engine f(2, 1'000);
  f.join("one");
  const auto first = f.router.reserve("one");
  const auto second = f.router.reserve("one");
  const auto third = f.router.reserve("one");
  CHECK(f.router.stats().queued_messages == 2);
  CHECK(f.router.stats().dropped == 1);
  SECTION("the oldest goes where nothing else is said") {
    f.router.fill("one", *first, frame("a"));
    f.router.fill("one", *second, frame("b"));
    f.router.fill("one", *third, frame("c"));
    CHECK(f.take("one", outlet()) == "b c");
  }
  SECTION("the message itself") {
    CHECK_FALSE(f.router.reserve("one", frame("x", {0ms, Overflow::drop_newest})));
    CHECK(f.router.stats().dropped == 2);
    CHECK(f.router.contains("one"));
  }
  SECTION("the session") {
    CHECK_FALSE(f.router.reserve("one", frame("x", {0ms, Overflow::disconnect})));
    CHECK_FALSE(f.router.contains("one"));
    f.router.fill("one", *second, frame("b"));
  }
}

TEST_CASE("what does not fit into its place gives way as the message says", "[place]") {
  Engine f(10, 4);
  f.join("one");
  f.publish(frame("aa"));
  const auto place = f.router.reserve("one");
  f.publish(frame("cc"));
  SECTION("the oldest") {
    f.router.fill("one", *place, frame("bb"));
    CHECK(f.take("one", outlet()) == "bb cc");
  }
  SECTION("the message, when it is the oldest itself") {
    CHECK(f.take("one", outlet()) == "aa");
    f.router.fill("one", *place, frame("bbb"));
    CHECK(f.take("one", outlet()) == "cc");
    CHECK(f.router.stats().dropped == 1);
    CHECK(f.router.stats().delivered == 2);
  }
  SECTION("the message") {
    f.router.fill("one", *place, frame("bb", {0ms, Overflow::drop_newest}));
    CHECK(f.take("one", outlet()) == "aa cc");
  }
  SECTION("the session") {
    f.router.fill("one", *place, frame("bb", {0ms, Overflow::disconnect}));
    CHECK_FALSE(f.router.contains("one"));
  }
  CHECK(f.router.stats().queued_messages == 0);
}

TEST_CASE("a place is not filled with what a later message of its key has replaced", "[place]") {
  Engine f;
  f.join("one");
  const auto place = f.router.reserve("one");
  f.publish(keyed("k2", "k"));
  f.router.fill("one", *place, keyed("k1", "k"));
  CHECK(f.router.stats().replaced == 1);
  CHECK(f.take("one", outlet()) == "k2");
}

TEST_CASE("filling a place that is gone changes nothing", "[place]") {
  Engine f(2, 1'000);
  f.join("one");
  const auto place = f.router.reserve("one");
  f.publish(keyed("k1", "k"));
  f.publish(frame("x"));
  f.router.fill("one", *place, keyed("k2", "k"));
  CHECK(f.router.stats().replaced == 0);
  CHECK(f.router.stats().delivered == 2);
  CHECK(f.take("one", outlet()) == "k1 x");
}
