#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include <bayeux/error.hpp>

#include "bus/core.hpp"
#include "bus/services.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using bayeux::bus::Services;

namespace {

struct RecordingLog final : Log {
  void write(LogLevel, std::string_view text) noexcept override { lines.append(text).append("\n"); }
  std::string lines;
};

/// Services of a bus that has no clients: who calls has always gone.
struct Desk {
  std::shared_ptr<RecordingLog> log = std::make_shared<RecordingLog>();
  std::shared_ptr<BusCore> core = std::make_shared<BusCore>(bus::check_config(config()));
  Services services;
  std::vector<Registration> registrations;
  std::string heard;

  Config config() const {
    Config config;
    config.log = log;
    return config;
  }

  /// Writes down that it was called, and with what parameters.
  void listen(const std::string& name, const std::vector<std::string>& parameters = {}) {
    registrations.push_back(services.add(
        name,
        [this, name, parameters](const Call& call) {
          heard += name;
          for (const auto& parameter : parameters) heard += " " + std::string(call.parameter(parameter));
          heard += "; ";
        },
        false));
  }

  std::string call(const std::string& channel) {
    heard.clear();
    Message message;
    message.channel = channel;
    message.id = "7";
    message.data = Payload(Json{{"n", 1}});
    services.run(*core, core->client("caller"), *ChannelId::parse(channel), message);
    return heard;
  }
};

std::error_code adding(
    std::string_view name, CallHandler handler = [](const Call&) {}) {
  Services services;
  try {
    const auto registration = services.add(name, std::move(handler), false);
  } catch (const std::system_error& error) {
    return error.code();
  }
  return {};
}

}  // namespace

TEST_CASE("a service has a name below /service, or a template with whole segments in braces", "[services]") {
  for (const char* name : {"/service/a", "/service/a/b/", " /service/a ", "/service/{a}", "/service/{a}/b/{c}",
                           "/service/{a b}", "/service/{service}"}) {
    CAPTURE(name);
    CHECK_FALSE(adding(name));
  }
  for (const char* name : {"",
                           "/",
                           "service/a",
                           "/service",
                           "/service/",
                           "/services/a",
                           "/a",
                           "/meta/connect",
                           "/{service}/a",
                           "/service//a",
                           "/service/*",
                           "/service/a/**",
                           "/service/{}",
                           "/service/{a",
                           "/service/a}",
                           "/service/a{b}",
                           "/service/{a}b",
                           "/service/{{a}}",
                           "/service/{a}/{a}",
                           "/service/{a}/b/{a}",
                           "/service/a?b"}) {
    CAPTURE(name);
    CHECK(adding(name) == Errc::channel_invalid);
  }
  CHECK(adding("/service/a", nullptr) == Errc::callback_empty);
}

TEST_CASE("a remote call goes to the service of its target", "[services]") {
  CHECK(bus::service_of("echo") == "/service/echo");
  CHECK(bus::service_of("/room/{id}") == "/service/room/{id}");
}

TEST_CASE("a service hears its own channel and no other", "[services]") {
  Desk desk;
  CHECK(desk.call("/service/a").empty());
  desk.listen("/service/a");
  desk.listen("/service/a/b");
  CHECK(desk.call("/service/a") == "/service/a; ");
  CHECK(desk.call("/service/a/b") == "/service/a/b; ");
  CHECK(desk.call("/service/b").empty());
  CHECK(desk.call("/service/a/b/c").empty());
  CHECK(desk.call("/service/A").empty());
}

TEST_CASE("a template stands for one segment in each of its parts, and says what stood there", "[services]") {
  Desk desk;
  desk.listen("/service/room/{id}", {"id", "name", ""});
  desk.listen("/service/{what}/{id}/members", {"id", "what"});
  CHECK(desk.call("/service/room/12") == "/service/room/{id} 12  ; ");
  CHECK(desk.call("/service/room/{id}") == "/service/room/{id} {id}  ; ");
  CHECK(desk.call("/service/room/12/members") == "/service/{what}/{id}/members 12 room; ");
  CHECK(desk.call("/service/room").empty());
  CHECK(desk.call("/service/rooms/12").empty());
  CHECK(desk.call("/service/room/12/13").empty());
}

