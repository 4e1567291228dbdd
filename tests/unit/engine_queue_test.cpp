#include <string>
#include <vector>

#include "engine/queue.hpp"
#include "engine_support.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::engine;
using bayeux::test::frame;
using bayeux::test::texts;

namespace {

std::string all(Queue& queue) {
  std::vector<Item> items;
  while (!queue.empty()) items.push_back(queue.pop());
  return texts(items);
}

}  // namespace

TEST_CASE("a queue gives back what was put in, first in, first out", "[queue]") {
  Queue queue;
  CHECK(queue.empty());
  queue.push(frame("a"));
  queue.push(frame("bc"));
  CHECK(queue.size() == 2);
  CHECK(queue.bytes() == 3);
  CHECK(queue.front().frame.text() == "a");
  CHECK(queue.pop().frame.text() == "a");
  CHECK(queue.bytes() == 2);
  CHECK(queue.pop().frame.text() == "bc");
  CHECK(queue.empty());
  CHECK(queue.bytes() == 0);
}

TEST_CASE("every frame keeps its number, also over a queue that ran empty", "[queue]") {
  Queue queue;
  CHECK(queue.end() == 0);
  CHECK(queue.push(frame("a")) == 0);
  CHECK(queue.push(frame("b")) == 1);
  CHECK(queue.end() == 2);
  CHECK(queue.pop().number == 0);
  CHECK(queue.pop().number == 1);
  CHECK(queue.end() == 2);
  CHECK(queue.push(frame("c")) == 2);
  CHECK(queue.front().number == 2);
  CHECK(queue.end() == 3);
}

TEST_CASE("a queue that never runs empty keeps its order and numbers while it makes room", "[queue]") {
  Queue queue;
  for (int i = 0; i < 10; ++i) queue.push(frame(std::to_string(i)));
  for (int i = 10; i < 1000; ++i) {
    queue.push(frame(std::to_string(i)));
    if (queue.pop().frame.text() != std::to_string(i - 10)) FAIL("frame " << i - 10);
    if (queue.front().number != static_cast<std::uint64_t>(i - 9)) FAIL("number " << queue.front().number);
  }
  CHECK(queue.size() == 10);
  CHECK(queue.front().frame.text() == "990");
  CHECK(queue.end() == 1000);
}

TEST_CASE("a queue lets go of what was taken", "[queue]") {
  Queue queue;
  queue.push(frame("a"));
  const Frame held = queue.front().frame;
  const Frame popped = queue.pop().frame;
  CHECK(popped.same_as(held));
}

TEST_CASE("a place in a queue is filled once, or given up", "[queue]") {
  Queue queue;
  queue.push(frame("a"));
  const auto place = queue.push({});
  queue.push(frame("c"));
  CHECK(queue.bytes() == 2);
  CHECK(queue.fill(place, frame("bb")));
  CHECK_FALSE(queue.fill(place, frame("again")));
  CHECK_FALSE(queue.fill(17, frame("x")));
  CHECK(queue.bytes() == 4);
  const auto other = queue.push({});
  CHECK(queue.remove(other));
  CHECK_FALSE(queue.remove(other));
  CHECK(all(queue) == "a bb c");
  CHECK_FALSE(queue.fill(place, frame("late")));
  CHECK(queue.bytes() == 0);
}

TEST_CASE("any frame of a queue can be found and removed, and the others keep their order and numbers", "[queue]") {
  for (std::uint64_t out = 2; out < 6; ++out) {
    Queue queue;
    for (const char* text : {"a", "b", "c", "d", "e", "f"}) queue.push(frame(text));
    queue.pop();
    queue.pop();
    REQUIRE(queue.at(out) != nullptr);
    CHECK(queue.at(out)->number == out);
    CHECK(queue.remove(out));
    CHECK(queue.at(out) == nullptr);
    CHECK(queue.size() == 3);
    CHECK(queue.bytes() == 3);
    CHECK(all(queue).find(static_cast<char>('a' + out)) == std::string::npos);
    CHECK(queue.push(frame("g")) == 6);
  }
}

TEST_CASE("what was popped is put in front again with its numbers", "[queue]") {
  Queue queue;
  for (const char* text : {"a", "b", "c"}) queue.push(frame(text));
  const std::vector<Item> popped{queue.pop(), queue.pop()};
  queue.restore(popped);
  CHECK(queue.bytes() == 3);
  CHECK(queue.front().number == 0);
  CHECK(all(queue) == "a b c");
  queue.restore(popped);
  CHECK(all(queue) == "a b");
}

TEST_CASE("what is put in front of a queue that has something stays in front of it", "[queue]") {
  Queue queue;
  for (const char* text : {"a", "b", "c"}) queue.push(frame(text));
  const std::vector<Item> popped{queue.pop(), queue.pop()};
  queue.pop();
  queue.push(frame("d"));
  queue.restore(popped);
  CHECK(queue.size() == 3);
  CHECK(queue.bytes() == 3);
  REQUIRE(queue.at(1) != nullptr);
  CHECK(queue.at(1)->frame.text() == "b");
  REQUIRE(queue.at(3) != nullptr);
  CHECK(queue.at(3)->frame.text() == "d");
  CHECK(queue.remove(1));
  CHECK(all(queue) == "a d");
}
