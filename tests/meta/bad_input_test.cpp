#include "support/catch.hpp"

#include "meta/answers.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

std::error_code error_of(TestBus& bus, std::string_view text) {
  Exchange exchange(*bus, text);
  CHECK_FALSE(exchange.ready());
  return exchange.error();
}

}  // namespace

TEST_CASE("a body that is not JSON fails the request as a whole", "[bad-input]") {
  TestBus bus;
  for (const char* text : {"{", "[", "not json", "NaN", "[{},]", "{'channel':'/a'}", "[{}] x", "\xEF\xBB\xBF[", "]"}) {
    CAPTURE(text);
    CHECK(error_of(bus, text) == Errc::json_invalid);
  }
  CHECK(error_of(bus, std::string_view("[{}]\0", 5)) == Errc::json_invalid);
}

TEST_CASE("an empty body is told from broken JSON", "[bad-input]") {
  TestBus bus;
  CHECK(error_of(bus, "") == Errc::messages_empty);
  CHECK(error_of(bus, " \r\n\t") == Errc::messages_empty);
}

TEST_CASE("JSON that holds anything but messages fails the request as a whole", "[bad-input]") {
  TestBus bus;
  const auto client = join(*bus);
  for (const char* text : {"1", "null", "true", "\"x\"", "[1]", "[null]", "[\"a\"]", "[[]]", "[[{}]]"}) {
    CAPTURE(text);
    CHECK(error_of(bus, text) == Errc::messages_invalid);
  }
  CHECK(error_of(bus, "[" + message(client, "/meta/subscribe", R"("subscription":"/a")") + ",5]") ==
        Errc::messages_invalid);
  CHECK(bus->channel("/a").subscribers() == 0);
}

TEST_CASE("an empty array is answered by an empty array, at once, by every transport", "[bad-input]") {
  TestBus bus;
  Exchange exchange(*bus, "[]");
  CHECK_FALSE(exchange.error());
  CHECK(exchange.ready());
  CHECK(exchange.text() == "[]");
  Socket socket(*bus);
  CHECK(socket.say(" [ ] ").empty());
  CHECK_FALSE(socket.error());
}

TEST_CASE("a lone object counts as an array of one", "[bad-input]") {
  TestBus bus;
  CHECK(ask(*bus, R"({"channel":"/meta/handshake"})").size() == 1);
}

TEST_CASE("a message without a channel is answered by that, with its id", "[bad-input]") {
  TestBus bus;
  CHECK(ask(*bus, R"([{"id":"1"}])")[0].text() == R"({"id":"1","successful":false,"error":"400::channel_missing"})");
  CHECK(ask(*bus, R"([{}])")[0].text() == R"({"successful":false,"error":"400::channel_missing"})");
  CHECK(ask(*bus, R"([{"channel":null}])")[0]["error"] == Json("400::channel_missing"));
}

TEST_CASE("a message with a bad channel name is answered by that", "[bad-input]") {
  TestBus bus;
  const auto client = join(*bus);
  for (const char* name : {"a", "/", "//", "/a//b", "/a*", "/*/b", "/**/b", "/***", "/a<b>", "/a%", "__proto__"}) {
    CAPTURE(name);
    const Json reply = tell(*bus, client, name, R"("id":"1","data":1)");
    CHECK(reply["successful"] == Json(false));
    CHECK(reply["error"] == Json("405::channel_invalid"));
    CHECK(reply["id"] == Json("1"));
  }
}

TEST_CASE("a channel name that is too long or has too many segments is refused and not echoed", "[bad-input]") {
  TestBus bus;
  const auto client = join(*bus);
  const Json reply = tell(*bus, client, "/" + std::string(1'000'000, 'x'), R"("id":"1","data":1)");
  CHECK(reply.text() == R"({"id":"1","successful":false,"error":"405::channel_invalid"})");
  std::string deep;
  for (int i = 0; i < 65; ++i) deep += "/x";
  CHECK(tell(*bus, client, deep, R"("data":1)")["error"] == Json("405::channel_invalid"));
}

TEST_CASE("an id with other characters, or too long, is refused", "[bad-input]") {
  TestBus bus;
  const auto client = join(*bus);
  for (const std::string& id : {std::string(), std::string("a b"), std::string("<script>"), std::string(129, 'x')}) {
    CAPTURE(id);
    CHECK(tell(*bus, client, "/a", "\"data\":1,\"id\":\"" + id + "\"")["error"] == Json("405::message_id_invalid"));
  }
  CHECK(tell(*bus, client, "/a", R"("data":1,"id":{"a":1})")["error"] == Json("400::bad_request"));
  CHECK(tell(*bus, client, "/a", R"("data":1,"id":1e400)")["error"] == Json("400::number_out_of_range"));
}

TEST_CASE("a known member of a wrong type refuses its own message only", "[bad-input]") {
  TestBus bus;
  const auto client = join(*bus);
  for (const char* more :
       {R"("advice":5)", R"("advice":[])", R"("advice":"x")", R"("ext":[])", R"("ext":"x")", R"("connectionType":7)"}) {
    CAPTURE(more);
    const Json response = ask(*bus, "[" + message(client, "/a", std::string(R"("id":"1","data":1,)") + more) + "," +
                                        message(client, "/b", R"("id":"2","data":1)") + "]");
    REQUIRE(response.size() == 2);
    CHECK(response[0]["error"] == Json("400::bad_request"));
    CHECK(response[1]["successful"] == Json(true));
  }
  CHECK(ask(*bus, R"([{"channel":"/a","clientId":7,"data":1}])")[0]["error"] == Json("400::bad_request"));
  CHECK(ask(*bus, R"([{"channel":5,"data":1}])")[0]["error"] == Json("400::bad_request"));
}

