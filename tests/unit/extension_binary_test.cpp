#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <bayeux/extensions/binary.hpp>

#include "support/catch.hpp"

#include "meta/answers.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

std::vector<std::byte> bytes(std::initializer_list<int> values) {
  std::vector<std::byte> all;
  for (const int value : values) all.push_back(static_cast<std::byte>(value));
  return all;
}

const auto hello = bytes({0x86, 0x4F, 0xD2, 0x6F, 0xB5, 0x59, 0xF7, 0x5B});

std::vector<std::byte> pattern(std::size_t size) {
  std::vector<std::byte> all(size);
  for (std::size_t i = 0; i < size; ++i) all[i] = static_cast<std::byte>((i * 167 + size) & 0xff);
  return all;
}

/// A bus that checks, and a client that is subscribed to what it publishes.
struct Guarded {
  Json publish(const std::string& more) { return ask(*bus, message(id, "/files", more)); }

  TestBus bus;
  Registration added = bus->add_extension(std::make_shared<Binary>());
  std::string id = [this] {
    auto client = join(*bus);
    test::subscribe(*bus, client, "/files");
    return client;
  }();
};

}  // namespace

TEST_CASE("four bytes are five characters, as RFC 32 of ZeroMQ says", "[z85]") {
  CHECK(to_z85(hello) == "HelloWorld");
  CHECK(from_z85("HelloWorld") == hello);
  CHECK(to_z85({}).empty());
  CHECK(from_z85("") == std::vector<std::byte>());
  CHECK(to_z85(bytes({255, 255, 255, 255})) == "%nSc0");
  CHECK(to_z85(bytes({0, 0, 0, 0})) == "00000");
}

TEST_CASE("one to three bytes at the end are two to four characters", "[z85]") {
  CHECK(to_z85(bytes({0})) == "00");
  CHECK(to_z85(bytes({255})) == "@@");
  CHECK(to_z85(bytes({255, 255})) == "%nJ");
  CHECK(to_z85(bytes({255, 255, 255})) == "%nS9");
  CHECK(from_z85("@@") == bytes({255}));
  CHECK(from_z85("HelloWorld%nJ") == bytes({0x86, 0x4F, 0xD2, 0x6F, 0xB5, 0x59, 0xF7, 0x5B, 255, 255}));
}

TEST_CASE("whatever is written can be read", "[z85]") {
  for (std::size_t size = 0; size < 300; ++size) {
    const auto all = pattern(size);
    const auto text = to_z85(all);
    CHECK(text.size() == size / 4 * 5 + (size % 4 == 0 ? 0 : size % 4 + 1));
    CHECK(is_z85(text));
    REQUIRE(from_z85(text) == all);
  }
  for (int value = 0; value < 256; ++value) REQUIRE(from_z85(to_z85(bytes({value}))) == bytes({value}));
}

TEST_CASE("garbage is no Z85", "[z85]") {
  const std::string zero("0000\0", 5);
  for (const std::string& text :
       {std::string("a"), std::string("HelloWorld1"), std::string("#####"), std::string("%nSc1"), std::string("##"),
        std::string("%p"), std::string("0000 "), std::string("0000\""), std::string("0000\\"),
        std::string("00\xC3\xA9"
                    "0"),
        std::string("0000,"), zero, std::string("HelloWor\nld"), std::string("0000~"), std::string("\xFF\xFF")}) {
    INFO(text);
    CHECK_FALSE(from_z85(text));
    CHECK_FALSE(is_z85(text));
  }
}

TEST_CASE("bytes go out as the extensions of clients expect them", "[binary]") {
  const BinaryData file{hello, false, {{"name", "a.png"}}};
  CHECK(file.data().text() == R"({"data":"HelloWorld","last":false,"meta":{"name":"a.png"}})");
  CHECK(BinaryData::ext().text() == R"({"binary":{}})");
  CHECK(BinaryData{}.data().text() == R"({"data":"","last":true})");
}

TEST_CASE("what was written is read again", "[binary]") {
  const BinaryData file{pattern(1001), false, {{"part", 3}}};
  Message message;
  message.ext = BinaryData::ext();
  message.data = Payload(file.data());
  const auto read = BinaryData::from(message);
  REQUIRE(read);
  CHECK(read->bytes == file.bytes);
  CHECK(read->last == file.last);
  CHECK(read->meta == file.meta);
}

TEST_CASE("a message that does not say that it carries bytes carries none", "[binary]") {
  Message message;
  CHECK_FALSE(BinaryData::from(message));
  message.data = Payload(BinaryData{hello}.data());
  CHECK_FALSE(BinaryData::from(message));
  message.ext = BinaryData::ext();
  CHECK(BinaryData::from(message));
  message.data = Payload(Json{{"data", "not Z85"}});
  CHECK_FALSE(BinaryData::from(message));
}

