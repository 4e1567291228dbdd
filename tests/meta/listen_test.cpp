#include <memory>
#include <optional>
#include <string>

#include <bayeux/error.hpp>

#include "support/catch.hpp"
#include "support/talk.hpp"

using namespace bayeux;
using namespace bayeux::test;
using namespace std::chrono_literals;

namespace {

/// The link by which a client hears its events.
class Stream {
 public:
  Stream(Bus& bus, const std::string& client, std::optional<std::string> browser = std::nullopt)
      : link_(bus.open_link({"eventsource", true, false, std::move(browser)}, carrier_)),
        error_(link_->listen(client)) {}

  std::error_code error() const { return error_; }
  Link& link() { return *link_; }
  int wakes() const { return carrier_->wakes(); }
  void hang_up() { link_.reset(); }

  std::string text() {
    std::string all;
    while (link_->ready()) {
      const auto frames = link_->take(1 << 20);
      for (const auto& frame : frames) all += frame.text();
      if (frames.empty()) break;
    }
    return all;
  }

 private:
  std::shared_ptr<CountingCarrier> carrier_ = std::make_shared<CountingCarrier>();
  std::unique_ptr<Link> link_;
  std::error_code error_;
};

const std::string gone = R"({"channel":"/meta/connect","successful":false,"error":"402::session_unknown","advice":)";
const std::string shake_hands_again = gone + R"({"reconnect":"handshake","interval":0}})";

Json beat(Bus& bus, const std::string& client) {
  return ask(bus, message(client, "/meta/connect", R"("id":"9","connectionType":"eventsource")"));
}

struct Fixture {
  TestBus bus;
  std::string client = join(*bus);
  Fixture() { ask(*bus, message(client, "/meta/subscribe", R"("id":"s","subscription":"/a")")); }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a connect of a client that hears a stream is a heartbeat", "[listen]") {
  Stream stream(*bus, client);
  CHECK_FALSE(stream.error());
  const auto replies = beat(*bus, client);
  REQUIRE(replies.size() == 1);
  CHECK(replies[0]["successful"] == Json(true));
  CHECK(replies[0]["id"] == Json("9"));
  CHECK(replies[0]["advice"] == Json{{"reconnect", "retry"}, {"interval", 25'000}, {"timeout", 0}});
  bus->channel("/a").publish(1);
  CHECK(stream.wakes() == 1);
  CHECK(stream.text() == R"({"channel":"/a","data":1})");
  CHECK_FALSE(stream.link().finished());
}

TEST_CASE_METHOD(Fixture, "how often it shows that it is there is what it would be held otherwise", "[listen]") {
  Stream stream(*bus, client);
  bus->client(client).set_timeout(7'000ms);
  CHECK(beat(*bus, client)[0]["advice"]["interval"] == Json(7'000));
}

TEST_CASE_METHOD(Fixture, "a client whose stream does not stand asks again soon, and gets its events so", "[listen]") {
  beat(*bus, client);
  bus->channel("/a").publish(1);
  const auto replies = beat(*bus, client);
  REQUIRE(replies.size() == 2);
  CHECK(replies[0]["data"] == Json(1));
  CHECK(replies[1]["advice"]["interval"] == Json(1'000));
  CHECK(replies[1]["advice"]["timeout"] == Json(0));
}

TEST_CASE_METHOD(Fixture, "a client that polls again is told to wait no longer", "[listen]") {
  beat(*bus, client);
  auto held = poll(*bus, client);
  bus->channel("/a").publish(1);
  CHECK(held.response()[1]["advice"] == Json{{"reconnect", "retry"}, {"interval", 0}, {"timeout", 25'000}});
}

TEST_CASE_METHOD(Fixture, "requests are answered with their replies alone while a stream stands", "[listen]") {
  Stream stream(*bus, client);
  beat(*bus, client);
  bus->channel("/a").publish(1);
  const auto replies = ask(*bus, "[" + message(client, "/a", R"("id":"p","data":2)") + "," +
                                     message(client, "/meta/subscribe", R"("id":"s","subscription":"/b")") + "]");
  CHECK(replies.size() == 2);
  CHECK(stream.text() == R"({"channel":"/a","data":1}{"channel":"/a","data":2})");
}

TEST_CASE_METHOD(Fixture, "a client that polls beside a stream gets its events by the poll", "[listen]") {
  Stream stream(*bus, client);
  auto held = poll(*bus, client);
  CHECK_FALSE(held.ready());
  bus->channel("/a").publish(1);
  CHECK(stream.text().empty());
  CHECK(held.response()[0]["data"] == Json(1));
}

TEST_CASE_METHOD(Fixture, "whoever listens for a client that nobody knows is told to shake hands", "[listen]") {
  Stream stream(*bus, "stranger");
  CHECK(stream.error() == Errc::client_unknown);
  CHECK_FALSE(stream.link().finished());
  CHECK(stream.text() == shake_hands_again);
  CHECK(stream.link().finished());
}

TEST_CASE("whoever does not present the cookie of a session does not hear it", "[listen][cookie]") {
  TestBus bus;
  const auto with = [](std::string cookie) { return LinkOptions{"long-polling", false, false, std::move(cookie)}; };
  Exchange handshake(*bus, R"([{"channel":"/meta/handshake"}])", with(""));
  const auto client = handshake.response()[0]["clientId"].as_string();
  const auto cookie = handshake.link().new_browser();
  Exchange(*bus, message(client, "/meta/connect"), with(cookie)).response();
  Stream thief(*bus, client, "another");
  CHECK(thief.error() == Errc::client_unknown);
  CHECK(thief.text() == shake_hands_again);
  Stream owner(*bus, client, cookie);
  CHECK_FALSE(owner.error());
}

TEST_CASE_METHOD(Fixture, "a stream says why there is no session any more, and ends", "[listen]") {
  Stream stream(*bus, client);
  SECTION("its client was turned out") {
    beat(*bus, client);
    bus->channel("/a").publish(1);
    bus->client(client).disconnect();
    CHECK(stream.text() == R"({"channel":"/a","data":1}{"channel":"/meta/disconnect","successful":true})" + gone +
                               R"({"reconnect":"none"}})");
  }
  SECTION("its client polled and came back no more") {
    bus.advance(10'000ms);
    CHECK(stream.wakes() == 1);
    CHECK(stream.text() == shake_hands_again);
  }
  SECTION("its client said goodbye") {
    beat(*bus, client);
    ask(*bus, message(client, "/meta/disconnect"));
    CHECK(stream.wakes() == 1);
    CHECK(stream.text().empty());
  }
  SECTION("another stream took its place") {
    Stream newer(*bus, client);
    CHECK(stream.wakes() == 1);
    CHECK(stream.text().empty());
    CHECK_FALSE(newer.link().finished());
  }
  CHECK_FALSE(stream.link().ready());
  CHECK(stream.link().finished());
}

TEST_CASE_METHOD(Fixture, "what a stream did not take when it was cut waits for the next", "[listen]") {
  Stream stream(*bus, client);
  beat(*bus, client);
  bus->channel("/a").publish(1);
  stream.hang_up();
  bus->channel("/a").publish(2);
  Stream next(*bus, client);
  CHECK(next.text() == R"({"channel":"/a","data":1}{"channel":"/a","data":2})");
}

TEST_CASE("streams count among the connections of their browser", "[listen][cookie]") {
  Config config;
  config.max_sessions_per_browser = 1;
  TestBus bus(config);
  const auto one = join(*bus);
  const auto two = join(*bus);
  std::optional<Stream> first(std::in_place, *bus, one, "browser");
  CHECK_FALSE(first->error());
  CHECK(Stream(*bus, two, "browser").error() == Errc::links_too_many);
  CHECK_FALSE(Stream(*bus, two, "other").error());
  first.reset();
  CHECK_FALSE(Stream(*bus, two, "browser").error());
}

TEST_CASE_METHOD(Fixture, "only a lasting link can listen, and only to a bus that is there", "[listen]") {
  const auto carrier = std::make_shared<CountingCarrier>();
  auto exchange = bus->open_link({"long-polling", false, false, std::nullopt}, carrier);
  CHECK(exchange->listen(client) == Errc::config_invalid);
  auto closed = bus->open_link({"eventsource", true, false, std::nullopt}, carrier);
  closed->close();
  CHECK(closed->listen(client) == Errc::bus_closed);
}
