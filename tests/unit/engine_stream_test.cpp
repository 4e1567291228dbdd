#include <string>

#include "engine_support.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::engine;
using namespace std::chrono_literals;
using bayeux::test::Engine;
using bayeux::test::frame;
using bayeux::test::outlet;
using bayeux::test::wakes;

namespace {

/// A client that is subscribed to `/a` and has a stream, of which it may not know yet.
struct Fixture : Engine {
  Fixture() {
    join("one");
    router.listen("one", stream);
  }

  /// A connect that says that the client hears a stream.
  std::string beat() {
    const auto link = outlet();
    before = router.begin_connect("one", link, true);
    router.end_connect("one", link, 25'000ms, true);
    CHECK(link->connect == Outlet::Connect::released);
    return take("one", link);
  }

  std::string hear() { return router.ready("one", *stream) ? take("one", stream) : "nothing"; }

  std::shared_ptr<Outlet> stream = outlet(true);
  std::optional<Before> before;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a stream carries what its client is sent, once the client says that it hears it",
                 "[stream]") {
  beat();
  CHECK(before->listens);
  CHECK(before->has_stream);
  publish(frame("1"));
  CHECK(wakes(*stream) == 1);
  CHECK(hear() == "1");
  CHECK(hear() == "nothing");
}

TEST_CASE_METHOD(Fixture, "a stream of a client that has not connected yet carries events", "[stream]") {
  router.open("two", "");
  const auto fresh = outlet(true);
  router.listen("two", fresh);
  router.deliver("two", frame("1"));
  CHECK(wakes(*fresh) == 1);
  CHECK(take("two", fresh) == "1");
}

TEST_CASE_METHOD(Fixture, "a stream is left aside while its client polls", "[stream]") {
  const auto held = poll("one");
  CHECK(held->connect == Outlet::Connect::held);
  publish(frame("1"));
  CHECK(wakes(*stream) == 0);
  CHECK(hear() == "nothing");
  CHECK(take("one", stream) == "");
  CHECK(take("one", held) == "1");

  SECTION("what waits goes by the stream as soon as it says that it hears that") {
    publish(frame("2"));
    CHECK(beat() == "");
    CHECK(hear() == "2");
  }
  SECTION("and until then with its next poll") {
    publish(frame("2"));
    CHECK(take("one", poll("one")) == "2");
  }
}

TEST_CASE_METHOD(Fixture, "the response to any other request carries events only where no stream does", "[stream]") {
  const auto request = outlet();
  publish(frame("1"));
  SECTION("by polling") {
    CHECK(take("one", request) == "1");
  }
  SECTION("by stream") {
    beat();
    CHECK(take("one", request) == "");
    CHECK(hear() == "1");
  }
}

TEST_CASE_METHOD(Fixture, "while its stream does not stand the connects of a client carry its events", "[stream]") {
  beat();
  router.detach("one", stream);
  publish(frame("1"));
  CHECK(beat() == "1");
  CHECK(before->listens);
  CHECK_FALSE(before->has_stream);
  publish(frame("2"));
  stream = outlet(true);
  router.listen("one", stream);
  CHECK(wakes(*stream) == 1);
  CHECK(hear() == "2");
}

TEST_CASE_METHOD(Fixture, "a session lives as long as a stream that its client hears", "[stream][expiry]") {
  beat();
  advance(1h);
  CHECK(router.contains("one"));
  router.detach("one", stream);
  advance(25'000ms + 9'999ms);
  CHECK(router.contains("one"));
  advance(1ms);
  CHECK_FALSE(router.contains("one"));
}

TEST_CASE_METHOD(Fixture, "a stream that nobody may hear does not keep a session", "[stream][expiry]") {
  advance(9'999ms);
  CHECK(router.contains("one"));
  SECTION("that stands") {}
  SECTION("and its end does not prolong it") {
    router.detach("one", stream);
  }
  advance(1ms);
  CHECK_FALSE(router.contains("one"));
}

TEST_CASE_METHOD(Fixture, "a stream is told when its session ends", "[stream]") {
  const bool listens = GENERATE(true, false);
  if (listens) beat();
  router.begin_batch("one");
  publish(frame("1"));
  router.remove("one", Removal::kicked, frame("bye"), nullptr);
  CHECK(stream->ended == Removal::kicked);
  CHECK(wakes(*stream) == 1);
  CHECK(take("one", stream) == (listens ? "1 bye" : ""));
}

TEST_CASE_METHOD(Fixture, "a newer stream takes the place of the older one", "[stream]") {
  beat();
  const auto newer = outlet(true);
  router.listen("one", newer);
  CHECK(wakes(*stream) == 1);
  CHECK(router.left("one", *stream));
  router.detach("one", stream);
  publish(frame("1"));
  CHECK(take("one", stream) == "");
  CHECK(take("one", newer) == "1");
}

TEST_CASE_METHOD(Fixture, "another lasting connection takes the place of a stream", "[stream]") {
  beat();
  const auto socket = outlet(true);
  router.attach("one", socket);
  CHECK(router.left("one", *stream));
  publish(frame("1"));
  CHECK(take("one", socket) == "1");
}

TEST_CASE_METHOD(Fixture, "a connect by stream takes the place of the poll that is held, and of a socket", "[stream]") {
  const auto held = poll("one");
  beat();
  CHECK(held->connect == Outlet::Connect::superseded);
  const auto socket = outlet(true);
  router.attach("one", socket);
  beat();
  CHECK_FALSE(before->has_stream);
  CHECK(router.left("one", *socket));
}

TEST_CASE_METHOD(Fixture, "a client that acknowledges always polls", "[stream]") {
  router.keep_until_acknowledged("one");
  publish(frame("1"));
  CHECK(beat() == "1");
  CHECK_FALSE(before->listens);
  CHECK(hear() == "nothing");
  publish(frame("2"));
  CHECK(hear() == "nothing");
  CHECK(take("one", stream) == "");
}

TEST_CASE_METHOD(Fixture, "nothing leaves by a stream during a request or a batch", "[stream]") {
  beat();
  router.begin_request("one");
  publish(frame("1"));
  CHECK(wakes(*stream) == 0);
  router.begin_batch("one");
  router.end_request("one");
  CHECK(hear() == "nothing");
  router.end_batch("one");
  CHECK(wakes(*stream) == 1);
  CHECK(hear() == "1");
}
