#include "protocol/plain_message.hpp"

#include <cstdint>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <bayeux/error.hpp>

#include "protocol/parser.hpp"
#include "support/catch.hpp"
#include "support/incoming_text.hpp"

namespace bayeux::protocol {
namespace {

bool is_plain(std::string_view text) {
  return PlainMessage().read(text);
}

using Reading = std::error_code (*)(std::string_view, const Limits&, std::vector<Incoming>&);

/// What is made of a request by a list that holds something from before.
std::string read(Reading reading, std::string_view text, const Limits& limits) {
  std::vector<Incoming> messages(3);
  const auto error = reading(text, limits, messages);
  return test::incoming_text(error, messages);
}

bool same_both_ways(std::string_view text, const Limits& limits = {}) {
  return read(parse, text, limits) == read(parse_any, text, limits);
}

const std::string_view polls[] = {
    // cometd.js, Faye and jsforce, the Java client, and one that writes no array
    R"([{"id":"3","channel":"/meta/connect","connectionType":"long-polling","clientId":"7m9n8v2d3k1x0q5z"}])",
    R"([{"channel":"/meta/connect","clientId":"tcdyg7ma0pq4","connectionType":"websocket","id":"2"}])",
    R"([{"clientId":"abcdefghijklmnopqrstuvwxyz","channel":"/meta/connect","id":"17","connectionType":"long-polling"}])",
    R"({"channel":"/meta/connect","clientId":"client1"})",
};

const std::string_view pieces[] = {"\"",
                                   "\\",
                                   "\\n",
                                   "\\u0041",
                                   "\\ud800",
                                   std::string_view("\0", 1),
                                   "\x1f",
                                   "\x7f",
                                   "\x80",
                                   "\xC3\xA4",
                                   " ",
                                   "\t",
                                   "\n",
                                   "{",
                                   "}",
                                   "[",
                                   "]",
                                   ",",
                                   ":",
                                   "null",
                                   "7",
                                   "{}",
                                   ",\"id\":\"5\"",
                                   ",\"channel\":\"/a\"",
                                   ",\"clientId\":\"\"",
                                   ",\"data\":\"text\"",
                                   ",\"data\":{\"a\":1}",
                                   ",\"ext\":\"x\"",
                                   ",\"advice\":{\"timeout\":0}",
                                   ",\"successful\":\"x\"",
                                   ",\"error\":\"x\"",
                                   ",\"subscription\":\"/a/b\"",
                                   ",\"version\":\"1.0\"",
                                   ",\"version\":\"1.0\"",
                                   ",{\"channel\":\"/a\"}",
                                   "0123456789abcdefgh"};

class Mutation {
 public:
  explicit Mutation(std::uint32_t seed) : random_(seed) {}

  std::string poll() {
    std::string text(polls[below(std::size(polls))]);
    for (auto left = below(4); left > 0; --left) change(text);
    return text;
  }

 private:
  std::size_t below(std::size_t end) { return random_() % end; }

  void change(std::string& text) {
    if (text.empty()) return;
    const auto at = below(text.size());
    const std::string_view piece = pieces[below(std::size(pieces))];
    switch (below(6)) {
      case 0:
        text[at] = static_cast<char>(random_());
        return;
      case 1:
        text.erase(at, 1 + below(20));
        return;
      case 2:
        text.insert(at, piece);
        return;
      case 3:
        text += piece;
        return;
      case 4:
        // Behind a value, where a member may begin.
        if (const auto comma = text.find("\",", at); comma != std::string::npos) text.insert(comma + 1, piece);
        return;
      default:
        text.insert(at, text.substr(below(text.size()), below(30)));
    }
  }