TEST_CASE("null stands for a member that is not there", "[bad-input]") {
  TestBus bus;
  const auto client = join(*bus);
  const Json reply = tell(*bus, client, "/a", R"("id":null,"data":1,"advice":null,"ext":null)");
  CHECK(reply.text() == R"({"channel":"/a","successful":true})");
}

TEST_CASE("bad neighbours do not harm each other, wherever they stand", "[bad-input]") {
  TestBus bus;
  const auto client = join(*bus);
  subscribe(*bus, client, "/a");
  const std::string good = message(client, "/a", R"("id":"1","data":1)");
  const Json response =
      ask(*bus, "[{}," + good + R"(,{"channel":7},{"channel":"x"},)" + message(client, "/meta/foo") + "," +
                    message(client, "/a", R"("id":"é","data":2)") + "," + message(client, "/meta/subscribe") + "," +
                    message("thief", "/a", R"("data":3)") + "," + good + "]");
  CHECK(events(response) == "1 1");
  REQUIRE(response.size() == 11);
  std::string outcome;
  for (const auto& reply : response.items()) {
    if (reply.find("successful") != nullptr) outcome += reply["successful"].as_bool() ? "+" : "-";
  }
  CHECK(outcome == "-+------+");
}

TEST_CASE("every message of a request has a reply, in order, with its own id", "[bad-input]") {
  TestBus bus;
  const auto client = join(*bus);
  std::string batch = "[";
  for (int i = 0; i < 1000; ++i) {
    batch += (i == 0 ? "" : ",") +
             message(i % 3 == 0 ? "x" : client, i % 2 == 0 ? "/a" : "b", "\"data\":1,\"id\":" + std::to_string(i));
  }
  const Json response = ask(*bus, batch + "]");
  REQUIRE(response.size() == 1000);
  for (int i = 0; i < 1000; ++i) {
    if (!(response[i]["id"] == Json(i)) || response[i].find("successful") == nullptr) FAIL("reply " << i);
  }
}

TEST_CASE("too many messages in one request fail it, and none is processed", "[bad-input]") {
  Config config;
  config.max_batch = 3;
  TestBus bus(config);
  const auto client = join(*bus);
  const std::string one = message(client, "/meta/subscribe", R"("subscription":"/a")");
  CHECK(error_of(bus, "[" + one + "," + one + "," + one + "," + one + "]") == Errc::messages_too_many);
  CHECK(bus->channel("/a").subscribers() == 0);
  CHECK(ask(*bus, "[" + one + "," + one + "," + one + "]").size() == 3);
}

TEST_CASE("data that nests too deep refuses its message, and a megabyte of brackets the request", "[bad-input]") {
  TestBus bus;
  const auto client = join(*bus);
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(tell(*bus, client, "/a", "\"data\":" + nested(64))["successful"] == Json(true));
  CHECK(tell(*bus, client, "/a", "\"id\":\"1\",\"data\":" + nested(65)).text() ==
        R"({"channel":"/a","id":"1","successful":false,"error":"400::nesting_too_deep"})");
  CHECK(tell(*bus, client, "/a", "\"ext\":{\"x\":" + nested(100'000) + "}")["error"] == Json("400::nesting_too_deep"));
  CHECK(error_of(bus, std::string(1 << 20, '[')) == Errc::messages_invalid);
}

TEST_CASE("invalid text inside of a string refuses its message", "[bad-input]") {
  TestBus bus;
  const auto client = join(*bus);
  for (const char* data : {"\"\xff\"", "\"\xc0\xaf\"", R"("\ud800")", R"({"\udc00":1})"}) {
    CAPTURE(data);
    CHECK(tell(*bus, client, "/a", std::string("\"data\":") + data)["error"] == Json("400::string_invalid"));
  }
}

TEST_CASE("a repeated member refuses its message, whichever value came first", "[bad-input]") {
  TestBus bus;
  const auto client = join(*bus);
  const Json reply =
      ask(*bus, R"({"channel":"/a","channel":"/meta/handshake","clientId":")" + client + R"(","data":1})")[0];
  CHECK(reply["error"] == Json("400::member_duplicate"));
  CHECK(bus->stats().clients == 1);
}

TEST_CASE("a request that failed leaves a lasting connection as it was", "[bad-input]") {
  TestBus bus;
  Socket socket(*bus);
  const auto client = socket.join();
  CHECK(socket.say("{").empty());
  CHECK(socket.error() == Errc::json_invalid);
  CHECK(socket.say(message(client, "/a", R"("data":1)"))[0]["successful"] == Json(true));
}

TEST_CASE("a client id of any length or content is just unknown, and not reflected", "[bad-input]") {
  TestBus bus;
  for (const std::string& id : {std::string(100'000, 'x'), std::string("../../etc"), std::string("client1 ")}) {
    const Json reply = tell(*bus, id, "/a", R"("data":1)");
    CHECK(reply.text() == R"({"channel":"/a","successful":false,"error":"402::session_unknown"})");
  }
}
