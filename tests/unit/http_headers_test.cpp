#include <string>
#include <thread>
#include <vector>

#include <bayeux/transports/http.hpp>

#include "support/catch.hpp"

using namespace bayeux;

namespace {

const HttpHeaders colors{{"A", "red"}, {"b", "green"}, {"a", "blue"}};

}  // namespace

TEST_CASE("header fields stand in their order, and are found in any case", "[http]") {
  CHECK(colors.size() == 3);
  CHECK(colors.front() == HttpHeader("A", "red"));
  REQUIRE(colors.find("B") != nullptr);
  CHECK(*colors.find("B") == "green");
  CHECK(*colors.find("a") == "red");
  CHECK(colors.find("c") == nullptr);
  CHECK(HttpHeaders().empty());
  CHECK(HttpHeaders().find("a") == nullptr);
  CHECK(HttpHeaders().begin() == HttpHeaders().end());
}

TEST_CASE("a copy shares what it holds until it is changed", "[http]") {
  HttpHeaders copy = colors;
  CHECK(copy.begin() == colors.begin());
  CHECK(copy.lines()->data() == colors.lines()->data());
  copy.emplace_back("C", "black");
  CHECK(copy.size() == 4);
  CHECK(colors.size() == 3);
  CHECK(copy.lines() == "A: red\r\nb: green\r\na: blue\r\nC: black\r\n");
  CHECK(colors.lines() == "A: red\r\nb: green\r\na: blue\r\n");
}

TEST_CASE("a change of the original leaves its copy alone, and a later change is seen", "[http]") {
  HttpHeaders original{{"A", "red"}};
  const HttpHeaders copy = original;
  original.set("a", "white");
  original.set("D", "gold");
  CHECK(original.lines() == "A: white\r\nD: gold\r\n");
  original.set("d", "grey");
  CHECK(original.lines() == "A: white\r\nD: grey\r\n");
  CHECK(copy.lines() == "A: red\r\n");
}

TEST_CASE("a value that was given away or replaced is as any other", "[http]") {
  HttpHeaders one = colors;
  HttpHeaders two = std::move(one);
  CHECK(two.size() == 3);
  one = two;
  const auto& same = one;
  one = same;
  CHECK(one.size() == 3);
  one = {};
  CHECK(one.empty());
  CHECK(one.lines() == "");
  one.push_back({"x", "y"});
  CHECK(one.lines() == "x: y\r\n");
  CHECK(two.size() == 3);
}

TEST_CASE("what belongs to the connection is not among the lines", "[http]") {
  const HttpHeaders headers{
      {"Connection", "close"},   {"content-LENGTH", "9"}, {"Date", "now"}, {"Keep-Alive", "1"}, {"X", "y"},
      {"Transfer-Encoding", ""}, {"Dates", "all"}};
  CHECK(headers.size() == 7);
  CHECK(headers.lines() == "X: y\r\nDates: all\r\n");
}

TEST_CASE("fields that could become others have no lines", "[http]") {
  for (const HttpHeader& bad : std::vector<HttpHeader>{{"a", "b\r\nc: d"},
                                                       {"a", "b\n"},
                                                       {"a", std::string("b\0", 2)},
                                                       {"a", "\x7f"},
                                                       {"", "b"},
                                                       {"a b", "c"},
                                                       {"a:", "c"},
                                                       {"Date", "a\r\nb: c"}}) {
    HttpHeaders headers{{"X", "y"}};
    CHECK(headers.lines());
    headers.push_back(bad);
    CHECK_FALSE(headers.lines());
    CHECK_FALSE(HttpHeaders(headers).lines());
  }
  CHECK(HttpHeaders{{"a", "b\tc \xc3\xa4"}}.lines() == "a: b\tc \xc3\xa4\r\n");
}

TEST_CASE("copies are used and changed on many threads at once", "[http]") {
  for (int round = 0; round < 50; ++round) {
    const HttpHeaders shared{{"A", "red"}, {"B", "green"}};
    std::vector<std::string> lines(4);
    std::vector<std::thread> threads;
    for (auto& mine : lines) {
      threads.emplace_back([&mine, copy = shared]() mutable {
        const auto all = copy.lines();
        copy.emplace_back("C", std::to_string(all->size()));
        mine = *copy.lines();
      });
    }
    for (auto& thread : threads) thread.join();
    for (const auto& mine : lines) CHECK(mine == "A: red\r\nB: green\r\nC: 18\r\n");
    CHECK(shared.lines() == "A: red\r\nB: green\r\n");
  }
}