  std::mt19937 random_;
};

}  // namespace

TEST_CASE("the polls of known clients are plain", "[parser][plain]") {
  for (const auto poll : polls) {
    CAPTURE(poll);
    CHECK(is_plain(poll));
    CHECK(same_both_ways(poll));
  }
}

TEST_CASE("the members of a plain message are found in their order", "[parser][plain]") {
  PlainMessage plain;
  REQUIRE(plain.read(R"([{"channel":"/a b~","id":"","x":"{[,:]}"}])"));
  std::vector<std::string> found;
  for (const auto& [name, value] : plain) found.push_back(std::string(name) + "=" + std::string(value));
  CHECK(found == std::vector<std::string>{"channel=/a b~", "id=", "x={[,:]}"});
  CHECK_FALSE(plain.read(R"([{"channel":"/a","id":1}])"));
  CHECK(plain.begin() == plain.end());
}

TEST_CASE("what is not plain is left alone", "[parser][plain]") {
  std::string many = R"({"channel":"/a")";
  for (int i = 0; i < 8; ++i) many += R"(,"x":"y")";
  for (const std::string& text :
       {std::string(), std::string("["), std::string("[]"), std::string("{}"), std::string(R"({"channel":"/a"}])"),
        std::string(R"([{"channel":"/a"})"), std::string(R"({"channel":"/a"} )"), std::string(R"({"channel":"/a",})"),
        std::string(R"([{"channel":"/a"},{"channel":"/b"}])"), std::string(R"({"channel":"/a\n"})"),
        std::string(R"({"ch\u0061nnel":"/a"})"), std::string("{\"channel\":\"/a\t\"}"),
        std::string("{\"channel\":\"/\xC3\xA4\"}"), std::string(R"({"channel":null})"), std::string(R"({"channel":7})"),
        std::string(R"({"channel":"/a","advice":{"timeout":0}})"), std::string("{\"channel\":\"/a\"}\0", 17),
        "{\"channel\":\"" + std::string(2'000, 'a') + "\"}", many + "}"}) {
    CAPTURE(text);
    CHECK_FALSE(is_plain(text));
    CHECK(same_both_ways(text));
  }
}

TEST_CASE("every byte in every place is read as ever", "[parser][plain]") {
  const std::string poll(polls[1]);
  for (std::size_t at = 0; at < poll.size(); ++at) {
    for (unsigned byte = 0; byte < 256; ++byte) {
      std::string text = poll;
      text[at] = static_cast<char>(byte);
      if (!same_both_ways(text)) FAIL("byte " << byte << " at " << at);
    }
  }
}

TEST_CASE("a plain message is judged by the same rules as any other", "[parser][plain]") {
  const auto error = [](const std::string& members, const Limits& limits = {}) {
    const std::string text = "{" + members + "}";
    CHECK(is_plain(text));
    CHECK(same_both_ways(text, limits));
    std::vector<Incoming> messages;
    if (const auto failed = parse(text, limits, messages)) return failed.message();
    return messages.at(0).error;
  };
  CHECK(error(R"("id":"5")") == "400::channel_missing");
  CHECK(error(R"("channel":"")") == "405::channel_invalid");
  CHECK(error(R"("channel":"/a","channel":"/a")") == "400::member_duplicate");
  CHECK(error(R"("channel":"/a","ext":"x")") == "400::bad_request");
  CHECK(error(R"("channel":"/a","id":"a-b")") == "405::message_id_invalid");
  CHECK(error(R"("channel":"/a","id":"")") == "405::message_id_invalid");
  CHECK(error(R"("channel":"/a","id":"12345")", {.max_id_length = 5}).empty());
  CHECK(error(R"("channel":"/a","id":"123456")", {.max_id_length = 5}) == "405::message_id_invalid");
  CHECK(error(R"("channel":"/a")", {.max_batch = 0}) == make_error_code(Errc::messages_too_many).message());
  CHECK(error(R"("channel":"/a","data":"text, as it is","x":"y","x":"z")").empty());
}

TEST_CASE("whatever is done to a poll, it is read as ever", "[parser][plain]") {
  const Limits limits[] = {{}, {.max_id_length = 4}};
  std::size_t taken = 0;
  for (std::uint32_t seed = 0; seed < 20'000; ++seed) {
    const std::string text = Mutation(seed).poll();
    if (is_plain(text)) ++taken;
    for (const Limits& each : limits) {
      if (!same_both_ways(text, each)) FAIL("seed " << seed << ": " << text);
    }
  }
  // Else there would have been nothing to compare.
  CHECK(taken > 5'000);
  CHECK(taken < 15'000);
}

}  // namespace bayeux::protocol
