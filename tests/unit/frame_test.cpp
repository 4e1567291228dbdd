#include <atomic>
#include <memory>
#include <new>
#include <string>
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

TEST_CASE("a form of a frame is made once and shared by its copies", "[frame]") {
  static constexpr Frame::Form loud;
  static constexpr Frame::Form quiet;
  const auto total = std::make_shared<std::atomic<std::size_t>>(0);
  {
    const Frame frame("hello", Frame::Kind::event, {.total = total});
    int made = 0;
    const auto shout = [&] { return ++made, std::string(frame.text()) + "!"; };
    const auto first = frame.rendering(loud, shout);
    const Frame copy = frame;
    CHECK(copy.rendering(loud, shout).data() == first.data());
    CHECK(first == "hello!");
    CHECK(made == 1);
    CHECK(frame.rendering(quiet, [] { return std::string("..."); }) == "...");
    CHECK(frame.rendering(loud, shout) == "hello!");
    CHECK(*total == 5 + 6 + 3);
  }
  CHECK(*total == 0);
}

TEST_CASE("a form that could not be made is made the next time", "[frame]") {
  static constexpr Frame::Form form;
  const Frame frame("hello", Frame::Kind::event);
  CHECK_THROWS_AS(frame.rendering(form, []() -> std::string { throw std::bad_alloc(); }), std::bad_alloc);
  CHECK(frame.rendering(form, [] { return std::string("made"); }) == "made");
}

TEST_CASE("threads that ask for one form of a frame at once share one", "[frame]") {
  static constexpr Frame::Form form;
  for (int round = 0; round < 200; ++round) {
    const Frame frame("hello", Frame::Kind::event);
    std::atomic<int> made{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([frame, &made] { frame.rendering(form, [&] { return std::to_string(++made); }); });
    }
    for (std::thread& thread : threads) thread.join();
    REQUIRE(made == 1);
  }
}

}  // namespace bayeux
