#include <algorithm>
#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/session_table.hpp"
#include "engine/short_text.hpp"
#include "support/catch.hpp"

using namespace bayeux::engine;

TEST_CASE("a short text is what it was made from, in place or not", "[session]") {
  for (const std::size_t size : {0U, 1U, 26U, 31U, 32U, 254U, 255U, 256U, 1'000U}) {
    const std::string text(size, 'x');
    ShortText one(text);
    CHECK(one == text);
    CHECK(one.empty() == text.empty());
    ShortText other(std::move(one));
    CHECK(other.string() == text);
    ShortText third("third");
    third = std::move(other);
    CHECK(third.view() == text);
    third = ShortText("again");
    CHECK(third == "again");
  }
  CHECK(ShortText().empty());
}

TEST_CASE("sessions are found by their ids, and not any more once they have gone", "[session]") {
  SessionTable table;
  std::set<std::string> known;
  std::mt19937 random(7);
  for (int step = 0; step < 4'000; ++step) {
    const auto id = "client-" + std::to_string(random() % 200);
    Session* session = table.find(id);
    REQUIRE((session != nullptr) == known.contains(id));
    if (session == nullptr) {
      CHECK(table.add(id).id == id);
      known.insert(id);
    } else {
      REQUIRE(session->id == id);
      table.erase(*session);
      known.erase(id);
    }
  }
  std::vector<std::string> ids;
  table.append_ids(ids);
  std::sort(ids.begin(), ids.end());
  CHECK(ids == std::vector<std::string>(known.begin(), known.end()));
}

TEST_CASE("the place of a session that has gone is used again, and a new one knows nothing of it", "[session]") {
  SessionTable table;
  table.add("stays");
  Session& first = table.add("goes");
  first.connected = true;
  first.queue.push(bayeux::Frame("x", bayeux::Frame::Kind::event));
  const auto* place = &first;
  table.erase(first);
  const Session& second = table.add("comes");
  CHECK(&second == place);
  CHECK_FALSE(second.connected);
  CHECK(second.queue.empty());
  CHECK(reinterpret_cast<std::uintptr_t>(place) % 64 == 0);
}

TEST_CASE("a table whose last session has gone takes new ones", "[session]") {
  SessionTable table;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 40; ++i) table.add(std::to_string(i));
    for (int i = 0; i < 40; ++i) table.erase(*table.find(std::to_string(i)));
    CHECK(table.find("0") == nullptr);
  }
}
