#include <memory>
#include <string>

#include "engine/shard.hpp"
#include "engine_support.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::engine;
using namespace std::chrono_literals;
using bayeux::test::frame;
using bayeux::test::outlet;

namespace {

constexpr Time start{std::chrono::hours(1)};

Publication publication(const std::string& name, std::uint64_t number, std::string_view excluded = {}) {
  return {{Name("/**"), Name(name)}, frame("event"), number, excluded};
}

/// A shard with one session that has connected.
struct Fixture {
  Config config;
  Common common{config};
  Shard shard{common, 0};
  Effects effects{start};
  Session& session = shard.add("one", "", effects);
  std::shared_ptr<Outlet> link = outlet();

  Fixture() { connect(outlet()); }

  void connect(const std::shared_ptr<Outlet>& over) {
    shard.begin_connect(session, over, false, effects);
    shard.end_connect(session, over, 0ms, false, effects);
    shard.take(Id("one"), *over, 1, true);
  }
  bool hold(const std::shared_ptr<Outlet>& over) {
    shard.begin_connect(session, over, false, effects);
    return shard.hold(session, over, {25'000ms, 0ms, nullptr}, effects);
  }
};

}  // namespace

TEST_CASE("a session is found by its id until it is removed", "[shard]") {
  Fixture f;
  CHECK(f.shard.find("one") == &f.session);
  CHECK(f.shard.find("two") == nullptr);
  f.shard.remove(f.session, Removal::kicked, {}, nullptr, f.effects);
  CHECK(f.shard.find("one") == nullptr);
  REQUIRE(f.effects.removed.size() == 1);
  CHECK(f.effects.removed[0].why == Removal::kicked);
  CHECK_FALSE(f.shard.next_deadline());
}

TEST_CASE("only the first connect finds a session that was not connected", "[shard]") {
  Config config;
  Common common(config);
  Shard shard(common, 0);
  Effects effects(start);
  Session& session = shard.add("one", "", effects);
  CHECK_FALSE(shard.begin_connect(session, outlet(), false, effects).connected);
  CHECK(shard.begin_connect(session, outlet(), false, effects).connected);
}

TEST_CASE("that a client was told to poll is remembered until its next connect", "[shard]") {
  Fixture f;
  f.shard.begin_connect(f.session, f.link, false, f.effects);
  f.shard.end_connect(f.session, f.link, 0ms, true, f.effects);
  CHECK(f.shard.begin_connect(f.session, f.link, false, f.effects).told_to_poll);
  CHECK_FALSE(f.shard.begin_connect(f.session, f.link, false, f.effects).told_to_poll);
}

TEST_CASE("an event wakes the held connect once, and lets it go", "[shard]") {
  Fixture f;
  CHECK(f.hold(f.link));
  f.shard.deliver(f.session, frame("a"), f.effects);
  f.shard.deliver(f.session, frame("b"), f.effects);
  CHECK(f.effects.wakes.size() == 1);
  CHECK(f.link->connect == Outlet::Connect::released);
  CHECK(f.session.hold == nullptr);
  CHECK(f.session.queue.size() == 2);
}

TEST_CASE("nothing is held where something is queued", "[shard]") {
  Fixture f;
  f.shard.deliver(f.session, frame("a"), f.effects);
  CHECK_FALSE(f.hold(f.link));
  CHECK(f.session.hold == nullptr);
}

TEST_CASE("nobody is woken for what a request will carry, and the held connect is when it did not", "[shard]") {
  Fixture f;
  f.hold(f.link);
  f.shard.begin_request(f.session);
  f.shard.begin_request(f.session);
  f.shard.deliver(f.session, frame("a"), f.effects);
  f.shard.end_request(f.session, f.effects);
  CHECK(f.effects.wakes.empty());
  f.shard.end_request(f.session, f.effects);
  CHECK(f.effects.wakes.size() == 1);
}

TEST_CASE("a ticket is kept while a connect is held and let go with it", "[shard]") {
  Fixture f;
  auto ticket = std::make_shared<int>(1);
  f.shard.begin_connect(f.session, f.link, false, f.effects);
  f.shard.hold(f.session, f.link, {25'000ms, 0ms, ticket}, f.effects);
  CHECK(ticket.use_count() == 2);
  f.shard.deliver(f.session, frame("a"), f.effects);
  f.effects.tickets.clear();
  CHECK(ticket.use_count() == 1);
}

TEST_CASE("a publication reaches each session once, except for the excluded one", "[shard]") {
  Fixture f;
  Session& other = f.shard.add("two", "", f.effects);
  for (auto* session : {&f.session, &other}) {
    f.shard.subscriptions().add(*session, "/a");
    f.shard.subscriptions().add(*session, "/**");
  }
  f.shard.publish(publication("/a", 1), f.effects);
  CHECK(f.session.queue.size() == 1);
  CHECK(f.effects.delivered == 2);
  f.shard.publish(publication("/a", 2, "one"), f.effects);
  CHECK(f.session.queue.size() == 1);
  CHECK(other.queue.size() == 2);
  CHECK(f.session.queue.front().frame.same_as(other.queue.front().frame));
}

TEST_CASE("a full queue loses its oldest frames, and one frame always fits", "[shard]") {
  Fixture f;
  f.config.max_queue_messages = 2;
  f.config.max_queue_bytes = 4;
  for (const char* text : {"a", "b", "c"}) f.shard.deliver(f.session, frame(text), f.effects);
  CHECK(f.session.queue.front().frame.text() == "b");
  CHECK(f.effects.dropped == 1);
  f.shard.deliver(f.session, frame("larger than four"), f.effects);
  CHECK(f.session.queue.size() == 1);
  CHECK(f.session.queue.front().frame.text() == "larger than four");
}

TEST_CASE("a held connect is let go when its time is up, and its session when nobody comes back", "[shard]") {
  Fixture f;
  f.hold(f.link);
  CHECK(f.shard.next_deadline() == start + 25s);
  Effects timeout(start + 25s);
  f.shard.run_due(timeout);
  CHECK(f.link->connect == Outlet::Connect::released);
  CHECK(timeout.removed.empty());
  CHECK(f.shard.next_deadline() == start + 35s);
  Effects expiry(start + 35s);
  f.shard.run_due(expiry);
  CHECK(expiry.removed.size() == 1);
  CHECK(f.shard.find("one") == nullptr);
}

TEST_CASE("what is queued for a session that ends goes to whoever answers it", "[shard]") {
  Fixture f;
  SECTION("the held connect") {
    f.hold(f.link);
    f.shard.begin_batch(f.session);
    f.shard.deliver(f.session, frame("a"), f.effects);
  }
  SECTION("the connect that was let go and not yet taken") {
    f.hold(f.link);
    f.shard.deliver(f.session, frame("a"), f.effects);
  }
  SECTION("the lasting connection") {
    f.link = outlet(true);
    f.shard.attach(f.session, f.link, f.effects);
    f.shard.deliver(f.session, frame("a"), f.effects);
  }
  f.shard.remove(f.session, Removal::kicked, frame("bye"), nullptr, f.effects);
  REQUIRE(f.link->last != nullptr);
  REQUIRE(f.link->last->size() == 2);
  CHECK(f.link->last->at(0).frame.text() == "a");
  CHECK(f.link->last->at(1).frame.text() == "bye");
  CHECK(f.link->ended == Removal::kicked);
  CHECK(f.link->woken);
}

TEST_CASE("a link that has gone is forgotten, with what it still owed", "[shard]") {
  Fixture f;
  f.hold(f.link);
  f.shard.deliver(f.session, frame("a"), f.effects);
  CHECK(f.session.due == f.link);
  f.shard.detach(f.session, f.link, f.effects);
  CHECK(f.session.due == nullptr);
  CHECK(f.session.queue.size() == 1);
}

TEST_CASE("a lasting connection keeps its session, until it goes or another takes its place", "[shard]") {
  Fixture f;
  const auto first = outlet(true);
  const auto second = outlet(true);
  f.shard.attach(f.session, first, f.effects);
  CHECK_FALSE(f.shard.next_deadline());
  f.shard.attach(f.session, second, f.effects);
  CHECK(first->moved);
  f.shard.detach(f.session, first, f.effects);
  CHECK(f.session.push == second);
  CHECK_FALSE(f.shard.next_deadline());
  f.shard.detach(f.session, second, f.effects);
  CHECK(f.shard.next_deadline() == start + 10s);
}

TEST_CASE("a connect that is to be answered says so on its link, held or not", "[shard]") {
  Fixture f;
  f.shard.begin_connect(f.session, f.link, false, f.effects);
  f.shard.end_connect(f.session, f.link, 0ms, false, f.effects);
  CHECK(f.link->connect == Outlet::Connect::released);
  CHECK(f.session.due == f.link);
  CHECK(f.shard.take(Id("one"), *f.link, 1, true).connect == Outlet::Connect::released);
  CHECK(f.session.due == nullptr);
  CHECK(f.link->connect == Outlet::Connect::none);
}

TEST_CASE("of two connects that come in at once the one held last stays, with the other's ticket let go", "[shard]") {
  Fixture f;
  const auto second = outlet();
  const auto ticket = std::make_shared<int>(1);
  f.shard.begin_connect(f.session, f.link, false, f.effects);
  f.shard.begin_connect(f.session, second, false, f.effects);
  CHECK(f.shard.hold(f.session, f.link, {25'000ms, 0ms, ticket}, f.effects));
  CHECK(f.shard.hold(f.session, second, {25'000ms, 0ms, nullptr}, f.effects));
  CHECK(f.link->connect == Outlet::Connect::superseded);
  CHECK(f.link->woken);
  CHECK(f.link->ticket == nullptr);
  CHECK(f.session.hold == second);
}

TEST_CASE("what a publish touches of a session lies in its first two lines of cache", "[shard]") {
  const auto session = std::make_unique<Session>("one");
  const auto end_of = [&](const auto& member) {
    return reinterpret_cast<const char*>(&member + 1) - reinterpret_cast<const char*>(session.get());
  };
  CHECK(end_of(session->pressing) <= 128);
  CHECK(end_of(session->connects_only) <= 128);
  CHECK(end_of(session->personal) <= 128);
  CHECK(end_of(session->closing) <= 128);
  CHECK(end_of(session->acknowledges) <= 128);
  CHECK(end_of(session->stamp) <= 128);
  CHECK(end_of(session->requests) <= 128);
  CHECK(end_of(session->batches) <= 128);
  CHECK(end_of(session->queue) <= 128);
  CHECK(end_of(session->push) <= 128);
  CHECK(end_of(session->hold) <= 128);
  CHECK(sizeof(Session) <= 256);
}
