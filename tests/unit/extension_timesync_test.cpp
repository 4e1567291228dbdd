#include <cstdint>
#include <memory>
#include <string>

#include <bayeux/extensions/timesync.hpp>

#include "support/catch.hpp"

#include "meta/answers.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

/// A bus whose wall clock stands where the test puts it.
struct Synced {
  explicit Synced(Milliseconds accuracy = Milliseconds(25))
      : added(bus->add_extension(std::make_shared<TimeSync>(TimeSyncOptions{accuracy, [now = now] { return *now; }}))) {
  }

  /// What the reply to a subscribe says to that `ext.timesync`.
  Json say(const std::string& id, const std::string& sync) {
    return tell(*bus, id, "/meta/subscribe",
                R"("subscription":"/a","ext":{"timesync":)" + sync + "}")["ext"]["timesync"];
  }

  TestBus bus;
  std::shared_ptr<Milliseconds> now = std::make_shared<Milliseconds>(1'000'000);
  Registration added;
};

}  // namespace

TEST_CASE("a client without an idea of the time is told the server's", "[timesync]") {
  Synced synced;
  const auto id = join(*synced.bus);
  CHECK(synced.say(id, R"({"tc":999000,"l":0,"o":0})").text() == R"({"tc":999000,"ts":1000000,"p":0,"a":-1000})");
}

TEST_CASE("a handshake is answered with the time as well", "[timesync]") {
  Synced synced;
  const Json reply = ask(*synced.bus, R"([{"channel":"/meta/handshake","ext":{"timesync":{"tc":1,"l":0,"o":0}}}])")[0];
  CHECK(reply["successful"].as_bool());
  CHECK(reply["ext"]["timesync"].text() == R"({"tc":1,"ts":1000000,"p":0,"a":-999999})");
}

TEST_CASE("a client is left alone while it is right, and corrected when it is not", "[timesync]") {
  Synced synced;
  const auto id = join(*synced.bus);
  CHECK(synced.say(id, R"({"tc":999990,"l":10,"o":0})").is_null());
  CHECK(synced.say(id, R"({"tc":999990,"l":34,"o":0})").is_null());
  CHECK(synced.say(id, R"({"tc":999990,"l":35,"o":0})")["a"] == Json(25));
  CHECK(synced.say(id, R"({"tc":999990,"l":10,"o":-24})").is_null());
  CHECK(synced.say(id, R"({"tc":999990,"l":10,"o":-25})")["a"] == Json(-25));
  CHECK(synced.say(id, R"({"tc":999990,"l":0,"o":10})")["a"] == Json(0));
}

TEST_CASE("how right a client must be can be chosen", "[timesync]") {
  Synced synced(Milliseconds(2));
  const auto id = join(*synced.bus);
  CHECK(synced.say(id, R"({"tc":999990,"l":11,"o":0})").is_null());
  CHECK(synced.say(id, R"({"tc":999990,"l":12,"o":0})")["a"] == Json(2));
}

TEST_CASE("old clients, which say no lag, are told the time always and no accuracy", "[timesync]") {
  Synced synced;
  const auto id = join(*synced.bus);
  CHECK(synced.say(id, R"({"tc":1000000})").text() == R"({"tc":1000000,"ts":1000000,"p":0})");
  CHECK_FALSE(synced.bus->client(id).attribute<Milliseconds>("lag"));
}

TEST_CASE("the reply to a held connect says for how long it was kept", "[timesync]") {
  Synced synced;
  const auto id = join(*synced.bus);
  subscribe(*synced.bus, id, "/a");
  Exchange held(*synced.bus, message(id, "/meta/connect", R"("ext":{"timesync":{"tc":5,"l":0,"o":0}})"));
  REQUIRE_FALSE(held.ready());
  *synced.now += Milliseconds(308);
  REQUIRE_FALSE(synced.bus->channel("/a").publish(1));
  const Json response = held.response();
  REQUIRE(channels(response) == "/a /meta/connect");
  CHECK(response[1]["ext"]["timesync"].text() == R"({"tc":5,"ts":1000000,"p":308,"a":-999995})");
}

