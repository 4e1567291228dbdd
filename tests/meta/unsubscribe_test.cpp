#include "support/catch.hpp"

#include "meta/answers.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

Json unsubscribe(TestBus& bus, const std::string& client, const std::string& subscription) {
  return tell(*bus, client, "/meta/unsubscribe", R"("id":"u","subscription":)" + subscription);
}

}  // namespace

TEST_CASE("after an unsubscribe nothing more arrives", "[unsubscribe]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  CHECK(unsubscribe(bus, client, R"("/a")").text() ==
        R"({"channel":"/meta/unsubscribe","id":"u","successful":true,"subscription":"/a"})");
  bus->channel("/a").publish(1);
  CHECK(events(collect(*bus, client)).empty());
  CHECK(bus->channel("/a").subscribers() == 0);
}

TEST_CASE("an array of channels is given up in one go", "[unsubscribe]") {
  TestBus bus;
  const auto client = join(*bus);
  tell(*bus, client, "/meta/subscribe", R"("subscription":["/a","/b/*","/c"])");
  CHECK(unsubscribe(bus, client, R"(["/a","/b/*"])")["successful"] == Json(true));
  CHECK(bus->channel("/a").subscribers() == 0);
  CHECK(bus->channel("/b/*").subscribers() == 0);
  CHECK(bus->channel("/c").subscribers() == 1);
}

TEST_CASE("giving up one pattern leaves the others that match", "[unsubscribe]") {
  TestBus bus;
  const auto client = join(*bus);
  tell(*bus, client, "/meta/subscribe", R"("subscription":["/a","/*"])");
  unsubscribe(bus, client, R"("/*")");
  bus->channel("/a").publish(1);
  bus->channel("/b").publish(2);
  CHECK(events(collect(*bus, client)) == "1");
}

TEST_CASE("a channel that nobody is subscribed to is missing", "[unsubscribe]") {
  TestBus bus;
  const auto client = join(*bus);
  const Json reply = unsubscribe(bus, client, R"("/a")");
  CHECK(reply["successful"] == Json(false));
  CHECK(reply["error"] == Json("400::channel_missing"));
}

TEST_CASE("a channel that only others are subscribed to is given up with success, and they keep it", "[unsubscribe]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, join(*bus), "/a");
  CHECK(unsubscribe(bus, client, R"("/a")")["successful"] == Json(true));
  CHECK(bus->channel("/a").subscribers() == 1);
}

TEST_CASE("one missing or bad name in the array means that nothing is given up", "[unsubscribe]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  CHECK(unsubscribe(bus, client, R"(["/a","/b"])")["error"] == Json("400::channel_missing"));
  CHECK(unsubscribe(bus, client, R"(["/a","b"])")["error"] == Json("403::subscription_invalid"));
  CHECK(bus->channel("/a").subscribers() == 1);
}

TEST_CASE("an unsubscribe without a usable subscription says so", "[unsubscribe]") {
  TestBus bus;
  const auto client = join(*bus);
  CHECK(tell(*bus, client, "/meta/unsubscribe")["error"] == Json("403::subscription_missing"));
  CHECK(unsubscribe(bus, client, "[]")["error"] == Json("403::subscription_invalid"));
  CHECK(unsubscribe(bus, client, "7")["error"] == Json("403::subscription_invalid"));
}

TEST_CASE("a service channel can always be given up", "[unsubscribe]") {
  TestBus bus;
  CHECK(unsubscribe(bus, join(*bus), R"("/service/echo")")["successful"] == Json(true));
}

TEST_CASE("an unknown client gives up nothing", "[unsubscribe]") {
  TestBus bus;
  subscribe(*bus, join(*bus), "/a");
  const Json reply = unsubscribe(bus, "nobody", R"("/a")");
  CHECK(reply["error"] == Json("402::session_unknown"));
  CHECK(reply.find("advice") == nullptr);
  CHECK(bus->channel("/a").subscribers() == 1);
}

TEST_CASE("nobody unsubscribes from the protocol itself", "[unsubscribe]") {
  TestBus bus;
  CHECK(unsubscribe(bus, join(*bus), R"("/meta/connect")")["error"] == Json("403::unsubscribe_failed"));
}
