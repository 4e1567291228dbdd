#include <memory>
#include <string>
#include <vector>

#include "bus/browser_table.hpp"
#include "bus/held_reply.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::bus;

TEST_CASE("a browser has as many places as the limit says, and each is free again when its ticket goes", "[browser]") {
  BrowserTable table;
  for (const std::string name : {"b", "a browser whose name is too long to stand in place"}) {
    CHECK(table.acquire(name, 0) == nullptr);
    auto first = table.acquire(name, 2);
    auto second = table.acquire(name, 2);
    REQUIRE(first != nullptr);
    REQUIRE(second != nullptr);
    CHECK(table.acquire(name, 2) == nullptr);
    first.reset();
    first = table.acquire(name, 2);
    CHECK(first != nullptr);
    CHECK(table.acquire("other", 1) != nullptr);
    first.reset();
    second.reset();
    CHECK(table.acquire(name, 1) != nullptr);
  }
}

TEST_CASE("tickets stay good while many browsers come and go, and when the table has gone", "[browser]") {
  auto table = std::make_unique<BrowserTable>();
  std::vector<std::shared_ptr<void>> tickets;
  for (int i = 0; i < 2'000; ++i) tickets.push_back(table->acquire(std::to_string(i), 1));
  for (int i = 0; i < 2'000; i += 2) tickets[i].reset();
  for (int i = 0; i < 2'000; ++i) CHECK((table->acquire(std::to_string(i), 1) != nullptr) == (i % 2 == 0));
  table.reset();
  tickets.clear();
}

TEST_CASE("a reply that waits reads as the message that it stands for", "[connect]") {
  const std::vector<Json> ids{Json(),     Json("1"),  Json(""),          Json("\"\\\n\x01\xff\u00e9"), Json(7),
                              Json(-1.5), Json(1e30), Json(1ULL << 63U), Json(std::string(1'000, 'x'))};
  for (const auto& id : ids) {
    Message message;
    message.channel = "/meta/connect";
    message.id = id;
    message.successful = true;
    HeldReply held(message, HeldReply::last);
    REQUIRE(held.plain());
    CHECK(held.plain_text() == message.text());
    CHECK(HeldReply(id, 3).plain_text() == message.text());
    CHECK(HeldReply(id, 3).place == 3);
    CHECK(held.take().text() == message.text());
  }
}

TEST_CASE("a reply that says more than that all is well is kept whole", "[connect]") {
  Message message;
  message.channel = "/meta/connect";
  message.successful = true;
  SECTION("advice") {
    message.advice = Json{{"interval", 1}};
  }
  SECTION("what extensions say") {
    message.ext = Json{{"ack", 1}};
  }
  SECTION("another name") {
    message.channel = "/meta/connect/";
  }
  SECTION("failure") {
    message.successful = false;
  }
  SECTION("an error") {
    message.error = "400::bad_request";
  }
  SECTION("a subscription") {
    message.subscription = "/a";
  }
  SECTION("another member") {
    message.members = Json{{"a", 1}};
  }
  HeldReply held(message, 0);
  CHECK_FALSE(held.plain());
  CHECK(held.take().text() == message.text());
}
