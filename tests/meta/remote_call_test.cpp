#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

#include "support/catch.hpp"

#include "meta/answers.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

struct RecordingLog final : Log {
  void write(LogLevel, std::string_view text) noexcept override { lines.append(text).append("\n"); }
  std::string lines;
};

/// Calls a service, and gives the whole response.
Json call(Bus& bus, const std::string& client, const std::string& service, const std::string& data) {
  return ask(bus, message(client, "/service/" + service, R"("id":"7","data":)" + data));
}

/// The answers to calls in a response, in short: `+` what went well, `-` what failed.
std::string answers(const Json& response) {
  std::string all;
  for (const auto& item : response.items()) {
    if (item.find("data") == nullptr) continue;
    all += all.empty() ? "" : " ";
    all += item["id"].text() + (item["successful"] == Json(true) ? "+" : "-") + item["data"].text();
  }
  return all;
}

/// A handler that keeps the call for later.
CallHandler keep(std::optional<Call>& kept) {
  return [&kept](const Call& call) { kept = call; };
}

}  // namespace

TEST_CASE("a remote call is answered with its id in the same response, and acknowledged too", "[remote_call]") {
  TestBus bus;
  const auto echo = bus->add_remote_call("echo", [](const Call& call) { CHECK_FALSE(call.answer(call.data())); });
  const auto client = join(*bus);
  const Json response = call(*bus, client, "echo", R"({"n":[1,"two"]})");
  REQUIRE(response.size() == 2);
  CHECK(answers(response) == R"("7"+{"n":[1,"two"]})");
  CHECK(channels(response) == "/service/echo /service/echo");
  CHECK(response[0].find("clientId") == nullptr);
  CHECK(response[1].text() == R"({"channel":"/service/echo","id":"7","successful":true})");
}

TEST_CASE("a remote call sees who called with what, and its channel's parameters", "[remote_call]") {
  TestBus bus;
  std::string seen;
  const auto room = bus->add_remote_call("room/{id}/{what}", [&](const Call& call) {
    seen = call.client().id() + " " + call.message().channel + " " + call.data().text() + " " +
           std::string(call.parameter("id")) + " " + std::string(call.parameter("what"));
    call.answer(nullptr);
  });
  const auto client = join(*bus);
  CHECK(answers(call(*bus, client, "room/12/members", "1")) == R"("7"+null)");
  CHECK(seen == client + " /service/room/12/members 1 12 members");
  CHECK(answers(call(*bus, client, "room/12", "1")).empty());
}

TEST_CASE("an id that is a number is answered as a number, and none with none", "[remote_call]") {
  TestBus bus;
  const auto echo = bus->add_remote_call("echo", [](const Call& call) { call.answer(call.data()); });
  const auto client = join(*bus);
  CHECK(answers(ask(*bus, message(client, "/service/echo", R"("id":41,"data":1)"))) == "41+1");
  const Json response = ask(*bus, message(client, "/service/echo", R"("data":1)"));
  CHECK(response[0]["data"] == Json(1));
  CHECK(response[0].find("id") == nullptr);
}

TEST_CASE("a remote call is answered later, from another thread, over a held connect", "[remote_call]") {
  TestBus bus;
  std::optional<Call> kept;
  const auto slow = bus->add_remote_call("slow", keep(kept));
  const auto client = join(*bus);
  auto held = poll(*bus, client);
  CHECK(answers(call(*bus, client, "slow", "1")).empty());
  CHECK_FALSE(held.ready());
  std::thread([&] { CHECK_FALSE(kept->answer("done")); }).join();
  REQUIRE(held.ready());
  CHECK(held.wakes() == 1);
  CHECK(answers(held.response()) == R"("7"+"done")");
}

TEST_CASE("a failure is data of an unsuccessful answer, and the call was accepted all the same", "[remote_call]") {
  TestBus bus;
  const auto fails = bus->add_remote_call("fails", [](const Call& call) {
    CHECK_FALSE(call.fail({{"reason", "no such room"}}));
  });
  const Json response = call(*bus, join(*bus), "fails", "1");
  CHECK(answers(response) == R"("7"-{"reason":"no such room"})");
  CHECK(response[1]["successful"] == Json(true));
}

