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
using bayeux::test::outlet;
using bayeux::test::wakes;

namespace {

Frame with(Overflow overflow, const std::string& text) {
  return frame(text, {0ms, overflow});
}

}  // namespace

TEST_CASE("drop_oldest lets the oldest go, and says once that the queue is full", "[overflow]") {
  Engine f(3, 1'000);
  f.join("one");
  for (const char* text : {"a", "b", "c", "d", "e"}) f.publish(with(Overflow::drop_oldest, text));
  CHECK(f.full == std::vector<std::string>{"one"});
  CHECK(f.router.stats().dropped == 2);
  CHECK(f.router.stats().queued_messages == 3);
  CHECK(f.take("one", outlet()) == "c d e");
  for (const char* text : {"a", "b", "c", "d"}) f.publish(frame(text));
  CHECK(f.full.size() == 2);
}

TEST_CASE("drop_newest lets the message go", "[overflow]") {
  Engine f(3, 1'000);
  f.join("one");
  for (const char* text : {"a", "b", "c", "d", "e"}) f.publish(with(Overflow::drop_newest, text));
  CHECK(f.full.size() == 1);
  CHECK(f.router.stats().dropped == 2);
  CHECK(f.router.stats().delivered == 3);
  CHECK(f.take("one", outlet()) == "a b c");
}

TEST_CASE("disconnect ends the session, and what it could not take in time is not thrown after it", "[overflow]") {
  Engine f(2, 1'000);
  f.join("one");
  f.join("two");
  f.router.begin_batch("one");
  const auto link = f.poll("one");
  for (const char* text : {"a", "b", "c"}) f.router.deliver("one", with(Overflow::disconnect, text));
  CHECK(f.full == std::vector<std::string>{"one"});
  REQUIRE(f.removed.size() == 1);
  CHECK(f.removed[0].id == "one");
  CHECK(f.removed[0].why == Removal::queue);
  CHECK(f.removed[0].names == std::vector<std::string>{"/a"});
  CHECK(f.router.stats().expelled == 1);
  // Two that waited are never sent, and the third found no room.
  CHECK(f.router.stats().abandoned == 2);
  CHECK(f.router.stats().dropped == 1);
  CHECK(f.router.stats().queued_messages == 0);
  const auto taken = f.router.take("one", *link, 1'000, true);
  CHECK(wakes(*link) == 1);
  CHECK(taken.connect == Outlet::Connect::released);
  CHECK(taken.ended == Removal::queue);
  CHECK(taken.events.empty());
  CHECK(f.router.contains("two"));
}

TEST_CASE("the policy of the message that does not fit counts, not that of those in the queue", "[overflow]") {
  Engine f(2, 1'000);
  f.join("one");
  f.publish(with(Overflow::drop_newest, "a"));
  f.publish(with(Overflow::disconnect, "b"));
  f.publish(with(Overflow::drop_oldest, "c"));
  CHECK(f.take("one", outlet()) == "b c");
}

TEST_CASE("bytes are limited too, and one message always fits", "[overflow]") {
  Engine f(100, 5);
  f.join("one");
  f.publish(frame("aa"));
  f.publish(frame("bb"));
  f.publish(frame("cc"));
  CHECK(f.router.waiting("one").bytes == 4);
  f.publish(frame("longer than five"));
  CHECK(f.take("one", outlet()) == "longer than five");
  f.publish(with(Overflow::disconnect, "longer than five"));
  CHECK(f.take("one", outlet()) == "longer than five");
}

TEST_CASE("many are expelled while a publish walks the list, and everybody else gets it", "[overflow]") {
  Engine f(1, 1'000);
  std::vector<std::shared_ptr<Outlet>> links;
  for (int i = 0; i < 100; ++i) {
    const auto id = std::to_string(i);
    f.join(id);
    Changed changed;
    f.router.subscribe(id, {"/**"}, {}, changed);
    if (i % 3 == 0) f.router.deliver(id, frame("x"));
    links.push_back(i % 3 == 0 ? nullptr : f.poll(id));
  }
  f.publish(with(Overflow::disconnect, "a"));
  CHECK(f.removed.size() == 34);
  CHECK(f.router.stats().clients == 66);
  CHECK(f.router.subscribers("/a") == 66);
  CHECK(f.router.stats().queued_messages == 66);
  for (int i = 0; i < 100; ++i) {
    if (i % 3 != 0) CHECK(f.take(std::to_string(i), links[static_cast<std::size_t>(i)]) == "a");
  }
}

TEST_CASE("only the latest of a key stays, in its own place, whatever else waits", "[overflow]") {
  Engine f;
  f.join("one");
  f.publish(keyed("k1", "k"));
  f.publish(keyed("m1", "m"));
  f.publish(frame("x"));
  f.publish(keyed("k2", "k"));
  f.publish(keyed("k3", "k"));
  CHECK(f.router.stats().replaced == 2);
  CHECK(f.router.stats().queued_messages == 3);
  CHECK(f.take("one", outlet()) == "m1 x k3");
  f.publish(keyed("k4", "k"));
  CHECK(f.take("one", outlet()) == "k4");
  CHECK(f.router.stats().replaced == 2);
}

TEST_CASE("the latest of a key needs no room of its own", "[overflow]") {
  Engine f(2, 6);
  f.join("one");
  f.publish(keyed("k1", "k"));
  f.publish(frame("x"));
  const auto overflow = GENERATE(Overflow::drop_oldest, Overflow::drop_newest, Overflow::disconnect);
  f.publish(keyed("k2", "k", overflow));
  CHECK(f.router.stats().dropped == 0);
  CHECK(f.full.empty());
  CHECK(f.take("one", outlet()) == "x k2");
}

TEST_CASE("a later one of a key that does not fit leaves the earlier one there", "[overflow]") {
  Engine f(3, 6);
  f.join("one");
  f.publish(keyed("k1", "k"));
  f.publish(frame("xxx"));
  f.publish(keyed("k2 is long", "k", Overflow::drop_newest));
  CHECK(f.router.stats().dropped == 1);
  CHECK(f.router.stats().replaced == 0);
  CHECK(f.take("one", outlet()) == "k1 xxx");
}

TEST_CASE("keys of what has given way are forgotten", "[overflow]") {
  Engine f(2, 1'000);
  f.join("one");
  f.publish(keyed("k1", "k"));
  f.publish(frame("x"));
  f.publish(frame("y"));
  f.publish(keyed("k2", "k"));
  CHECK(f.router.stats().replaced == 0);
  CHECK(f.take("one", outlet()) == "y k2");
}

TEST_CASE("a client that acknowledges loses nothing silently: its session ends", "[overflow]") {
  Engine f(3, 1'000);
  f.join("one");
  f.router.keep_until_acknowledged("one");
  const auto link = f.poll("one");
  f.router.begin_batch_of_all();
  for (const char* text : {"a", "b"}) f.publish(with(Overflow::drop_oldest, text));
  f.router.end_batch_of_all();
  CHECK(f.take("one", link) == "a b");
  CHECK(f.router.waiting("one").messages == 2);
  CHECK(f.router.stats().queued_messages == 2);
  f.publish(with(Overflow::drop_newest, "c"));
  CHECK(f.router.contains("one"));
  f.publish(with(Overflow::drop_newest, "d"));
  CHECK_FALSE(f.router.contains("one"));
  CHECK(f.router.stats().expelled == 1);
  CHECK(f.router.stats().dropped == 1);
  CHECK(f.router.stats().queued_messages == 0);
}
