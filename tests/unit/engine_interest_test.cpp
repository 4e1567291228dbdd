#include <string>
#include <thread>
#include <vector>

#include "engine/interest.hpp"
#include "support/catch.hpp"

using namespace bayeux::engine;

namespace {

Interest::Shards shards_of(const Interest& interest, const std::vector<std::string>& names) {
  return interest.in({names.begin(), names.end()});
}

}  // namespace

TEST_CASE("the shards of a name are those that have added it and not removed it", "[interest]") {
  Interest interest;
  CHECK(shards_of(interest, {"/a"}) == 0);
  interest.add("/a", 0);
  interest.add("/a", 63);
  interest.add("/b", 5);
  CHECK(shards_of(interest, {"/a"}) == (1ULL | 1ULL << 63));
  CHECK(shards_of(interest, {"/b"}) == 1ULL << 5);
  interest.remove("/a", 63);
  CHECK(shards_of(interest, {"/a"}) == 1);
  interest.remove("/a", 0);
  CHECK(shards_of(interest, {"/a"}) == 0);
  interest.remove("/a", 0);
  CHECK(shards_of(interest, {"/b"}) == 1ULL << 5);
}

TEST_CASE("several names have the shards of all of them", "[interest]") {
  Interest interest;
  interest.add("/a/b", 1);
  interest.add("/a/c", 2);
  CHECK(shards_of(interest, {"/a/b", "/a/c", "/d"}) == 6);
}

TEST_CASE("a pattern counts as long as any shard holds it", "[interest]") {
  Interest interest;
  interest.add("/a/b", 1);
  CHECK(shards_of(interest, {"/a/b", "/a/*", "/**"}) == 2);
  interest.add("/a/*", 2);
  interest.add("/a/*", 3);
  CHECK(shards_of(interest, {"/a/b", "/a/*", "/**"}) == 14);
  interest.remove("/a/*", 2);
  CHECK(shards_of(interest, {"/a/b", "/a/*", "/**"}) == 10);
  interest.add("/**", 4);
  interest.remove("/a/*", 3);
  CHECK(shards_of(interest, {"/a/b", "/a/*", "/**"}) == (2 | 16));
  interest.remove("/**", 4);
  CHECK(shards_of(interest, {"/a/b", "/a/*", "/**"}) == 2);
}

TEST_CASE("shards add and remove at once, and each finds its own", "[interest]") {
  Interest interest;
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (std::size_t shard = 0; shard < wrong.size(); ++shard) {
    threads.emplace_back([&interest, &wrong, shard] {
      for (int i = 0; i < 2000; ++i) {
        const std::string name = "/" + std::to_string(i % 7) + (i % 3 == 0 ? "/*" : "");
        interest.add(name, shard);
        wrong[shard] += (shards_of(interest, {name}) >> shard & 1) == 0;
        interest.remove(name, shard);
        wrong[shard] += (shards_of(interest, {name}) >> shard & 1) != 0;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(4, 0));
}
