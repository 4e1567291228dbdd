#include <string>

#include <bayeux/message.hpp>

#include "support/catch.hpp"

namespace bayeux {
namespace {

Message from(std::string_view text) {
  return Message::from(Json::parse(text).value());
}

}  // namespace

TEST_CASE("a message writes its members in a fixed order", "[message]") {
  Message message;
  CHECK(message.text() == "{}");
  message.members = Json{{"version", "1.0"}, {"x-messages", 2}};
  message.ext = Json{{"ack", 1}};
  message.advice = Json{{"reconnect", "retry"}};
  message.subscription = "/a/*";
  message.error = "403::no \"way\"";
  message.successful = false;
  message.data = Payload::from_text("{ }");
  message.client_id = "me";
  message.id = "7";
  message.channel = "/a/b";
  CHECK(message.text() ==
        R"({"channel":"/a/b","id":"7","clientId":"me","data":{ },"successful":false,"error":"403::no \"way\"",)"
        R"("subscription":"/a/*","advice":{"reconnect":"retry"},"ext":{"ack":1},"version":"1.0","x-messages":2})");
}

TEST_CASE("an id is echoed with its type", "[message]") {
  Message message;
  message.id = 7;
  CHECK(message.text() == R"({"id":7})");
  message.id = "7";
  CHECK(message.text() == R"({"id":"7"})");
  message.id = "a\nb";
  CHECK(message.text() == R"({"id":"a\nb"})");
}

TEST_CASE("data may be null, and is left out only when absent", "[message]") {
  Message message;
  message.data = Payload(Json());
  CHECK(message.text() == R"({"data":null})");
}

TEST_CASE("a member among the others cannot pass for one of the envelope", "[message]") {
  Message message;
  message.channel = "/a";
  message.members =
      Json{{"channel", "/meta/disconnect"}, {"clientId", "x"}, {"successful", true}, {"timestamp", "now"}};
  CHECK(message.text() == R"({"channel":"/a","timestamp":"now"})");
}

TEST_CASE("what a message writes is what reading it gives", "[message]") {
  for (const std::string text :
       {R"({"channel":"/a","id":"1","clientId":"c","data":[1,{"x":null}],"ext":{"a":{}},"k":1,"k":2})",
        R"({"channel":"/meta/subscribe","id":3,"successful":true,"subscription":["/a","/b"],"advice":{"interval":0}})",
        R"({"channel":"/a","successful":false,"error":"402::session_unknown"})", "{}"}) {
    CHECK(from(text).text() == text);
  }
}

TEST_CASE("members of a wrong type are left out when a message is read", "[message]") {
  const Message message = from(R"({"channel":1,"id":true,"clientId":[],"successful":"yes","error":{},)"
                               R"("subscription":["/a",1],"advice":[],"ext":"x"})");
  CHECK(message.text() == "{}");
  CHECK(from("[1]").text() == "{}");
}

}  // namespace bayeux
