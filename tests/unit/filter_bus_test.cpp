#include <memory>
#include <stdexcept>
#include <string>

#include <bayeux/filters/no_markup.hpp>
#include <bayeux/filters/shape_filter.hpp>

#include "meta/answers.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

/// Appends its mark to every string, and counts how often it was asked.
class Mark final : public JsonFilter {
 public:
  explicit Mark(std::string mark) : mark_(std::move(mark)) {}
  Fate on_string(Json& value, const Place&) override {
    ++calls;
    value = value.as_string() + mark_;
    return Fate::keep;
  }
  int calls = 0;

 private:
  std::string mark_;
};

/// Remembers where the last string came from.
class Sender final : public JsonFilter {
 public:
  Fate on_string(Json& value, const Place& place) override {
    seen = place.channel.name() + " " + place.from.id() + " " + value.as_string();
    return Fate::keep;
  }
  std::string seen;
};

class Thrower final : public JsonFilter {
 public:
  Fate on_null(Json&, const Place&) override { throw std::runtime_error("cannot bear nothing"); }
};

}  // namespace

TEST_CASE("a filter on a pattern is seen by every subscriber, and runs once", "[filter]") {
  TestBus bus;
  const auto ann = join(*bus);
  const auto bob = join(*bus);
  subscribe(*bus, ann, "/chat/room");
  subscribe(*bus, bob, "/chat/*");
  const auto mark = std::make_shared<Mark>("!");
  const auto first = bus->channel("/chat/**").add_filter(std::make_shared<NoMarkup>());
  const auto second = bus->channel("/chat/**").add_filter(mark);

  const auto carol = join(*bus);
  CHECK(tell(*bus, carol, "/chat/room", R"("data":{"text":"<b>"})")["successful"].as_bool());
  CHECK(events(collect(*bus, ann)) == R"({"text":"&lt;b&gt;!"})");
  CHECK(events(collect(*bus, bob)) == R"({"text":"&lt;b&gt;!"})");
  CHECK(mark->calls == 1);

  CHECK_FALSE(bus->channel("/chat/room").publish("<i>"));
  CHECK(events(collect(*bus, ann)) == R"("&lt;i&gt;!")");
}

TEST_CASE("filters run from the widest pattern to the channel itself", "[filter]") {
  TestBus bus;
  const auto ann = join(*bus);
  subscribe(*bus, ann, "/chat/a/b");
  const auto channel = bus->channel("/chat/a/b").add_filter(std::make_shared<Mark>("5"));
  const auto segment = bus->channel("/chat/a/*").add_filter(std::make_shared<Mark>("4"));
  const auto deep = bus->channel("/chat/a/**").add_filter(std::make_shared<Mark>("3"));
  const auto deeper = bus->channel("/chat/**").add_filter(std::make_shared<Mark>("2"));
  const auto all = bus->channel("/**").add_filter(std::make_shared<Mark>("1"));
  const auto other = bus->channel("/chat/*").add_filter(std::make_shared<Mark>("x"));
  CHECK_FALSE(bus->channel("/chat/a/b").publish("0"));
  CHECK(events(collect(*bus, ann)) == R"("012345")");
}

TEST_CASE("a publisher is told that its message was dropped", "[filter]") {
  TestBus bus;
  const auto ann = join(*bus);
  const auto bob = join(*bus);
  subscribe(*bus, ann, "/chat/room");
  const auto kept = bus->channel("/chat/**")
                        .add_filter(std::make_shared<ShapeFilter>(Shape::object().required("text", Shape::string())));

  const Json reply = tell(*bus, bob, "/chat/room", R"("id":"7","data":{"text":1})");
  CHECK_FALSE(reply["successful"].as_bool(true));
  CHECK(reply["id"] == Json("7"));
  CHECK_THAT(reply["error"].as_string(),
             Catch::Matchers::StartsWith("404:") && Catch::Matchers::EndsWith("message_deleted"));
  CHECK(tell(*bus, bob, "/chat/room", R"("data":{"text":"good"})")["successful"].as_bool());
  CHECK(events(collect(*bus, ann)) == R"({"text":"good"})");
  CHECK(bus->channel("/chat/room").publish(Json("bad")) == Errc::message_deleted);
}

TEST_CASE("a filter that throws drops the message", "[filter]") {
  TestBus bus;
  const auto ann = join(*bus);
  subscribe(*bus, ann, "/chat/room");
  const auto kept = bus->channel("/chat/room").add_filter(std::make_shared<Thrower>());
  const auto reply = tell(*bus, ann, "/chat/room", R"("data":[1,null])");
  CHECK_FALSE(reply["successful"].as_bool(true));
  CHECK(reply.text().find("nothing") == std::string::npos);
  CHECK(events(collect(*bus, ann)) == "");
}

TEST_CASE("a JSON filter knows the channel and the publisher", "[filter]") {
  TestBus bus;
  const auto ann = join(*bus);
  const auto sender = std::make_shared<Sender>();
  const auto kept = bus->channel("/chat/**").add_filter(sender);
  tell(*bus, ann, "/chat/room", R"("data":"hello")");
  CHECK(sender->seen == "/chat/room " + ann + " hello");
  CHECK_FALSE(bus->channel("/chat/hall").publish("hi"));
  CHECK(sender->seen == "/chat/hall  hi");
}
