#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <bayeux/extensions/acknowledge.hpp>

#include "conformance/stage.hpp"

namespace bayeux::test {
namespace {

/// The data of some events, as one JSON array.
std::string data_of(const std::vector<Json>& events) {
  Json::Array all;
  for (const auto& event : events) all.push_back(event["data"]);
  return Json(std::move(all)).text();
}

std::string ack(int batch) {
  return "\"ext\":{\"ack\":" + std::to_string(batch) + "}";
}

/// A peer that acknowledges, with a connect held.
struct Acknowledging : Stage {
  Acknowledging() {
    peer.shake_hands(R"("ext":{"ack":true})");
    const auto first = peer.connect(ack(0));
    REQUIRE(peer.reply(first)["ext"]["ack"] == Json(1));
    REQUIRE(peer.ask("/meta/subscribe", R"("subscription":"/a")")["successful"] == Json(true));
    held = peer.connect(ack(1));
    REQUIRE_FALSE(peer.answered(held));
  }
  Registration extension = bus().add_extension(std::make_shared<Acknowledge>());
  Peer peer{transport()};
  std::string held;
};

}  // namespace

TEST_CASE_METHOD(Stage, "a lazy message waits for its time or for company", "[application][lazy]") {
  Peer peer = subscribed("/a");
  const auto held = peer.hold();
  const auto wakes = bus().stats().wakes;
  bus().channel("/a").publish(1, {.lazy = true});
  CHECK(bus().stats().wakes == wakes);
  CHECK(peer.events().empty());
  advance(Milliseconds(5'000));
  CHECK(data_of(peer.events()) == "[1]");
  peer.hear();
  bus().channel("/a").publish(2, {.lazy = true});
  bus().client(peer.id()).deliver("/b", 3);
  CHECK(peer.heard() == "[2,3]");
}

TEST_CASE_METHOD(Stage, "a batch leaves as one", "[application][batch]") {
  Peer peer = subscribed("/a");
  peer.hold();
  {
    const auto batch = bus().batch();
    for (int i = 1; i <= 3; ++i) bus().channel("/a").publish(i);
    CHECK(peer.events().empty());
  }
  CHECK(data_of(peer.events()) == "[1,2,3]");
}

TEST_CASE_METHOD(Stage, "a new subscriber hears the state first, behind the reply", "[application][snapshot]") {
  const auto registration = bus().channel("/a").on_snapshot([&](Snapshot& snapshot) {
    bus().channel("/a").publish("in the state");
    snapshot.deliver("state");
    bus().channel("/a").publish("change");
  });
  Peer peer = joined();
  REQUIRE(peer.subscribe("/a"));
  const auto subscribed = peer.last_id();
  CHECK(peer.heard() == R"(["state","change"])");
  CHECK(peer.place([&](const Json& message) { return message["id"] == Json(subscribed); }) <
        peer.place([](const Json& message) { return message["data"] == Json("state"); }));
}

TEST_CASE_METHOD(Stage, "a remote call is acknowledged, and answered once with its id", "[application][service]") {
  std::optional<Call> waiting;
  const auto now = bus().add_remote_call("echo", [](const Call& call) { call.answer(call.data()); });
  const auto later = bus().add_remote_call("later/{what}", [&](const Call& call) { waiting = call; });
  const auto never = bus().add_remote_call("never", [](const Call&) {});
  Peer peer = joined();
  const auto answer_to = [&](const std::string& channel) {
    peer.send({peer.message(channel, R"("data":"x")")});
    const auto id = peer.last_id();
    if (waiting) waiting->answer(waiting->parameter("what"));
    waiting.reset();
    peer.hear();
    Json answer;
    int acknowledgements = 0;
    for (const auto& message : peer.all()) {
      if (message["id"] != Json(id)) continue;
      if (message.find("data") != nullptr) answer = message;
      if (message.find("data") == nullptr) ++acknowledgements;
    }
    CHECK(acknowledgements == 1);
    return answer;
  };
  const auto echoed = answer_to("/service/echo");
  CHECK(echoed["data"] == Json("x"));
  CHECK(echoed["successful"] == Json(true));
  CHECK(answer_to("/service/later/this")["data"] == Json("this"));
  CHECK(answer_to("/service/never")["successful"] == Json(false));
}

TEST_CASE_METHOD(Stage, "what a user is sent reaches all of their clients", "[application][user]") {
  Peer first = joined();
  Peer second = joined();
  Peer other = joined();
  for (const auto* peer : {&first, &second}) bus().client(peer->id()).set_user("ann");
  CHECK(bus().user("ann").deliver("/mail", 1) == 2);
  CHECK(first.heard() == "[1]");
  CHECK(second.heard() == "[1]");
  CHECK(other.heard() == "[]");
}

TEST_CASE_METHOD(Stage, "only the latest of a key is there for who was away", "[application][queue]") {
  bus().channel("/price").configure({.latest_by = "name"});
  Peer peer = subscribed("/price");
  peer.hang_up();
  for (int i = 1; i <= 3; ++i) {
    bus().channel("/price").publish({{"name", "A"}, {"v", i}});
    bus().channel("/price").publish({{"name", "B"}, {"v", i}});
  }
  CHECK(peer.heard() == R"([{"name":"A","v":3},{"name":"B","v":3}])");
}

TEST_CASE_METHOD(Stage, "a session that ends because its queue is full begins anew", "[application][queue]") {
  Config config;
  config.max_queue_messages = 2;
  config.overflow = Overflow::disconnect;
  set(std::move(config));
  Peer peer = subscribed("/a");
  peer.hang_up();
  for (int i = 1; i <= 3; ++i) bus().channel("/a").publish(i);
  const auto id = peer.connect();
  CHECK(peer.reply(id)["error"] == Json("402::session_unknown"));
  CHECK(peer.reply(id)["advice"]["reconnect"] == Json("handshake"));
}

TEST_CASE_METHOD(Stage, "an extension may answer a message itself", "[application][extension]") {
  struct Gate final : Extension {
    Flow incoming(const Client&, Message& message, Message& reply) override {
      if (message.channel != "/closed") return Flow::pass;
      reply.successful = false;
      reply.error = "403::closed";
      reply.ext["why"] = "night";
      return Flow::answer;
    }
  };
  const auto registration = bus().add_extension(std::make_shared<Gate>());
  Peer peer = subscribed("/closed");
  const auto reply = peer.ask("/closed", R"("data":1)");
  CHECK(reply["error"] == Json("403::closed"));
  CHECK(reply["ext"]["why"] == Json("night"));
  CHECK(peer.heard() == "[]");
}

TEST_CASE_METHOD(Acknowledging, "what was not acknowledged is sent again, once and in order", "[application][ack]") {
  for (int i = 1; i <= 2; ++i) bus().channel("/a").publish(i);
  const auto sent = data_of(peer.events());
  CHECK(peer.reply(held)["ext"]["ack"] == Json(2));
  peer.hang_up();
  bus().channel("/a").publish(3);
  const auto again = peer.connect(ack(1));
  CHECK(peer.reply(again)["ext"]["ack"] == Json(3));
  CHECK(data_of(peer.events()) == "[1,2,3]");
  const auto next = peer.connect(ack(3));
  CHECK_FALSE(peer.answered(next));
  CHECK(peer.events().empty());
  CHECK(bus().client(peer.id()).waiting().messages == 0);
}

TEST_CASE_METHOD(Acknowledging, "messages leave only with replies to connects", "[application][ack]") {
  bus().channel("/a").publish(1);
  CHECK(data_of(peer.events()) == "[1]");
  bus().channel("/a").publish(2);
  CHECK(peer.ask("/b", R"("data":0)")["successful"] == Json(true));
  CHECK(peer.events().empty());
  peer.connect(ack(2));
  CHECK(data_of(peer.events()) == "[2]");
}

TEST_CASE_METHOD(Acknowledging, "an acknowledgement of what was never sent is refused and forgets nothing",
                 "[application][ack]") {
  bus().channel("/a").publish(1);
  CHECK(data_of(peer.events()) == "[1]");
  for (const char* wrong : {R"("ext":{"ack":99})", R"("ext":{"ack":"2"})", R"("ext":{"ack":1.5})"}) {
    const auto id = peer.connect(wrong);
    CHECK(peer.reply(id)["error"] == Json("400::ack_invalid"));
  }
  peer.connect(ack(1));
  CHECK(data_of(peer.events()) == "[1]");
}

}  // namespace bayeux::test
