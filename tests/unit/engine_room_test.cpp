// What all queues together may hold, and who gives way.
#include <limits>
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

namespace {

Config with_bytes(std::size_t most, std::size_t shards = 1) {
  Config config = Engine::with_shards(shards);
  config.max_total_bytes = most;
  return config;
}

Config with_messages(std::size_t most, std::size_t shards = 1) {
  Config config = Engine::with_shards(shards);
  config.max_total_messages = most;
  return config;
}

/// A message whose bytes count.
Frame counted(Engine& f, std::size_t size, Overflow overflow = Overflow::drop_oldest, char letter = 'x') {
  return frame(std::string(size, letter), {0ms, overflow, std::nullopt, f.router.bytes()});
}

}  // namespace

TEST_CASE("all queues together never hold more bytes than they may, however many of them are empty", "[room]") {
  Engine f(with_bytes(1'000, 4));
  std::size_t most = 0;
  for (int i = 0; i < 200; ++i) {
    const auto id = std::to_string(i);
    f.join(id);
    f.router.deliver(id, counted(f, 100));
    most = std::max(most, f.router.stats().queued_bytes);
  }
  CHECK(most <= 1'000);
  CHECK(most >= 700);
  CHECK(f.over == f.router.stats().dropped);
  CHECK(f.router.stats().dropped == 200 - f.router.stats().queued_messages);
}

TEST_CASE("one message that is larger than all queues may hold is lost, and nothing else is", "[room]") {
  Engine f(with_bytes(1'000));
  f.join("one");
  f.join("two");
  f.router.deliver("one", counted(f, 10));
  f.router.deliver("two", counted(f, 1'001));
  CHECK(f.router.waiting("two").messages == 0);
  CHECK(f.router.stats().dropped == 1);
  CHECK(f.over == 1);
  CHECK(f.router.waiting("one").messages == 1);
}

TEST_CASE("no more is cut than what comes needs", "[room]") {
  Engine f(with_bytes(1'000));
  for (const char* id : {"one", "two", "three"}) f.join(id);
  f.router.deliver("one", counted(f, 300));
  f.router.deliver("two", counted(f, 100));
  f.router.deliver("three", counted(f, 600));
  CHECK(f.router.stats().queued_bytes == 1'000);
  f.router.deliver("three", counted(f, 10));
  CHECK(f.router.waiting("three").messages == 1);
  CHECK(f.router.waiting("one").messages == 1);
}

TEST_CASE("a message as large as all queues may hold is queued, one byte more is not", "[room]") {
  const std::size_t size = GENERATE(999u, 1'000u, 1'001u);
  Engine f(with_bytes(1'000));
  f.join("one");
  f.router.deliver("one", counted(f, size));
  CHECK(f.router.waiting("one").messages == (size <= 1'000 ? 1 : 0));
}

TEST_CASE("who takes nothing cannot take the room of those who have little waiting", "[room]") {
  Engine f(with_bytes(100'000, 4));
  const auto overflow = GENERATE(Overflow::drop_oldest, Overflow::drop_newest, Overflow::disconnect);
  std::vector<std::string> small;
  for (int i = 0; i < 20; ++i) {
    small.push_back("small" + std::to_string(i));
    f.join(small.back());
    if (i % 2 == 0) f.router.keep_until_acknowledged(small.back());
    f.router.deliver(small.back(), counted(f, 100, overflow));
  }
  for (int i = 0; i < 4; ++i) f.join("hoarder" + std::to_string(i));
  for (int i = 0; i < 2'000; ++i) f.router.deliver("hoarder" + std::to_string(i % 4), counted(f, 500));
  for (const auto& id : small) f.router.deliver(id, counted(f, 100, overflow));
  for (const auto& id : small) CHECK(f.router.waiting(id).messages == 2);
  CHECK(f.router.stats().expelled == 0);
  CHECK(f.router.stats().queued_bytes <= 100'000);
}

TEST_CASE("where all have the same, no more of them are cut than need be", "[room]") {
  Engine f(with_bytes(1'000, 4));
  for (int i = 0; i < 76; ++i) {
    f.join(std::to_string(i));
    f.router.deliver(std::to_string(i), counted(f, 10));
  }
  CHECK(f.router.stats().queued_messages == 51);
  CHECK(f.over == 25);
  Engine g(with_messages(100));
  for (int i = 0; i < 76; ++i) {
    g.join(std::to_string(i));
    g.router.deliver(std::to_string(i), frame("x"));
  }
  CHECK(g.router.stats().queued_messages == 50);
}

TEST_CASE("the longest queues are cut first, the oldest of each, and that is said once for each", "[room]") {
  Engine f(with_bytes(1'000));
  f.join("long");
  f.join("short");
  f.router.deliver("short", counted(f, 50));
  for (char letter = 'a'; letter < 'h'; ++letter) {
    f.router.deliver("long", counted(f, 100, Overflow::drop_newest, letter));
  }
  CHECK(f.router.stats().dropped == 0);
  // 750 is three quarters: the one that comes does not see it, the next one does.
  f.router.deliver("long", counted(f, 100, Overflow::drop_newest, 'h'));
  CHECK(f.over == 2);
  CHECK(f.full == std::vector<std::string>{"long"});
  const auto left = f.take("long", outlet());
  CHECK(left.substr(left.size() - 100) == std::string(100, 'h'));
  CHECK(left.front() == 'f');
  CHECK(f.router.waiting("short").messages == 1);
}

TEST_CASE("a session for which nothing may be missed ends, when it is the longest", "[room]") {
  Engine f(with_bytes(1'000));
  const bool acknowledges = GENERATE(true, false);
  f.join("long");
  f.join("short");
  if (acknowledges) f.router.keep_until_acknowledged("long");
  f.router.deliver("short", counted(f, 50));
  const auto overflow = acknowledges ? Overflow::drop_oldest : Overflow::disconnect;
  for (int i = 0; i < 8; ++i) f.router.deliver("long", counted(f, 100, overflow));
  REQUIRE(f.removed.size() == 1);
  CHECK(f.removed[0].id == "long");
  CHECK(f.removed[0].why == Removal::queue);
  CHECK(f.router.waiting("short").messages == 1);
}

TEST_CASE("what a session has not acknowledged counts as its queue", "[room]") {
  Engine f(with_bytes(1'000));
  f.join("long");
  f.join("short");
  f.router.keep_until_acknowledged("long");
  for (int i = 0; i < 7; ++i) f.router.deliver("long", counted(f, 100));
  CHECK(f.answer("long", outlet()).size() == 706);
  f.router.deliver("short", counted(f, 100));
  CHECK_FALSE(f.router.contains("long"));
  CHECK(f.router.waiting("short").messages == 1);
}

TEST_CASE("what is on its way to slow peers counts, and while it fills everything messages are lost", "[room]") {
  Engine f(with_bytes(1'000));
  f.join("one");
  f.join("acknowledges");
  f.router.keep_until_acknowledged("acknowledges");
  auto on_its_way = counted(f, 950);
  f.router.deliver("one", counted(f, 100));
  f.router.deliver("acknowledges", counted(f, 100));
  CHECK(f.router.waiting("one").messages == 0);
  CHECK_FALSE(f.router.contains("acknowledges"));
  CHECK(f.over == 2);
  on_its_way = {};
  f.router.deliver("one", counted(f, 100));
  CHECK(f.router.waiting("one").messages == 1);
}

TEST_CASE("all queues together never hold more messages than they may, and empty ones find room", "[room]") {
  Engine f(with_messages(100));
  for (const char* id : {"long", "short", "empty"}) f.join(id);
  f.router.deliver("short", frame("x"));
  std::size_t most = 0;
  for (int i = 0; i < 1'000; ++i) {
    f.router.deliver("long", frame("x"));
    most = std::max(most, f.router.stats().queued_messages);
  }
  CHECK(most <= 100);
  CHECK(most >= 75);
  f.router.deliver("empty", frame("x"));
  CHECK(f.router.waiting("empty").messages == 1);
  CHECK(f.router.waiting("short").messages == 1);
  const auto stats = f.router.stats();
  CHECK(stats.dropped == 1'002 - stats.queued_messages);
}

TEST_CASE("a publish to more queues than may hold a message leaves the rest without", "[room]") {
  Engine f(with_messages(10));
  for (int i = 0; i < 30; ++i) f.join(std::to_string(i));
  f.publish(frame("x"));
  CHECK(f.over >= 20);
  CHECK(f.router.stats().queued_messages <= 10);
}

TEST_CASE("no limit to the messages of all is none", "[room]") {
  const std::size_t shards = GENERATE(1u, 2u, 64u);
  Engine f(with_messages(std::numeric_limits<std::size_t>::max(), shards));
  f.join("one");
  for (int i = 0; i < 100; ++i) f.router.deliver("one", frame("x"));
  CHECK(f.router.waiting("one").messages == 100);
}

TEST_CASE("a session that is to go when it has been answered can be cut too", "[room]") {
  Engine f(with_bytes(1'000));
  f.join("one");
  f.router.deliver("one", counted(f, 600));
  f.router.deliver("one", counted(f, 100));
  f.router.begin_leaving(0ms);
  f.advance(50ms);
  f.join("two");
  f.router.deliver("two", counted(f, 100));
  CHECK(f.router.stats().queued_bytes <= 500);
}

TEST_CASE("a key is kept once, however many queues it is in", "[room]") {
  Engine f;
  f.join("one");
  f.join("two");
  const std::string key(100'000, 'k');
  const Frame first = frame("a", {0ms, Overflow::drop_oldest, key, f.router.bytes()});
  CHECK(f.router.stats().queued_bytes == 100'001);
  f.publish(first);
  f.publish(frame("b", {0ms, Overflow::drop_oldest, key, f.router.bytes()}));
  CHECK(f.router.stats().queued_bytes == 200'002);
  CHECK(f.router.stats().replaced == 2);
  CHECK(f.take("one", outlet()) == "b");
  CHECK(f.take("two", outlet()) == "b");
}
