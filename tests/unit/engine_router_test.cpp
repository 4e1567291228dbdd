#include <string>
#include <vector>

#include "engine/router.hpp"
#include "engine_support.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::engine;
using namespace std::chrono_literals;
using bayeux::test::Engine;
using bayeux::test::frame;
using bayeux::test::ManualClock;
using bayeux::test::outlet;
using bayeux::test::texts;
using bayeux::test::wakes;

namespace {

struct Fixture : Engine {
  explicit Fixture(std::size_t shards = 8) : Engine(shards) {}

  std::vector<std::string> gone() const {
    std::vector<std::string> ids;
    for (const auto& session : removed) ids.push_back(session.id);
    return ids;
  }
};

}  // namespace

TEST_CASE("what names an unknown client says so, whatever it is", "[router]") {
  Fixture f;
  Changed changed;
  CHECK_FALSE(f.router.contains("x"));
  CHECK(f.router.touch("x", nullptr) == Touch::unknown);
  CHECK(f.router.subscribe("x", {"/a"}, {}, changed) == Change::session_unknown);
  CHECK(f.router.unsubscribe("x", {"/a"}, changed) == Change::session_unknown);
  CHECK_FALSE(f.router.deliver("x", frame("a")));
  CHECK_FALSE(f.router.begin_connect("x", outlet()));
  CHECK_FALSE(f.router.begin_poll("x", nullptr, outlet()));
  CHECK_FALSE(f.router.remove("x", Removal::kicked, {}, nullptr));
  f.router.attach("x", outlet(true));
  f.router.end_batch("x");
  f.router.end_request("x");
  CHECK_FALSE(f.router.begin_batch("x"));
  CHECK_FALSE(f.router.reserve("x"));
  f.router.fill("x", 0, frame("a"));
  CHECK_FALSE(f.router.hold("x", outlet(), {1'000ms, 0ms, nullptr}));
  CHECK_FALSE(f.router.end_connect("x", outlet(), 0ms));
  CHECK_FALSE(f.router.acknowledge("x", 0));
  CHECK(f.router.check_room("x", {"/a"}) == Change::session_unknown);
  CHECK_FALSE(f.router.is_subscribed("x", "/a"));
  CHECK(f.router.waiting("x").messages == 0);
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
  CHECK(f.gone() == std::vector<std::string>{"one"});
  CHECK(f.router.open("three", ""));
}

TEST_CASE("subscribers are counted over all shards", "[router]") {
  Fixture f;
  Changed changed;
  for (int i = 0; i < 40; ++i) {
    const auto id = std::to_string(i);
    f.router.open(id, "");
    f.router.subscribe(id, {"/a"}, {}, changed);
  }
  CHECK(f.router.subscribers("/a") == 40);
  f.router.publish({Name("/a")}, frame("x"), "7", false);
  CHECK(f.router.stats().delivered == 39);
  CHECK(f.router.stats().published == 1);
}

TEST_CASE("a subscription is marked with the number of the first event that it may let in", "[router]") {
  Fixture f;
  Changed changed;
  f.router.open("one", "");
  f.router.deliver("one", frame("a"));
  f.router.deliver("one", frame("b"));
  f.router.subscribe("one", {"/a", "/b"}, {}, changed);
  CHECK(changed.mark == 2);
  CHECK(changed.names == std::vector<std::string>{"/a", "/b"});
  const auto link = outlet();
  const auto taken = f.router.take("one", *link, 1, true);
  REQUIRE(taken.events.size() == 1);
  CHECK(taken.events[0].number == 0);
  CHECK(f.router.take("one", *link, 1, true).events[0].number == 1);
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
  REQUIRE(taken.events.size() == 1);
  CHECK(taken.events[0].number == 3);
  CHECK(taken.events[0].frame.text() == "last");
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
  f.router.alarm().set([&] { ++rings; });
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
  CHECK(f.gone() == std::vector<std::string>{"one"});
  CHECK(f.router.contains("two"));
  CHECK(f.router.stats().clients == 1);
}

TEST_CASE("whoever is told that a client has gone may use the router", "[router]") {
  struct Heir final : Observer {
    void session_removed(const Effects::Removed& session) override {
      CHECK_FALSE(router->contains(session.id));
      CHECK(session.names == std::vector<std::string>{"/a"});
      router->open("heir of " + session.id, "");
    }
    void names_emptied(const std::vector<std::string>& names) override {
      CHECK(names == std::vector<std::string>{"/a"});
      CHECK(router->subscribers("/a") == 0);
    }
    void queue_full(const std::string&) override {}
    void over_total(std::uint64_t) override {}
    void connect_released(const std::string&) override {}
    Router* router = nullptr;
  };
  Config config;
  config.shards = 1;
  const ManualClock clock;
  Heir heir;
  Router router(config, clock, heir);
  heir.router = &router;
  Changed changed;
  router.open("one", "");
  router.subscribe("one", {"/a"}, {}, changed);
  router.remove("one", Removal::kicked, {}, nullptr);
  CHECK(router.contains("heir of one"));
}

TEST_CASE("subscriptions say what was new, and whether there is room", "[router]") {
  Fixture f;
  f.config.max_subscriptions = 2;
  f.router.open("one", "");
  Changed first;
  CHECK(f.router.check_room("one", {"/a", "/b"}) == Change::done);
  f.router.subscribe("one", {"/a", "/b"}, {}, first);
  CHECK(f.router.check_room("one", {"/a", "/b"}) == Change::done);
  CHECK(f.router.check_room("one", {"/c"}) == Change::too_many);
  Changed again;
  f.router.subscribe("one", {"/b"}, {}, again);
  CHECK(again.names.empty());
  CHECK(f.router.is_subscribed("one", "/b"));
  Changed gone;
  f.router.unsubscribe("one", {"/b", "/c"}, gone);
  CHECK(gone.names == std::vector<std::string>{"/b"});
  CHECK(f.emptied == std::vector<std::string>{"/b"});
  CHECK_FALSE(f.router.is_subscribed("one", "/b"));
}

TEST_CASE("the first state of a subscription is marked as coming behind its reply", "[router]") {
  Fixture f;
  f.router.open("one", "");
  f.router.deliver("one", frame("older"));
  Changed changed;
  f.router.subscribe("one", {"/a"}, frame("state"), changed);
  f.router.publish({Name("/a")}, frame("later"), "", false);
  CHECK(changed.mark == 1);
  CHECK(texts(f.router.take("one", *outlet(), 1'000, true).events) == "older state later");
}

TEST_CASE("who is to have a message of their own is named instead of served", "[router]") {
  Fixture f;
  for (const char* id : {"one", "two", "three"}) f.join(id);
  f.router.set_personal("two", true);
  CHECK(f.router.publish({Name("/a")}, frame("x"), "three", false) == std::vector<std::string>{"two"});
  CHECK(f.router.publish({Name("/a")}, frame("x"), "three", true).size() == 2);
  CHECK(f.take("one", outlet()) == "x");
  CHECK(f.take("two", outlet()).empty());
  CHECK(f.router.stats().delivered == 1);
}

TEST_CASE("a lasting connection that passes to another client brings no connect along", "[router]") {
  Fixture f;
  const auto link = outlet(true);
  f.join("one");
  f.join("two");
  f.router.attach("one", link);
  f.router.begin_connect("one", link);
  f.router.end_connect("one", link, 0ms);
  SECTION("from one that lives on") {}
  SECTION("from one that has ended") {
    f.router.remove("one", Removal::kicked, {}, nullptr);
  }
  f.router.detach("one", link);
  f.router.attach("two", link);
  CHECK_FALSE(f.router.ready("two", *link));
  CHECK(f.router.take("two", *link, 1'000, true).connect == Outlet::Connect::none);
}

TEST_CASE("connects that are let go are told to whoever watches", "[router]") {
  Fixture f;
  f.join("one");
  f.poll("one");
  f.publish(frame("a"));
  CHECK(f.released.empty());
  f.router.watch_connects();
  const auto link = f.poll("one");
  f.take("one", link);
  f.poll("one");
  f.advance(25s);
  CHECK(f.released == std::vector<std::string>{"one"});
}

TEST_CASE("a poll begins only where there is nothing to tell, and otherwise nothing is done", "[router]") {
  Fixture f;
  f.router.open("one", "b");
  const auto before = f.router.next_deadline();
  const std::string own = "b";
  CHECK_FALSE(f.router.begin_poll("one", &own, outlet()));
  CHECK(f.router.next_deadline() == before);

  const auto first = outlet();
  f.router.begin_connect("one", first);
  f.router.end_connect("one", first, 0ms, true);
  CHECK_FALSE(f.router.begin_poll("one", &own, outlet()));
  CHECK(f.router.next_deadline() == before);

  f.router.begin_connect("one", first);
  f.router.hold("one", first, {1'000ms, 0ms, nullptr});
  const auto held_until = f.router.next_deadline();
  const std::string foreign = "c";
  CHECK(f.router.touch("one", &own) == Touch::known);
  CHECK_FALSE(f.router.begin_poll("one", &foreign, outlet()));
  CHECK(f.router.next_deadline() == held_until);
  CHECK(wakes(*first) == 0);

  CHECK(f.router.begin_poll("one", &own, outlet()));
  CHECK_FALSE(f.router.next_deadline());
  CHECK(wakes(*first) == 1);
  CHECK(f.router.take("one", *first, 1, true).connect == Outlet::Connect::superseded);
}

TEST_CASE("wherever a publish begins it reaches everybody once", "[router]") {
  for (const std::size_t shards : {1U, 5U, 8U, 16U}) {
    Fixture f(shards);
    std::vector<std::string> ids;
    for (int i = 0; i < 100; ++i) ids.push_back("client" + std::to_string(i));
    for (const auto& id : ids) {
      f.router.open(id, "");
      Changed changed;
      f.router.subscribe(id, {"/a"}, {}, changed);
    }
    for (int i = 0; i < 20; ++i) f.router.publish({Name("/a")}, frame(std::to_string(i)), {}, false);
    for (const auto& id : ids) {
      CHECK(texts(f.router.take(id, *outlet(), 1'000, true).events) ==
            "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19");
    }
  }
}

TEST_CASE("no session begins once all are leaving", "[router]") {
  Engine f(4);
  f.router.open("before", "");
  f.router.begin_leaving(1'000ms);
  CHECK_FALSE(f.router.open("after", ""));
  CHECK(f.router.sessions() == 1);
}