TEST_CASE("a clock that is set back while a connect is held makes no negative time", "[timesync]") {
  Synced synced;
  const auto id = join(*synced.bus);
  Exchange held(*synced.bus, message(id, "/meta/connect", R"("ext":{"timesync":{"tc":5}})"));
  *synced.now -= Milliseconds(10'000);
  synced.bus.advance(synced.bus->config().timeout);
  CHECK(held.response()[0]["ext"]["timesync"]["p"] == Json(0));
}

TEST_CASE("what a client says is its lag is kept with it", "[timesync]") {
  Synced synced;
  const auto id = join(*synced.bus);
  const auto lag = [&] { return synced.bus->client(id).attribute<Milliseconds>("lag"); };
  CHECK_FALSE(lag());
  synced.say(id, R"({"tc":999990,"l":12,"o":0})");
  CHECK(lag() == Milliseconds(12));
  synced.say(id, R"({"tc":999990,"l":7.6,"o":0})");
  CHECK(lag() == Milliseconds(8));
  synced.say(id, R"({"tc":999990,"l":-3,"o":0})");
  CHECK(lag() == Milliseconds(0));
}

TEST_CASE("a fraction of a millisecond is echoed as it came", "[timesync]") {
  Synced synced;
  const auto id = join(*synced.bus);
  CHECK(synced.say(id, R"({"tc":999990.25,"l":0,"o":0.5})").text() == R"({"tc":999990.25,"ts":1000000,"p":0,"a":-9})");
}

TEST_CASE("what makes no sense is answered without the time", "[timesync]") {
  Synced synced;
  const auto id = join(*synced.bus);
  for (const char* sync : {
           "null",
           "true",
           "17",
           R"("now")",
           "[]",
           "[1,2,3]",
           "{}",
           R"({"tc":null})",
           R"({"tc":"999990"})",
           R"({"tc":"NaN","l":0,"o":0})",
           R"({"tc":1e300})",
           R"({"tc":-1e300})",
           R"({"tc":18446744073709551615})",
           R"({"tc":{"tc":1}})",
           R"({"tc":1,"l":"0"})",
           R"({"tc":1,"l":null})",
           R"({"tc":1,"l":1e99})",
           R"({"tc":1,"l":0,"o":[]})",
           R"({"tc":1,"l":0,"o":"1"})",
           R"({"tc":1,"l":0,"o":-1e99})",
           R"({"l":0,"o":0})",
       }) {
    INFO(sync);
    const Json reply =
        tell(*synced.bus, id, "/meta/subscribe", R"("subscription":"/a","ext":{"timesync":)" + std::string(sync) + "}");
    CHECK(reply["successful"].as_bool());
    CHECK(reply.find("ext") == nullptr);
    CHECK_FALSE(synced.bus->client(id).attribute<Milliseconds>("lag"));
  }
}

TEST_CASE("the largest times that make sense are answered", "[timesync]") {
  Synced synced;
  const auto id = join(*synced.bus);
  const Json sync = synced.say(id, R"({"tc":9007199254740992,"l":9007199254740992,"o":9007199254740992})");
  CHECK(sync["tc"] == Json(std::int64_t(9007199254740992)));
  CHECK(sync["a"].as_double() > 2.7e16);
}

TEST_CASE("only requests to meta channels are answered with the time", "[timesync]") {
  Synced synced;
  const auto id = join(*synced.bus);
  const Json reply = tell(*synced.bus, id, "/a", R"("data":1,"ext":{"timesync":{"tc":1,"l":0,"o":0}})");
  CHECK(reply["successful"].as_bool());
  CHECK(reply.find("ext") == nullptr);
}

TEST_CASE("who has no session is told the time and nothing is kept", "[timesync]") {
  Synced synced;
  const Json reply = tell(*synced.bus, "nobody", "/meta/connect", R"("ext":{"timesync":{"tc":1,"l":5,"o":0}})");
  CHECK(reply["error"] == Json("402::session_unknown"));
  CHECK(reply["ext"]["timesync"]["ts"] == Json(1'000'000));
}
