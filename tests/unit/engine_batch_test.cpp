#include <string>
#include <vector>

#include "engine_support.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::engine;
using namespace std::chrono_literals;
using bayeux::test::Engine;
using bayeux::test::frame;
using bayeux::test::outlet;
using bayeux::test::texts;
using bayeux::test::wakes;

TEST_CASE("all of a batch leaves together when the last of those open ends", "[batch]") {
  Engine f;
  f.join("one");
  f.join("two");
  const auto link = f.poll("one");
  const auto other = f.poll("two");
  f.router.begin_batch("one");
  f.router.begin_batch_of_all();
  f.router.begin_batch("one");
  for (const char* text : {"a", "b", "c"}) f.publish(frame(text));
  f.router.end_batch("one");
  SECTION("that of one client ends last") {
    f.router.end_batch_of_all();
    CHECK(wakes(*other) == 1);
    CHECK(wakes(*link) == 0);
    f.router.end_batch("one");
  }
  SECTION("that of all ends last") {
    f.router.end_batch("one");
    CHECK(wakes(*other) == 0);
    CHECK(wakes(*link) == 0);
    f.router.end_batch_of_all();
  }
  CHECK(wakes(*link) == 1);
  CHECK(f.take("one", link) == "a b c");
  CHECK(f.take("two", other) == "a b c");
}

TEST_CASE("a batch of one client holds nothing back from others", "[batch]") {
  Engine f;
  f.join("one");
  f.join("two");
  const auto other = f.poll("two");
  f.router.begin_batch("one");
  f.publish(frame("a"));
  CHECK(wakes(*other) == 1);
  CHECK(f.take("one", outlet()).empty());
  f.router.end_batch("one");
  CHECK(f.take("one", outlet()) == "a");
}

TEST_CASE("batches of all nest, over all shards", "[batch]") {
  Engine f(8);
  std::vector<std::shared_ptr<Outlet>> links;
  for (int i = 0; i < 20; ++i) {
    f.join(std::to_string(i));
    links.push_back(f.poll(std::to_string(i)));
  }
  f.router.begin_batch_of_all();
  f.router.begin_batch_of_all();
  f.publish(frame("a"));
  f.router.end_batch_of_all();
  f.publish(frame("b"));
  CHECK(f.router.stats().wakes == 0);
  f.router.end_batch_of_all();
  CHECK(f.router.stats().wakes == 20);
  for (int i = 0; i < 20; ++i) CHECK(f.take(std::to_string(i), links[static_cast<std::size_t>(i)]) == "a b");
}

TEST_CASE("a connect that comes during a batch is held, and let go with what was queued before", "[batch]") {
  Engine f;
  f.join("one");
  f.publish(frame("before"));
  const bool all = GENERATE(false, true);
  if (all) f.router.begin_batch_of_all();
  if (!all) f.router.begin_batch("one");
  const auto link = outlet();
  CHECK(f.hold("one", link));
  if (GENERATE(false, true)) f.publish(frame("during"));
  CHECK(wakes(*link) == 0);
  if (all) f.router.end_batch_of_all();
  if (!all) f.router.end_batch("one");
  CHECK(wakes(*link) == 1);
  CHECK(f.take("one", link).substr(0, 6) == "before");
}

TEST_CASE("a held connect whose time is up during a batch is answered without", "[batch]") {
  Engine f;
  f.join("one");
  const auto link = f.poll("one");
  f.router.begin_batch("one");
  f.publish(frame("a"));
  f.advance(25s);
  const auto taken = f.router.take("one", *link, 1'000, true);
  CHECK(taken.connect == Outlet::Connect::released);
  CHECK(taken.events.empty());
  f.router.end_batch("one");
  const auto next = outlet();
  CHECK_FALSE(f.hold("one", next));
  CHECK(f.take("one", next) == "a");
}

TEST_CASE("a session may end in the middle of a batch", "[batch]") {
  Engine f;
  for (const char* id : {"one", "two", "three"}) f.join(id);
  const auto first = f.poll("one");
  const auto second = f.poll("two");
  f.router.begin_batch_of_all();
  f.router.begin_batch("one");
  f.publish(frame("a"));
  f.router.remove("one", Removal::kicked, frame("bye"), nullptr);
  f.router.remove("three", Removal::kicked, {}, nullptr);
  CHECK(f.take("one", first) == "a bye");
  CHECK(wakes(*second) == 0);
  f.router.end_batch("one");
  f.router.end_batch_of_all();
  CHECK(wakes(*second) == 1);
  CHECK(f.router.stats().queued_messages == 1);
}

TEST_CASE("a lasting connection that was woken before a batch began is woken again when it ends", "[batch]") {
  Engine f;
  f.join("one");
  const auto link = outlet(true);
  f.router.attach("one", link);
  f.publish(frame("a"));
  CHECK(wakes(*link) == 1);
  SECTION("by a batch of the client") {
    f.router.begin_batch("one");
    CHECK_FALSE(f.router.ready("one", *link));
    f.router.end_batch("one");
  }
  SECTION("by a batch of all, looked at or answered with replies meanwhile") {
    f.router.begin_batch_of_all();
    if (GENERATE(false, true)) CHECK(f.take("one", link).empty());
    CHECK_FALSE(f.router.ready("one", *link));
    if (GENERATE(false, true)) f.publish(frame("b"));
    f.router.end_batch_of_all();
  }
  SECTION("by a request whose response will carry it") {
    f.router.begin_request("one");
    CHECK_FALSE(f.router.ready("one", *link));
    f.router.end_request("one");
  }
  CHECK(wakes(*link) == 2);
  CHECK(f.router.ready("one", *link));
  CHECK(f.take("one", link).substr(0, 1) == "a");
}

TEST_CASE("what was there before a batch of all is not forgotten when only replies left meanwhile", "[batch]") {
  Engine f;
  f.join("one");
  const auto link = outlet(true);
  f.router.attach("one", link);
  f.publish(frame("a"));
  f.router.begin_batch_of_all();
  CHECK(f.take("one", link).empty());
  f.router.end_batch_of_all();
  CHECK(wakes(*link) == 2);
  CHECK(f.take("one", link) == "a");
}

TEST_CASE("on a lasting connection nothing leaves during a batch, not even with replies", "[batch]") {
  Engine f;
  f.join("one");
  const auto link = outlet(true);
  f.router.attach("one", link);
  f.router.begin_batch_of_all();
  f.publish(frame("a"));
  CHECK(f.take("one", link).empty());
  f.router.end_batch_of_all();
  CHECK(wakes(*link) == 1);
  CHECK(f.take("one", link) == "a");
}

TEST_CASE("any number of batches may be open at once", "[batch]") {
  Engine f;
  f.join("one");
  const auto link = f.poll("one");
  constexpr int many = 70'000;
  for (int i = 0; i < many; ++i) f.router.begin_batch("one");
  f.publish(frame("a"));
  for (int i = 0; i < many - 1; ++i) f.router.end_batch("one");
  CHECK(wakes(*link) == 0);
  f.router.end_batch("one");
  CHECK(wakes(*link) == 1);
}