TEST_CASE("the first answer counts", "[remote_call]") {
  TestBus bus;
  std::optional<Call> kept;
  const auto eager = bus->add_remote_call("eager", [&](const Call& call) {
    kept = call;
    CHECK_FALSE(call.answer(1));
    CHECK(call.fail(2) == Errc::call_answered);
  });
  const auto client = join(*bus);
  CHECK(answers(call(*bus, client, "eager", "0")) == R"("7"+1)");
  CHECK(kept->answer(3) == Errc::call_answered);
  kept.reset();
  CHECK(collect(*bus, client).size() == 1);
}

TEST_CASE("a remote call that is let go without an answer has failed, at once or later", "[remote_call]") {
  TestBus bus;
  const auto silent = bus->add_remote_call("silent", [](const Call&) {});
  std::optional<Call> kept;
  const auto forgetful = bus->add_remote_call("forgetful", keep(kept));
  const auto client = join(*bus);
  CHECK(answers(call(*bus, client, "silent", "1")) == R"("7"-{"error":"not answered"})");

  CHECK(answers(call(*bus, client, "forgetful", "1")).empty());
  auto copy = kept;
  kept.reset();
  CHECK(collect(*bus, client).size() == 1);
  copy.reset();
  CHECK(answers(collect(*bus, client)) == R"("7"-{"error":"not answered"})");
}

TEST_CASE("a remote call whose handler throws has failed, and only the log says why", "[remote_call]") {
  const auto log = std::make_shared<RecordingLog>();
  Config config;
  config.log = log;
  TestBus bus(config);
  const auto broken =
      bus->add_remote_call("broken", [](const Call&) { throw std::runtime_error("the password is swordfish"); });
  const Json response = call(*bus, join(*bus), "broken", "1");
  CHECK(answers(response) == R"("7"-{"error":"failed"})");
  CHECK(response[1]["successful"] == Json(true));
  CHECK(log->lines.find("service handler threw: the password is swordfish") != std::string::npos);
}

TEST_CASE("a plain service may answer or not, and its failures are not the client's", "[remote_call]") {
  TestBus bus;
  std::optional<Call> kept;
  const auto quiet = bus->add_service("/service/quiet", [](const Call&) {});
  const auto broken = bus->add_service("/service/broken", [](const Call&) { throw std::runtime_error("swordfish"); });
  const auto late = bus->add_service("/service/late/{id}", keep(kept));
  const auto client = join(*bus);
  CHECK(call(*bus, client, "quiet", "1").size() == 1);
  const Json response = call(*bus, client, "broken", "1");
  CHECK(response.size() == 1);
  CHECK(response[0]["successful"] == Json(true));
  call(*bus, client, "late/1", "1");
  CHECK_FALSE(kept->answer("at last"));
  CHECK(answers(collect(*bus, client)) == R"("7"+"at last")");
}

TEST_CASE("several handlers of one call owe it one answer", "[remote_call]") {
  TestBus bus;
  std::optional<Call> kept;
  std::error_code second;
  const auto one = bus->add_remote_call("a", [](const Call&) {});
  const auto two = bus->add_remote_call("{x}", keep(kept));
  const auto client = join(*bus);
  CHECK(answers(call(*bus, client, "a", "1")).empty());
  CHECK_FALSE(kept->answer("two"));
  CHECK(answers(collect(*bus, client)) == R"("7"+"two")");

  const auto three = bus->add_service("/service/b", [&](const Call& call) { second = call.answer("three"); });
  CHECK(answers(call(*bus, client, "b", "1")) == R"("7"+"three")");
  CHECK_FALSE(second);
  CHECK(kept->answer("two") == Errc::call_answered);
}

