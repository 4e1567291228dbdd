#include <string>
#include <vector>

#include "conformance/stage.hpp"

namespace bayeux::test {

using namespace std::chrono_literals;

TEST_CASE_METHOD(Stage, "what comes while a client is away waits for it", "[session]") {
  Peer peer = subscribed("/a");
  peer.hold();
  peer.hang_up();
  for (int i = 0; i < 3; ++i) bus().channel("/a").publish(i);
  advance(9'000ms);
  CHECK(peer.heard() == "[0,1,2]");
}

TEST_CASE_METHOD(Stage, "a client that hung up before it was answered misses nothing", "[session]") {
  Peer peer = subscribed("/a");
  bus().channel("/a").publish("waiting");
  peer.hang_up();
  CHECK(peer.heard() == R"(["waiting"])");
}

TEST_CASE_METHOD(Stage, "a client resumes its session over another wire", "[session]") {
  Peer old = subscribed("/a");
  old.hold();
  Peer fresh(transport());
  fresh.take_over(old.id());
  fresh.hear();
  bus().channel("/a").publish(1);
  CHECK(fresh.heard() == "[1]");
  CHECK(old.events().empty());
  CHECK(bus().stats().clients == 1);
}

TEST_CASE_METHOD(Stage, "the time to come back begins when a client hangs up", "[session][expiry]") {
  std::vector<Removal> removed;
  const auto registration = bus().on_client_removed([&](const Client&, Removal why) { removed.push_back(why); });
  Peer peer = subscribed("/a");
  peer.hold();
  advance(20'000ms);
  peer.hang_up();
  advance(facts().heartbeat + 9'999ms);
  CHECK(removed.empty());
  CHECK(bus().client(peer.id()).connected());
  advance(1ms);
  CHECK(removed == std::vector<Removal>{Removal::timeout});
  CHECK(bus().channel("/a").subscribers() == 0);
  const Json reply = peer.reply(peer.connect());
  CHECK(reply["error"] == Json("402::session_unknown"));
  CHECK(reply["advice"]["reconnect"] == Json("handshake"));
}

TEST_CASE_METHOD(Stage, "a client that keeps connecting lives for ever", "[session][expiry]") {
  Peer peer = subscribed("/a");
  for (int i = 0; i < 20; ++i) {
    peer.hold();
    advance(25'000ms);
    advance(5'000ms);
  }
  bus().channel("/a").publish(1);
  CHECK(peer.heard() == "[1]");
}

TEST_CASE_METHOD(Stage, "a request counts as a sign of life", "[session][expiry]") {
  Peer peer = joined();
  peer.hang_up();
  for (int i = 0; i < 3; ++i) {
    advance(9'000ms);
    CHECK(peer.publish("/a", "1"));
    peer.hang_up();
  }
  advance(facts().heartbeat + 10'000ms);
  CHECK_FALSE(bus().client(peer.id()).valid());
}

TEST_CASE_METHOD(Stage, "a client that is turned out is told so by the connect it holds", "[session][kick]") {
  std::vector<Removal> removed;
  const auto registration = bus().on_client_removed([&](const Client&, Removal why) { removed.push_back(why); });
  Peer peer = subscribed("/a");
  const auto id = peer.hold();
  CHECK_FALSE(bus().client(peer.id()).disconnect());
  CHECK(removed == std::vector<Removal>{Removal::kicked});
  const auto turned_out = peer.place([](const Json& m) { return m["advice"]["reconnect"] == Json("none"); });
  REQUIRE(turned_out < peer.all().size());
  CHECK(peer.all()[turned_out]["channel"] == Json("/meta/connect"));
  CHECK((peer.all()[turned_out]["id"] == Json(id)) == facts().holds_connects());
  const auto told = peer.place([](const Json& m) { return m["channel"] == Json("/meta/disconnect"); });
  REQUIRE(told < peer.all().size());
  CHECK(peer.all()[told].find("id") == nullptr);
  CHECK(told < turned_out);
  CHECK_FALSE(peer.subscribe("/b"));
}

TEST_CASE_METHOD(Stage, "a client that is turned out while it is away learns it from its next connect",
                 "[session][kick]") {
  Peer peer = joined();
  peer.hang_up();
  CHECK_FALSE(bus().client(peer.id()).disconnect());
  CHECK(peer.reply(peer.connect())["advice"]["reconnect"] == Json("handshake"));
}

TEST_CASE_METHOD(Stage, "what was queued for a client that is turned out still reaches it", "[session][kick]") {
  Peer peer = subscribed("/a");
  peer.hold();
  // Nothing leaves before the end, however soon a server looks.
  for (int i = 1; i <= 2; ++i) bus().channel("/a").publish(i, {.lazy = true});
  CHECK_FALSE(bus().client(peer.id()).disconnect());
  const auto events = peer.events();
  REQUIRE(events.size() == 2);
  CHECK(events[0]["data"] == Json(1));
  CHECK(events[1]["data"] == Json(2));
  CHECK(peer.all().back()["advice"]["reconnect"] == Json("none"));
}

TEST_CASE_METHOD(Stage, "a full queue loses its oldest messages first", "[session][limits]") {
  Config config;
  config.max_queue_messages = 4;
  set(std::move(config));
  Peer peer = subscribed("/a");
  peer.hang_up();
  for (int i = 0; i < 10; ++i) bus().channel("/a").publish(i);
  CHECK(peer.heard() == "[6,7,8,9]");
  CHECK(bus().stats().dropped == 6);
}

TEST_CASE_METHOD(Stage, "all windows of a browser share a cookie, and so many of them may wait", "[session][cookie]") {
  if (!facts().has_cookies || !facts().holds_connects()) return;
  Config config;
  config.max_sessions_per_browser = 1;
  set(std::move(config));
  Browser browser;
  Peer one = joined(&browser);
  const auto cookie = browser.cookie;
  CHECK_FALSE(cookie.empty());
  Peer other = joined(&browser);
  CHECK(browser.cookie == cookie);
  const auto held = one.hold();
  const Json turned_away = other.reply(other.connect());
  CHECK(turned_away["successful"] == Json(true));
  CHECK(turned_away["advice"]["multiple-clients"] == Json(true));
  CHECK(turned_away["advice"]["interval"] == Json(2'000));
  one.hang_up();
  other.hold();
  CHECK_FALSE(one.answered(held));
}

TEST_CASE_METHOD(Stage, "a session that has presented its cookie is lost to whoever has only its id",
                 "[session][cookie]") {
  if (!facts().has_cookies) return;
  Browser browser;
  Peer owner = joined(&browser);
  Peer thief(transport());
  thief.take_over(owner.id());
  CHECK(thief.ask("/meta/subscribe", R"("subscription":"/a")")["error"] == Json("402::session_unknown"));
  Browser another{browser.cookie + "x"};
  Peer window(transport(), &another);
  window.take_over(owner.id());
  CHECK(window.ask("/a", R"("data":1)")["error"] == Json("402::session_unknown"));
  CHECK(owner.subscribe("/a"));
}

}  // namespace bayeux::test