TEST_CASE("bytes of a client reach its subscribers as they came", "[binary]") {
  Guarded guarded;
  const Json response = guarded.publish(
      R"("data":{"meta":{"name":"a.png"},"data":"HelloWorld","last":true},"ext":{"binary":{},"own":1})");
  REQUIRE(channels(response) == "/files /files");
  CHECK(response[0].text() ==
        R"({"channel":"/files","data":{"meta":{"name":"a.png"},"data":"HelloWorld","last":true},"ext":{"binary":{}}})");
  const auto read = BinaryData::from(Message::from(response[0]));
  REQUIRE(read);
  CHECK(read->bytes == hello);
  CHECK(read->meta["name"].as_string() == "a.png");
  CHECK(response[1]["successful"].as_bool());
}

TEST_CASE("the application publishes and delivers bytes", "[binary]") {
  Guarded guarded;
  const BinaryData file{hello};
  REQUIRE_FALSE(guarded.bus->channel("/files").publish(file.data(), {.ext = BinaryData::ext()}));
  REQUIRE_FALSE(guarded.bus->client(guarded.id).deliver("/files", file.data(), {.ext = BinaryData::ext()}));
  const Json response = collect(*guarded.bus, guarded.id);
  REQUIRE(channels(response) == "/files /files /meta/connect");
  for (int i = 0; i < 2; ++i) {
    const auto read = BinaryData::from(Message::from(response[i]));
    REQUIRE(read);
    CHECK(read->bytes == hello);
  }
}

TEST_CASE("what claims to be bytes and is not is refused, and reaches nobody", "[binary]") {
  Guarded guarded;
  for (const char* more : {
           R"("ext":{"binary":{}})",
           R"("data":null,"ext":{"binary":{}})",
           R"("data":"HelloWorld","ext":{"binary":{}})",
           R"("data":[],"ext":{"binary":{}})",
           R"("data":{},"ext":{"binary":{}})",
           R"("data":{"data":null},"ext":{"binary":{}})",
           R"("data":{"data":["HelloWorld"]},"ext":{"binary":{}})",
           R"("data":{"data":5},"ext":{"binary":{}})",
           R"("data":{"data":"H"},"ext":{"binary":{}})",
           R"("data":{"data":"#####"},"ext":{"binary":{}})",
           R"("data":{"data":"Hello World"},"ext":{"binary":{}})",
           R"("data":{"data":"<\u0000script>"},"ext":{"binary":{}})",
           R"("data":{"data":"HelloWorld","last":"true"},"ext":{"binary":{}})",
           R"("data":{"data":"HelloWorld","last":null},"ext":{"binary":{}})",
           R"("data":{"data":"HelloWorld","last":1},"ext":{"binary":{}})",
           R"("data":{"data":"HelloWorld","meta":"a.png"},"ext":{"binary":{}})",
           R"("data":{"data":"HelloWorld","meta":[]},"ext":{"binary":{}})",
           R"("data":{"data":"HelloWorld"},"ext":{"binary":true})",
           R"("data":{"data":"HelloWorld"},"ext":{"binary":null})",
           R"("data":{"data":"HelloWorld"},"ext":{"binary":[]})",
           R"("data":{"data":"HelloWorld"},"ext":{"binary":"{}"})",
       }) {
    INFO(more);
    const Json response = guarded.publish(more);
    REQUIRE(channels(response) == "/files");
    CHECK_FALSE(response[0]["successful"].as_bool(true));
    CHECK(response[0]["error"] == Json("400::binary_invalid"));
    CHECK(response[0].find("data") == nullptr);
  }
}

TEST_CASE("bytes that somebody spoilt somewhere in the middle of much are refused", "[binary]") {
  Guarded guarded;
  std::string text = to_z85(pattern(400'000));
  const auto publish = [&] { return guarded.publish(R"("data":{"data":")" + text + R"("},"ext":{"binary":{}})"); };
  CHECK(channels(publish()) == "/files /files");
  text[text.size() / 2] = '~';
  CHECK(publish()[0]["error"] == Json("400::binary_invalid"));
}

TEST_CASE("messages without bytes and meta messages are nobody's business here", "[binary]") {
  Guarded guarded;
  CHECK(guarded.publish(R"("data":{"data":"not Z85"},"ext":{"other":{}})").size() == 2);
  CHECK(guarded.publish(R"("data":"plain")").size() == 2);
  const Json reply = tell(*guarded.bus, guarded.id, "/meta/subscribe", R"("subscription":"/b","ext":{"binary":1})");
  CHECK(reply["successful"].as_bool());
}

TEST_CASE("bytes sent to a service are checked as well", "[binary]") {
  Guarded guarded;
  std::size_t calls = 0;
  const auto heard = guarded.bus->channel("/service/x").on_message([&](const Client&, const Message& message) {
    calls += BinaryData::from(message)->bytes.size();
  });
  CHECK(tell(*guarded.bus, guarded.id, "/service/x", R"("data":{"data":"~"},"ext":{"binary":{}})")["error"] ==
        Json("400::binary_invalid"));
  CHECK(
      tell(*guarded.bus, guarded.id, "/service/x", R"("data":{"data":"HelloWorld"},"ext":{"binary":{}})")["successful"]
          .as_bool());
  CHECK(calls == 8);
}
