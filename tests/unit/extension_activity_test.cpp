#include <memory>
#include <string>
#include <system_error>

#include <bayeux/extensions/activity.hpp>

#include "support/catch.hpp"

#include "meta/answers.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

using Counts = ActivityOptions::Counts;

/// A bus that ends clients which are idle for a minute.
struct Watched {
  explicit Watched(Counts counts = Counts::client)
      : clock(std::make_shared<ManualClock>()),
        added(bus->add_extension(std::make_shared<Activity>(
            ActivityOptions{.max_idle = Milliseconds(60'000), .counts = counts, .clock = clock}))) {}

  void pass(int seconds) { clock->set(clock->now() + Milliseconds(seconds * 1000)); }

  TestBus bus;
  std::shared_ptr<ManualClock> clock;
  Registration added;
};

}  // namespace

TEST_CASE("a client that does nothing but connect is ended, and told to give up", "[activity]") {
  Watched watched;
  auto why = Removal::timeout;
  const auto heard = watched.bus->on_client_removed([&](const Client&, Removal reason) { why = reason; });
  const auto id = join(*watched.bus);
  watched.pass(59);
  CHECK(collect(*watched.bus, id)[0]["successful"].as_bool());
  watched.pass(1);
  const Json response = collect(*watched.bus, id);
  const Json& reply = response.items().back();
  CHECK(reply["channel"] == Json("/meta/connect"));
  CHECK(reply["id"] == Json("c"));
  CHECK(reply["successful"].as_bool());
  CHECK(reply["advice"].text() == R"({"reconnect":"none"})");
  CHECK_FALSE(watched.bus->client(id).connected());
  CHECK(why == Removal::kicked);
}

TEST_CASE("whatever a client sends but a connect keeps it", "[activity]") {
  Watched watched;
  const auto id = join(*watched.bus);
  const auto lives = [&] {
    watched.pass(59);
    collect(*watched.bus, id);
    return watched.bus->client(id).connected();
  };
  REQUIRE(lives());
  tell(*watched.bus, id, "/a", R"("data":1)");
  REQUIRE(lives());
  subscribe(*watched.bus, id, "/a");
  REQUIRE(lives());
  tell(*watched.bus, id, "/service/x");
  REQUIRE(lives());
  tell(*watched.bus, id, "/not a channel at all");
  REQUIRE(lives());
  CHECK_FALSE(lives());
}

TEST_CASE("what a client is sent does not keep it", "[activity]") {
  Watched watched;
  const auto id = join(*watched.bus);
  subscribe(*watched.bus, id, "/a");
  watched.pass(59);
  watched.bus->channel("/a").publish(1);
  watched.pass(1);
  collect(*watched.bus, id);
  CHECK_FALSE(watched.bus->client(id).connected());
}

TEST_CASE("what a client is sent keeps it where that counts", "[activity]") {
  Watched watched(Counts::client_server);
  const auto id = join(*watched.bus);
  subscribe(*watched.bus, id, "/a");
  watched.pass(59);
  watched.bus->channel("/a").publish(1);
  watched.pass(59);
  CHECK(events(collect(*watched.bus, id)) == "1");
  CHECK(watched.bus->client(id).connected());
  watched.bus->client(id).deliver("/b", 2);
  watched.pass(59);
  CHECK(events(collect(*watched.bus, id)) == "2");
  CHECK(watched.bus->client(id).connected());
  watched.bus->channel("/c").publish("for others");
  watched.pass(1);
  collect(*watched.bus, id);
  CHECK_FALSE(watched.bus->client(id).connected());
}

TEST_CASE("each client is idle for itself", "[activity]") {
  Watched watched;
  const auto idle = join(*watched.bus);
  const auto busy = join(*watched.bus);
  watched.pass(59);
  tell(*watched.bus, busy, "/a", R"("data":1)");
  watched.pass(1);
  collect(*watched.bus, idle);
  collect(*watched.bus, busy);
  CHECK_FALSE(watched.bus->client(idle).connected());
  CHECK(watched.bus->client(busy).connected());
}

TEST_CASE("nobody is ended between two connects", "[activity]") {
  Watched watched;
  const auto id = join(*watched.bus);
  Exchange held = poll(*watched.bus, id);
  watched.pass(1000);
  CHECK(watched.bus->client(id).connected());
  CHECK_FALSE(held.ready());
}

TEST_CASE("an idle client on a lasting connection is ended with its next connect", "[activity]") {
  Watched watched;
  Socket socket(*watched.bus);
  const auto id = socket.join();
  watched.pass(60);
  const Json said = socket.say(message(id, "/meta/connect", R"("id":"3")"));
  CHECK_FALSE(watched.bus->client(id).connected());
  bool told = false;
  for (const Json& one : said.items()) told = told || one["advice"]["reconnect"] == Json("none");
  CHECK(told);
  CHECK(socket.link().finished());
}

TEST_CASE("who has no session is nobody to watch", "[activity]") {
  Watched watched;
  CHECK(tell(*watched.bus, "nobody", "/meta/connect")["error"] == Json("402::session_unknown"));
}

TEST_CASE("a session that was there before counts from when it is first seen", "[activity]") {
  TestBus bus;
  const auto id = join(*bus);
  const auto clock = std::make_shared<ManualClock>();
  clock->set(clock->now() + Milliseconds(1'000'000));
  const auto added =
      bus->add_extension(std::make_shared<Activity>(ActivityOptions{.max_idle = Milliseconds(10), .clock = clock}));
  collect(*bus, id);
  CHECK(bus->client(id).connected());
  clock->set(clock->now() + Milliseconds(10));
  collect(*bus, id);
  CHECK_FALSE(bus->client(id).connected());
}

TEST_CASE("nobody can be told to be active all the time", "[activity]") {
  for (const int idle : {0, -1}) {
    CHECK_THROWS_AS(Activity(ActivityOptions{.max_idle = Milliseconds(idle)}), std::system_error);
  }
}

TEST_CASE("a client may be idle as long as can be", "[activity]") {
  TestBus bus;
  const auto added = bus->add_extension(std::make_shared<Activity>(ActivityOptions{.max_idle = Milliseconds::max()}));
  const auto id = join(*bus);
  CHECK(collect(*bus, id)[0]["advice"]["reconnect"] == Json("retry"));
  CHECK(bus->client(id).connected());
}