TEST_CASE("all that fit are called in the order of adding, each with its own parameters", "[services]") {
  Desk desk;
  desk.listen("/service/{a}/{b}", {"a", "b"});
  desk.listen("/service/room/12", {"a"});
  desk.listen("/service/room/{id}", {"id"});
  desk.listen("/service/room/12");
  CHECK(desk.call("/service/room/12") ==
        "/service/{a}/{b} room 12; /service/room/12 ; /service/room/{id} 12; /service/room/12; ");
  desk.registrations[1].cancel();
  desk.registrations[2].cancel();
  CHECK(desk.call("/service/room/12") == "/service/{a}/{b} room 12; /service/room/12; ");
  desk.registrations.clear();
  CHECK(desk.call("/service/room/12").empty());
}

TEST_CASE("a handler may take back itself and the next, and add others, which hear the next message", "[services]") {
  Desk desk;
  Registration first = desk.services.add(
      "/service/a",
      [&](const Call&) {
        desk.heard += "first ";
        desk.registrations.clear();
        desk.listen("/service/a");
        first.cancel();
      },
      false);
  desk.registrations.push_back(desk.services.add(
      "/service/a", [&](const Call&) { desk.heard += "second "; }, false));
  CHECK(desk.call("/service/a") == "first ");
  CHECK(desk.call("/service/a") == "/service/a; ");
}

TEST_CASE("a handler that throws is logged, and the next is called", "[services]") {
  Desk desk;
  desk.registrations.push_back(desk.services.add(
      "/service/a", [](const Call&) { throw std::runtime_error("swordfish"); }, false));
  desk.listen("/service/a");
  CHECK(desk.call("/service/a") == "/service/a; ");
  CHECK(desk.log->lines == "service handler threw: swordfish\n");
}

TEST_CASE("a call says who called with what, and is answered once by whichever handler", "[services]") {
  Desk desk;
  std::vector<Call> calls;
  const auto keep = [&](const Call& call) { calls.push_back(call); };
  const auto one = desk.services.add("/service/a", keep, true);
  const auto two = desk.services.add("/service/{x}", keep, false);
  desk.call("/service/a");
  REQUIRE(calls.size() == 2);
  CHECK(calls[0].client().id() == "caller");
  CHECK(calls[0].message().id == Json("7"));
  CHECK(calls[1].data() == Json{{"n", 1}});
  CHECK(calls[1].answer(1) == Errc::client_unknown);
  CHECK(calls[0].answer(1) == Errc::call_answered);
  CHECK(calls[0].fail(1) == Errc::call_answered);
}

TEST_CASE("what has to answer and throws has answered", "[services]") {
  Desk desk;
  std::optional<Call> kept;
  const bool must_answer = GENERATE(true, false);
  const auto registration = desk.services.add(
      "/service/a",
      [&](const Call& call) {
        kept = call;
        throw std::runtime_error("swordfish");
      },
      must_answer);
  desk.call("/service/a");
  REQUIRE(kept);
  CHECK(kept->answer(1) == (must_answer ? Errc::call_answered : Errc::client_unknown));
}

TEST_CASE("a call that is none, or that outlives its bus, can be asked and answered", "[services]") {
  const Call none;
  CHECK_FALSE(none.client().valid());
  CHECK_FALSE(none.data().is_object());
  CHECK(none.parameter("x").empty());
  CHECK(none.answer(1) == Errc::client_unknown);
  CHECK(none.fail(1) == Errc::client_unknown);

  std::optional<Call> kept;
  {
    Desk desk;
    const auto registration = desk.services.add(
        "/service/{x}", [&](const Call& call) { kept = call; }, true);
    desk.call("/service/a");
  }
  CHECK(kept->parameter("x") == "a");
  CHECK(kept->answer(1) == Errc::bus_closed);
}
