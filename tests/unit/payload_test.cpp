#include <string>
#include <thread>
#include <vector>

#include <bayeux/payload.hpp>

#include "support/catch.hpp"

namespace bayeux {

TEST_CASE("an absent payload is neither null nor anything else", "[payload]") {
  const Payload absent;
  CHECK_FALSE(absent.present());
  CHECK(absent.text().empty());
  CHECK(absent.json().is_null());
  const Payload null{Json()};
  CHECK(null.present());
  CHECK(null.text() == "null");
}

TEST_CASE("a text that came in leaves as the very bytes", "[payload]") {
  const Payload payload = Payload::from_text("{ \"a\" : 1.50, \"a\":2 }");
  CHECK(payload["a"] == 2);
  CHECK(payload.text() == "{ \"a\" : 1.50, \"a\":2 }");
}

TEST_CASE("a value gives its text, and copies share it", "[payload]") {
  const Payload payload(Json{{"test", "hello world"}});
  const Payload copy = payload;
  CHECK(copy.text() == R"({"test":"hello world"})");
  CHECK(copy.text().data() == payload.text().data());
  CHECK(&copy.json() == &payload.json());
}

TEST_CASE("a text that is no JSON after all reads as null", "[payload]") {
  const Payload payload = Payload::from_text("{oops");
  CHECK(payload.json().is_null());
  CHECK(payload.text() == "{oops");
}

TEST_CASE("threads may ask one payload for its other form at once", "[payload]") {
  for (int round = 0; round < 50; ++round) {
    const Payload text = Payload::from_text(R"({"a":[1,2,3]})");
    const Payload value(Json{{"b", {4, 5}}});
    std::vector<std::thread> threads;
    std::vector<int> results(4);
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([text, value, &result = results[static_cast<std::size_t>(i)]] {
        result = text["a"].size() == 3 && value.text() == R"({"b":[4,5]})" ? 1 : 0;
      });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(results == std::vector<int>(4, 1));
  }
}

}  // namespace bayeux