TEST_CASE("who need not answer does not hold up the failure of who must", "[remote_call]") {
  TestBus bus;
  std::optional<Call> kept;
  const auto listens = bus->add_service("/service/{all}", keep(kept));
  const auto silent = bus->add_remote_call("a", [](const Call&) {});
  CHECK(answers(call(*bus, join(*bus), "a", "1")) == R"("7"-{"error":"not answered"})");
  CHECK(kept->answer(1) == Errc::call_answered);
}

TEST_CASE("a call does not keep its client, who cannot be answered after it has gone", "[remote_call]") {
  TestBus bus;
  std::optional<Call> kept;
  const auto slow = bus->add_remote_call("slow", keep(kept));
  const auto client = join(*bus);
  call(*bus, client, "slow", "1");
  const auto other = join(*bus);
  ask(*bus, message(client, "/meta/disconnect"));
  CHECK(bus->stats().clients == 1);
  CHECK_FALSE(kept->client().connected());
  CHECK(kept->answer(1) == Errc::client_unknown);
  CHECK(kept->answer(1) == Errc::call_answered);

  call(*bus, other, "slow", "1");
  bus.advance(std::chrono::hours(1));
  CHECK(bus->stats().clients == 0);
  kept.reset();
}

TEST_CASE("an answer goes to the caller alone, subscribed or not", "[remote_call]") {
  TestBus bus;
  const auto echo = bus->add_remote_call("echo", [](const Call& call) { call.answer(call.data()); });
  const auto spy = join(*bus);
  subscribe(*bus, spy, "/**");
  subscribe(*bus, spy, "/service/echo");
  const auto client = join(*bus);
  CHECK(answers(call(*bus, client, "echo", "1")) == R"("7"+1)");
  CHECK(events(collect(*bus, spy)).empty());
}

TEST_CASE("nobody is asked about a call that was refused or dropped, or after the registration went", "[remote_call]") {
  struct Guard final : SecurityPolicy {
    Verdict can_publish(const Attempt& attempt, const ChannelId&) override {
      return attempt.message.data.json() == Json("denied") ? Verdict::deny() : Verdict::allow();
    }
  };
  Config config;
  config.policy = std::make_shared<Guard>();
  TestBus bus(config);
  int calls = 0;
  auto counting = bus->add_remote_call("count", [&](const Call& call) { call.answer(++calls); });
  const auto veto = bus->channel("/service/count").on_message([](const Client&, const Message& message) {
    return message.data.json() == Json("dropped") ? Flow::drop : Flow::pass;
  });
  const auto client = join(*bus);
  CHECK(call(*bus, client, "count", R"("denied")")[0]["successful"] == Json(false));
  CHECK(call(*bus, client, "count", R"("dropped")")[0]["error"] == Json("404::message_deleted"));
  CHECK(answers(call(*bus, client, "count", "1")) == R"("7"+1)");
  counting.cancel();
  CHECK(call(*bus, client, "count", "1").text() == R"([{"channel":"/service/count","id":"7","successful":true}])");
  CHECK(calls == 1);
}

TEST_CASE("only what lies below /service can be a service", "[remote_call]") {
  TestBus bus;
  const CallHandler nothing = [](const Call&) {};
  CHECK_THROWS_AS(bus->add_service("/chat", nothing), std::system_error);
  CHECK_THROWS_AS(bus->add_service("/service/*", nothing), std::system_error);
  CHECK_THROWS_AS(bus->add_remote_call("", nothing), std::system_error);
  CHECK_THROWS_AS(bus->add_remote_call("a/{b", nothing), std::system_error);
  CHECK_THROWS_AS(bus->add_remote_call("a", nullptr), std::system_error);
}

TEST_CASE("a handler may end the session of its caller, who is not answered then", "[remote_call]") {
  TestBus bus;
  std::error_code result;
  const auto quit = bus->add_remote_call("quit", [&](const Call& call) {
    call.client().disconnect();
    result = call.answer(1);
  });
  const Json response = call(*bus, join(*bus), "quit", "1");
  CHECK(result == Errc::client_unknown);
  CHECK(answers(response).empty());
}
