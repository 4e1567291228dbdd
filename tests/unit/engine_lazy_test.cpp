#include <string>
#include <vector>

#include "engine_support.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::engine;
using namespace std::chrono_literals;
using bayeux::test::Engine;
using bayeux::test::frame;
using bayeux::test::lazy;
using bayeux::test::outlet;
using bayeux::test::wakes;

TEST_CASE("a lazy message wakes nobody and moves the deadline, and only to an earlier time", "[lazy]") {
  Engine f;
  f.join("one");
  const auto link = f.poll("one");
  const auto now = f.clock.now();
  CHECK(f.router.next_deadline() == now + 25s);
  f.publish(lazy("a", 1'000ms));
  CHECK(f.router.next_deadline() == now + 1s);
  f.publish(lazy("b", 5'000ms));
  CHECK(f.router.next_deadline() == now + 1s);
  f.publish(lazy("c", 500ms));
  CHECK(f.router.next_deadline() == now + 500ms);
  CHECK(wakes(*link) == 0);
  CHECK(f.router.stats().wakes == 0);
  CHECK_FALSE(f.router.ready("one", *link));
}

TEST_CASE("lazy messages leave with the next urgent one, in the order they came", "[lazy]") {
  Engine f;
  f.join("one");
  const auto link = f.poll("one");
  f.publish(lazy("a"));
  f.publish(frame("b"));
  f.publish(lazy("c"));
  CHECK(wakes(*link) == 1);
  CHECK(f.take("one", link) == "a b c");
  CHECK(f.router.next_deadline() == f.clock.now() + 10s);
}

TEST_CASE("a lazy message leaves when its time is up", "[lazy]") {
  Engine f;
  f.join("one");
  const auto link = f.poll("one");
  f.publish(lazy("a", 1'000ms));
  f.advance(999ms);
  CHECK(wakes(*link) == 0);
  f.advance(1ms);
  CHECK(wakes(*link) == 1);
  CHECK(f.take("one", link) == "a");
}

TEST_CASE("a lazy message leaves with the end of the hold", "[lazy]") {
  Engine f;
  f.join("one");
  const auto link = f.poll("one");
  f.publish(lazy("a", 60'000ms));
  f.advance(25s);
  CHECK(wakes(*link) == 1);
  CHECK(f.take("one", link) == "a");
}

TEST_CASE("a connect is held although lazy messages wait, and let go when their time is up", "[lazy]") {
  Engine f;
  f.join("one");
  f.publish(lazy("a", 1'000ms));
  f.advance(400ms);
  const auto link = outlet();
  CHECK(f.hold("one", link));
  CHECK(f.router.next_deadline() == f.clock.now() + 600ms);
  SECTION("then") {
    f.advance(600ms);
  }
  SECTION("at once, when it was up while nobody was there") {
    f.router.detach("one", link);
    f.advance(2s);
    CHECK(f.hold("one", link));
    f.advance(0ms);
  }
  CHECK(wakes(*link) == 1);
  CHECK(f.take("one", link) == "a");
}

TEST_CASE("on a lasting connection a lazy message is sent when its time is up", "[lazy]") {
  Engine f;
  const auto link = outlet(true);
  f.join("one");
  f.router.attach("one", link);
  CHECK_FALSE(f.router.next_deadline());
  f.publish(lazy("a", 1'000ms));
  CHECK(f.router.next_deadline() == f.clock.now() + 1s);
  CHECK_FALSE(f.router.ready("one", *link));
  SECTION("by itself") {
    f.advance(1s);
    CHECK(wakes(*link) == 1);
    CHECK(f.router.ready("one", *link));
    CHECK(f.take("one", link) == "a");
  }
  SECTION("or with an urgent one before that") {
    f.publish(frame("b"));
    CHECK(f.take("one", link) == "a b");
  }
  CHECK_FALSE(f.router.next_deadline());
  CHECK(f.router.contains("one"));
}

TEST_CASE("a connect that is held over a lasting connection keeps its time", "[lazy]") {
  Engine f;
  const auto link = outlet(true);
  f.join("one");
  f.router.attach("one", link);
  CHECK(f.hold("one", link));
  f.publish(lazy("a", 1'000ms));
  f.advance(1s);
  CHECK(f.take("one", link) == "a");
  CHECK(f.router.next_deadline() == f.clock.now() + 24s);
}

TEST_CASE("a lazy message whose time is up during a batch leaves with the batch", "[lazy]") {
  Engine f;
  f.join("one");
  const auto link = f.poll("one");
  f.router.begin_batch("one");
  f.publish(lazy("a", 1'000ms));
  f.advance(2s);
  CHECK(wakes(*link) == 0);
  f.router.end_batch("one");
  CHECK(wakes(*link) == 1);
  CHECK(f.take("one", link) == "a");
}

TEST_CASE("the end of a batch wakes nobody for lazy messages", "[lazy]") {
  Engine f;
  f.join("one");
  const auto link = f.poll("one");
  f.router.begin_batch_of_all();
  f.router.begin_batch("one");
  f.publish(lazy("a"));
  f.router.end_batch("one");
  f.router.end_batch_of_all();
  CHECK(wakes(*link) == 0);
}

TEST_CASE("a lazy message waits for company again once the urgent ones have gone", "[lazy]") {
  Engine f;
  f.join("one");
  f.publish(frame("a"));
  CHECK(f.take("one", outlet()) == "a");
  const auto link = f.poll("one");
  f.publish(lazy("b"));
  CHECK(wakes(*link) == 0);
}

TEST_CASE("what was urgent and has been given up or replaced presses no more", "[lazy]") {
  Engine f;
  f.join("one");
  SECTION("given up") {
    const auto place = f.router.reserve("one");
    REQUIRE(place);
    f.publish(frame("a"));
    f.router.publish({Name("/a")}, test::keyed("b", "k"), "", false);
    f.router.fill("one", *place, {});
    f.take("one", outlet());
    const auto second = f.router.reserve("one");
    f.publish(frame("c"));
    f.take("one", outlet());
    f.router.fill("one", *second, {});
    CHECK(f.take("one", outlet()) == "c");
    const auto third = f.router.reserve("one");
    f.take("one", outlet());
    f.router.fill("one", *third, {});
  }
  SECTION("replaced") {
    f.publish(test::keyed("a", "k"));
    f.publish(frame("b", {1'000ms, Overflow::drop_oldest, "k"}));
  }
  const auto link = outlet();
  CHECK(f.hold("one", link));
  f.publish(lazy("z"));
  CHECK(wakes(*link) == 0);
}

TEST_CASE("a lazy publish to ten thousand held connects wakes none of them", "[lazy]") {
  Engine f(4);
  std::vector<std::shared_ptr<Outlet>> links;
  for (int i = 0; i < 10'000; ++i) {
    const auto id = std::to_string(i);
    f.join(id);
    links.push_back(f.poll(id));
  }
  const auto now = f.clock.now();
  f.publish(lazy("a", 1'000ms));
  CHECK(f.router.stats().wakes == 0);
  CHECK(f.router.stats().delivered == 10'000);
  CHECK(f.router.next_deadline() == now + 1s);
  f.advance(1s);
  CHECK(f.router.stats().wakes == 10'000);
  CHECK(f.take("77", links[77]) == "a");
}
