#include <string>
#include <vector>

#include "engine/router.hpp"
#include "support/catch.hpp"
#include "support/talk.hpp"

using namespace bayeux;
using namespace bayeux::engine;
using namespace std::chrono_literals;
using bayeux::test::CountingCarrier;
using bayeux::test::ManualClock;

namespace {

struct Fixture {
  explicit Fixture(std::size_t shards = 8) { config.shards = shards; }

  Config config;
  ManualClock clock;
  std::vector<std::string> removed;
  Router router{config, clock, [this](const std::string& id, Removal) { removed.push_back(id); }};
};

Frame frame(const std::string& text) {
  return {text, Frame::Kind::event};
}

std::shared_ptr<Outlet> outlet(bool duplex = false) {
  return std::make_shared<Outlet>(std::make_shared<CountingCarrier>(), duplex);
}

}  // namespace

TEST_CASE("what names an unknown client says so, whatever it is", "[router]") {
  Fixture f;
  std::uint64_t mark = 0;
  CHECK_FALSE(f.router.contains("x"));
  CHECK_FALSE(f.router.touch("x", nullptr));
  CHECK(f.router.subscribe("x", {"/a"}, mark) == Change::session_unknown);
  CHECK(f.router.unsubscribe("x", {"/a"}) == Change::session_unknown);
  CHECK_FALSE(f.router.deliver("x", frame("a")));
  CHECK_FALSE(f.router.begin_connect("x", outlet()));
  CHECK_FALSE(f.router.remove("x", Removal::kicked, {}, nullptr));
  f.router.attach("x", outlet(true));
  f.router.end_batch("x");
  CHECK_FALSE(f.router.next_deadline());
}

TEST_CASE("an id is opened once, and no more than the limit are", "[router]") {
  Fixture f;
  f.config.max_sessions = 2;
  CHECK(f.router.open("one", ""));
  CHECK_FALSE(f.router.open("one", ""));
  CHECK(f.router.stats().clients == 1);
  CHECK(f.router.open("two", ""));
  CHECK_FALSE(f.router.open("three", ""));
  f.router.remove("one", Removal::kicked, {}, nullptr);
  CHECK(f.removed == std::vector<std::string>{"one"});
  CHECK(f.router.open("three", ""));
}

TEST_CASE("subscribers are counted over all shards", "[router]") {
  Fixture f;
  std::uint64_t mark = 0;
  for (int i = 0; i < 40; ++i) {
    const auto id = std::to_string(i);
    f.router.open(id, "");
    f.router.subscribe(id, {"/a"}, mark);
  }
  CHECK(f.router.subscribers("/a") == 40);
  f.router.publish({Name("/a")}, frame("x"), "7");
  CHECK(f.router.stats().delivered == 39);
  CHECK(f.router.stats().published == 1);
}

TEST_CASE("a subscription is marked with the number of the first event that it may let in", "[router]") {
  Fixture f;
  std::uint64_t mark = 0;
  f.router.open("one", "");
  f.router.deliver("one", frame("a"));
  f.router.deliver("one", frame("b"));
  f.router.subscribe("one", {"/a"}, mark);
  CHECK(mark == 2);
  const auto link = outlet();
  const auto taken = f.router.take("one", *link, 1, true);
  CHECK(taken.first == 0);
  CHECK(taken.events.size() == 1);
  CHECK(f.router.take("one", *link, 1, true).first == 1);
}

TEST_CASE("what was queued when a session ended keeps its numbers", "[router]") {
  Fixture f;
  f.router.open("one", "");
  const auto link = outlet();
  for (int i = 0; i < 3; ++i) f.router.deliver("one", frame("a"));
  f.router.take("one", *link, 1000, true);
  f.router.deliver("one", frame("last"));
  f.router.remove("one", Removal::disconnect, {}, link);
  const auto taken = f.router.take("one", *link, 1000, true);
  CHECK(taken.first == 3);
  REQUIRE(taken.events.size() == 1);
  CHECK(taken.events[0].text() == "last");
}

TEST_CASE("events are taken up to a number of bytes, but one at least, and none where none may ride", "[router]") {
  Fixture f;
  f.router.open("one", "");
  for (const char* text : {"aaa", "bbb", "ccc"}) f.router.deliver("one", frame(text));
  const auto link = outlet();
  CHECK(f.router.take("one", *link, 1000, false).events.empty());
  CHECK(f.router.take("one", *link, 6, true).events.size() == 2);
  CHECK(f.router.take("one", *link, 0, true).events.size() == 1);
  CHECK(f.router.take("one", *link, 1000, true).events.empty());
}

TEST_CASE("the next deadline is the earliest of all shards, and the alarm rings for an earlier one", "[router]") {
  Fixture f;
  int rings = 0;
  f.router.set_alarm([&] { ++rings; });
  f.router.open("one", "");
  const auto link = outlet();
  CHECK(rings == 1);
  CHECK(f.router.next_deadline() == f.clock.now() + 10s);
  f.router.begin_connect("one", link);
  f.router.hold("one", link, {25'000ms, 0ms, nullptr});
  CHECK(rings == 1);
  CHECK(f.router.next_deadline() == f.clock.now() + 25s);
  f.router.open("two", "");
  CHECK(rings == 2);
  f.router.open("three", "");
  CHECK(rings == 2);
  CHECK(f.router.next_deadline() == f.clock.now() + 10s);
}

TEST_CASE("running what is due ends what is over and nothing else", "[router]") {
  Fixture f;
  f.router.open("one", "");
  f.clock.advance(5s);
  f.router.open("two", "");
  f.clock.advance(5s);
  f.router.run_due();
  CHECK(f.removed == std::vector<std::string>{"one"});
  CHECK(f.router.contains("two"));
  CHECK(f.router.stats().clients == 1);
}

TEST_CASE("whoever is told that a client has gone may use the router", "[router]") {
  Config config;
  config.shards = 1;
  const ManualClock clock;
  Router* self = nullptr;
  Router router(config, clock, [&](const std::string& id, Removal) {
    CHECK_FALSE(self->contains(id));
    self->open("heir of " + id, "");
  });
  self = &router;
  router.open("one", "");
  router.remove("one", Removal::kicked, {}, nullptr);
  CHECK(router.contains("heir of one"));
}
