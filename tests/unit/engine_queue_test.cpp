#include <string>

#include "engine/queue.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::engine;

namespace {

Frame frame(const std::string& text) {
  return {text, Frame::Kind::event};
}

}  // namespace

TEST_CASE("a queue gives back what was put in, first in, first out", "[queue]") {
  Queue queue;
  CHECK(queue.empty());
  queue.push(frame("a"));
  queue.push(frame("bc"));
  CHECK(queue.size() == 2);
  CHECK(queue.bytes() == 3);
  CHECK(queue.front().text() == "a");
  CHECK(queue.pop().text() == "a");
  CHECK(queue.bytes() == 2);
  CHECK(queue.pop().text() == "bc");
  CHECK(queue.empty());
  CHECK(queue.bytes() == 0);
}

TEST_CASE("every frame keeps its number, also over a queue that ran empty", "[queue]") {
  Queue queue;
  CHECK(queue.first() == 0);
  CHECK(queue.end() == 0);
  queue.push(frame("a"));
  queue.push(frame("b"));
  CHECK(queue.end() == 2);
  queue.pop();
  CHECK(queue.first() == 1);
  queue.pop();
  CHECK(queue.first() == 2);
  CHECK(queue.end() == 2);
  queue.push(frame("c"));
  CHECK(queue.first() == 2);
  CHECK(queue.end() == 3);
}

TEST_CASE("a queue that never runs empty keeps its order and numbers while it makes room", "[queue]") {
  Queue queue;
  for (int i = 0; i < 10; ++i) queue.push(frame(std::to_string(i)));
  for (int i = 10; i < 1000; ++i) {
    queue.push(frame(std::to_string(i)));
    if (queue.pop().text() != std::to_string(i - 10)) FAIL("frame " << i - 10);
    if (queue.first() != static_cast<std::uint64_t>(i - 9)) FAIL("number " << queue.first());
  }
  CHECK(queue.size() == 10);
  CHECK(queue.front().text() == "990");
  CHECK(queue.end() == 1000);
}

TEST_CASE("a queue lets go of what was taken", "[queue]") {
  Queue queue;
  queue.push(frame("a"));
  const Frame held = queue.front();
  const Frame popped = queue.pop();
  CHECK(popped.same_as(held));
}
