#include <thread>
#include <utility>
#include <vector>

#include <bayeux/frame.hpp>

#include "support/catch.hpp"

namespace bayeux {

TEST_CASE("copies of a frame share one text", "[frame]") {
  const Frame frame(R"({"channel":"/a"})", Frame::Kind::reply);
  const Frame copy = frame;
  CHECK(copy.same_as(frame));
  CHECK(copy.text().data() == frame.text().data());
  CHECK(copy.kind() == Frame::Kind::reply);
  CHECK(copy.size() == 16);
  CHECK_FALSE(Frame("{}", Frame::Kind::reply).same_as(Frame("{}", Frame::Kind::reply)));
}

TEST_CASE("no frame is false and empty", "[frame]") {
  Frame frame;
  CHECK_FALSE(frame);
  CHECK(frame.text().empty());
  CHECK(frame.kind() == Frame::Kind::event);
  frame = Frame("{}", Frame::Kind::event);
  CHECK(frame);
  const Frame moved = std::move(frame);
  CHECK(moved.text() == "{}");
}

TEST_CASE("assigning a frame to itself keeps it", "[frame]") {
  Frame frame("{}", Frame::Kind::event);
  const Frame& same = frame;
  frame = same;
  CHECK(frame.text() == "{}");
}

TEST_CASE("threads may copy and drop one frame at once", "[frame]") {
  const Frame frame("[1,2,3]", Frame::Kind::event);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([frame] {
      for (int round = 0; round < 10'000; ++round) const Frame copy = frame;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(frame.text() == "[1,2,3]");
}

}  // namespace bayeux
