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
using bayeux::test::texts;
using bayeux::test::wakes;

namespace {

/// A client that acknowledges, and what it would see.
struct Fixture : Engine {
  Fixture() {
    join("one");
    router.keep_until_acknowledged("one");
  }

  void say(const std::string& all) {
    for (const char text : all) router.deliver("one", frame(std::string(1, text)));
  }

  /// A connect that says what was received; the response is lost or not, as far as the client is concerned.
  std::string connect(std::optional<std::int64_t> batch, std::size_t max_bytes = 1'000) {
    if (batch) CHECK(router.acknowledge("one", *batch) == true);
    return answer("one", outlet(), max_bytes);
  }

  std::int64_t batch() { return router.sent_batch("one"); }
};

}  // namespace

TEST_CASE("every reply to a connect completes a batch, whether there is anything in it or not", "[acknowledge]") {
  Fixture f;
  CHECK(f.batch() == 0);
  CHECK(f.connect(0).empty());
  CHECK(f.batch() == 1);
  f.say("ab");
  CHECK(f.connect(1) == "a b");
  CHECK(f.batch() == 2);
  const auto link = f.poll("one");
  CHECK(f.batch() == 2);
  f.advance(25s);
  f.take("one", link);
  CHECK(f.batch() == 3);
}

TEST_CASE("what was in a response that got lost is sent again, in order and before what is new", "[acknowledge]") {
  Fixture f;
  f.connect(0);
  f.say("ab");
  CHECK(f.connect(1) == "a b");
  f.say("cd");
  CHECK(f.connect(1) == "a b c d");
  f.say("e");
  CHECK(f.connect(1) == "a b c d e");
  CHECK(f.router.stats().repeated == 6);
  CHECK(f.router.waiting("one").messages == 5);
  CHECK(f.connect(f.batch()).empty());
  CHECK(f.router.waiting("one").messages == 0);
  CHECK(f.router.waiting("one").bytes == 0);
  CHECK(f.router.stats().repeated == 6);
}

TEST_CASE("what was acknowledged never comes again, and what was not does", "[acknowledge]") {
  Fixture f;
  f.say("ab");
  CHECK(f.connect({}) == "a b");
  const auto first = f.batch();
  f.say("c");
  CHECK(f.connect({}) == "c");
  CHECK(f.connect(first) == "c");
  CHECK(f.connect(f.batch()).empty());
}

TEST_CASE("a connect that acknowledges nothing has nothing sent again", "[acknowledge]") {
  Fixture f;
  f.say("a");
  CHECK(f.connect({}) == "a");
  CHECK(f.connect({}).empty());
  f.say("b");
  CHECK(f.connect({}) == "b");
  CHECK(f.router.waiting("one").messages == 2);
  CHECK(f.router.stats().queued_messages == 2);
  CHECK(f.connect(0) == "a b");
}

TEST_CASE("a batch that was never sent cannot be acknowledged, and nothing is forgotten or repeated", "[acknowledge]") {
  Fixture f;
  f.say("a");
  CHECK(f.connect({}) == "a");
  CHECK(f.router.acknowledge("one", 3) == false);
  CHECK(f.connect({}).empty());
  CHECK(f.router.waiting("one").messages == 1);
  CHECK(f.router.acknowledge("one", -1) == true);
  CHECK(f.connect({}) == "a");
  f.join("two");
  CHECK(f.router.acknowledge("two", 0) == false);
}

TEST_CASE("what did not fit into a response is not in its batch", "[acknowledge]") {
  Fixture f;
  f.say("abcde");
  CHECK(f.connect({}, 2) == "a b");
  const auto first = f.batch();
  CHECK(f.connect(first, 2) == "c d");
  CHECK(f.connect(first, 3) == "c d e");
  CHECK(f.connect(f.batch(), 2).empty());
}

TEST_CASE("a repeated response may be cut short too", "[acknowledge]") {
  Fixture f;
  f.say("abcd");
  CHECK(f.connect({}) == "a b c d");
  CHECK(f.connect(0, 2) == "a b");
  CHECK(f.connect(f.batch(), 1) == "c");
  CHECK(f.connect(f.batch(), 1) == "d");
  CHECK(f.connect(f.batch()).empty());
}

TEST_CASE("messages leave only with replies to connects, whatever is asked for later", "[acknowledge]") {
  Fixture f;
  f.say("a");
  CHECK(f.take("one", outlet()).empty());
  f.router.set_connects_only("one", false);
  CHECK(f.take("one", outlet()).empty());
  CHECK(f.connect({}) == "a");
}

TEST_CASE("a connect that finds something unacknowledged is answered at once", "[acknowledge]") {
  Fixture f;
  f.say("a");
  CHECK(f.connect({}) == "a");
  f.router.acknowledge("one", 0);
  const auto link = outlet();
  CHECK_FALSE(f.hold("one", link));
  CHECK(f.take("one", link) == "a");
  CHECK(f.hold("one", outlet()));
}

TEST_CASE("lazy messages wait, and are sent again at once when they got lost", "[acknowledge]") {
  Fixture f;
  const auto link = f.poll("one");
  f.router.deliver("one", lazy("a", 1'000ms));
  CHECK(wakes(*link) == 0);
  f.advance(1s);
  CHECK(f.take("one", link) == "a");
  f.router.acknowledge("one", 0);
  const auto next = outlet();
  CHECK_FALSE(f.hold("one", next));
  CHECK(f.take("one", next) == "a");
}

TEST_CASE("over a lasting connection messages come with the reply to the connect that is held", "[acknowledge]") {
  Fixture f;
  const auto link = outlet(true);
  f.router.attach("one", link);
  f.say("a");
  CHECK_FALSE(f.router.ready("one", *link));
  CHECK(f.take("one", link).empty());
  CHECK_FALSE(f.hold("one", link));
  CHECK(f.take("one", link) == "a");
  CHECK(f.batch() == 1);
  CHECK(f.router.acknowledge("one", 1) == true);
  CHECK(f.hold("one", link));
  f.say("b");
  CHECK(f.router.ready("one", *link));
  CHECK(f.take("one", link) == "b");
  CHECK(f.batch() == 2);
  const auto other = outlet(true);
  f.router.detach("one", link);
  f.router.attach("one", other);
  f.router.acknowledge("one", 1);
  CHECK_FALSE(f.hold("one", other));
  CHECK(f.take("one", other) == "b");
}

TEST_CASE("of what is sent again only the latest of a key is", "[acknowledge]") {
  Fixture f;
  f.router.deliver("one", keyed("k1", "k"));
  CHECK(f.connect({}) == "k1");
  f.router.deliver("one", keyed("k2", "k"));
  f.router.deliver("one", keyed("m1", "m"));
  CHECK(f.connect({}) == "k2 m1");
  f.router.deliver("one", keyed("m2", "m"));
  CHECK(f.connect(0) == "k2 m2");
  CHECK(f.router.stats().replaced == 2);
  CHECK(f.router.stats().queued_messages == 2);
  f.router.acknowledge("one", 0);
  f.router.deliver("one", keyed("k3", "k"));
  CHECK(f.connect({}) == "m2 k3");
}

TEST_CASE("what a client never acknowledged goes with its session", "[acknowledge]") {
  Fixture f;
  f.say("ab");
  f.connect({});
  f.say("c");
  CHECK(f.router.stats().queued_messages == 3);
  f.advance(10s);
  CHECK_FALSE(f.router.contains("one"));
  CHECK(f.router.stats().queued_messages == 0);
}
