#include <memory>

#include <bayeux/extensions/timestamp.hpp>

#include "support/catch.hpp"

#include "meta/answers.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

/// A wall clock that moves on by a second whenever somebody looks.
WallClock ticking() {
  return [now = std::make_shared<std::atomic<int>>(0)] { return Milliseconds(++*now * 1000); };
}

}  // namespace

TEST_CASE("a time of day is written as ISO 8601 in UTC, to the millisecond", "[timestamp]") {
  CHECK(Timestamp::text(Milliseconds(0)) == "1970-01-01T00:00:00.000Z");
  CHECK(Timestamp::text(Milliseconds(1709287200123)) == "2024-03-01T10:00:00.123Z");
  CHECK(Timestamp::text(Milliseconds(1709251199999)) == "2024-02-29T23:59:59.999Z");
  CHECK(Timestamp::text(Milliseconds(-1)) == "1969-12-31T23:59:59.999Z");
  CHECK(Timestamp::text(Milliseconds(-62167219200000)) == "0000-01-01T00:00:00.000Z");
  CHECK(Timestamp::text(Milliseconds(253402300799999)) == "9999-12-31T23:59:59.999Z");
}

TEST_CASE("a clock gone mad gives the nearest time that can be written", "[timestamp]") {
  CHECK(Timestamp::text(Milliseconds::min()) == "0000-01-01T00:00:00.000Z");
  CHECK(Timestamp::text(Milliseconds::max()) == "9999-12-31T23:59:59.999Z");
}

TEST_CASE("replies and events are stamped, a publish once for all", "[timestamp]") {
  TestBus bus;
  const auto one = join(*bus);
  const auto two = join(*bus);
  subscribe(*bus, one, "/a");
  subscribe(*bus, two, "/a");
  const auto added = bus->add_extension(std::make_shared<Timestamp>(ticking()));
  REQUIRE_FALSE(bus->channel("/a").publish(1));
  for (const auto& id : {one, two}) {
    const Json response = collect(*bus, id);
    REQUIRE(channels(response) == "/a /meta/connect");
    CHECK(response[0]["timestamp"].as_string() == "1970-01-01T00:00:01.000Z");
  }
  CHECK(tell(*bus, one, "/meta/unsubscribe", R"("subscription":"/a")")["timestamp"] ==
        Json("1970-01-01T00:00:04.000Z"));
}

TEST_CASE("what is delivered to one client is stamped too", "[timestamp]") {
  TestBus bus;
  const auto id = join(*bus);
  const auto added = bus->add_extension(std::make_shared<Timestamp>(ticking()));
  REQUIRE_FALSE(bus->client(id).deliver("/a", 1));
  CHECK(collect(*bus, id)[0]["timestamp"] == Json("1970-01-01T00:00:01.000Z"));
}

TEST_CASE("the timestamp of a publisher reaches nobody", "[timestamp]") {
  TestBus bus;
  const auto id = join(*bus);
  subscribe(*bus, id, "/a");
  const auto added = bus->add_extension(std::make_shared<Timestamp>(ticking()));
  const Json response = ask(*bus, message(id, "/a", R"("data":1,"timestamp":{"any":["thing"]})"));
  REQUIRE(channels(response) == "/a /a");
  CHECK(response[0]["timestamp"].is_string());
  CHECK(response[1]["timestamp"].is_string());
}

TEST_CASE("without a clock of its own it is the time of the system", "[timestamp]") {
  Timestamp timestamp;
  Message message;
  const auto before = Timestamp::text(system_time());
  CHECK(timestamp.reply({}, message) == Flow::pass);
  const auto after = Timestamp::text(system_time());
  const std::string& stamp = std::as_const(message.members)["timestamp"].as_string();
  CHECK(before <= stamp);
  CHECK(stamp <= after);
}
