#include <sstream>

#include "support/catch.hpp"

#include "transcripts/player.hpp"

namespace {

const std::string joined =
    "A --> {\"channel\":\"/meta/handshake\"}\n"
    "A <-- [{\"channel\":\"/meta/handshake\",\"clientId\":\"client1\",\"successful\":true,"
    "\"advice\":{\"reconnect\":\"retry\",\"interval\":0,\"timeout\":25000},\"version\":\"1.0\","
    "\"minimumVersion\":\"1.0\",\"supportedConnectionTypes\":[\"long-polling\"]}]\n"
    "A --> {\"channel\":\"/meta/connect\",\"clientId\":\"client1\"}\n"
    "A <-- [{\"channel\":\"/meta/connect\",\"successful\":true}]\n";

std::string wrong_with(const std::string& lines) {
  std::istringstream text(joined + lines);
  return bayeux::test::Player().play(text);
}

const std::string connect = "A --> {\"channel\":\"/meta/connect\",\"clientId\":\"client1\"}\n";

}  // namespace

TEST_CASE("a transcript that is what happens passes", "[player]") {
  CHECK(wrong_with("").empty());
  CHECK(wrong_with(connect + "A ...\n").empty());
}

TEST_CASE("an answer that differs by a letter fails, with the line and what came", "[player]") {
  const auto wrong = wrong_with("deliver client1 /x 1\n" + connect + "A <-- [{\"channel\":\"/x\",\"data\":2}]\n");
  CHECK(wrong.starts_with("line 7: A <-- "));
  CHECK(wrong.find(R"(came: [{"channel":"/x","data":1},{"channel":"/meta/connect","successful":true}])") !=
        std::string::npos);
}

TEST_CASE("an answer that nobody wrote down fails, before the next line or at the end", "[player]") {
  const std::string ended = connect + "deliver client1 /x 1\n";
  CHECK(wrong_with(ended).starts_with("at the end: A was also told: "));
  CHECK(wrong_with(ended + "@ 1\n").starts_with("line 7: @ 1"));
  CHECK(wrong_with(ended + "A ...\n").starts_with("line 7: A ..."));
}

TEST_CASE("an answer that does not come fails", "[player]") {
  CHECK(wrong_with("A <-- []\n").find("nothing came") != std::string::npos);
  CHECK(wrong_with(connect + "A <-- []\n").find("nothing came") != std::string::npos);
  CHECK(wrong_with("A ...\n").find("nothing is held") != std::string::npos);
}

TEST_CASE("a line that means nothing fails", "[player]") {
  CHECK(wrong_with("A shouts\n").find("no such verb") != std::string::npos);
  CHECK(wrong_with("shout\n").find("no such line") != std::string::npos);
  CHECK(wrong_with("config timeout 1\n").find("too late") != std::string::npos);
  CHECK(wrong_with("A --> {\n").find("not valid JSON") != std::string::npos);
}
