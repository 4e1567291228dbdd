#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "engine/subscriptions.hpp"
#include "support/catch.hpp"

using namespace bayeux::engine;

namespace {

std::set<std::string> members(const Subscriptions& subscriptions, const std::string& name) {
  std::set<std::string> ids;
  const Subscribers* list = subscriptions.find(Name(name));
  if (list == nullptr) return ids;
  for (const auto& member : list->members) ids.insert(member.session->id.string());
  CHECK(ids.size() == list->members.size());
  return ids;
}

}  // namespace

TEST_CASE("a session is subscribed once to a name, and no longer after it was removed", "[subscriptions]") {
  Interest interest;
  Subscriptions subscriptions(interest, 0);
  std::vector<std::string> emptied;
  Session session("one");
  CHECK(subscriptions.add(session, "/a"));
  CHECK_FALSE(subscriptions.add(session, "/a"));
  CHECK(subscriptions.contains(session, "/a"));
  CHECK(members(subscriptions, "/a") == std::set<std::string>{"one"});
  CHECK(subscriptions.remove(session, "/a", emptied));
  CHECK_FALSE(subscriptions.remove(session, "/a", emptied));
  CHECK_FALSE(subscriptions.contains(session, "/a"));
  CHECK(session.subscriptions.empty());
}

TEST_CASE("a name that nobody is subscribed to any more is forgotten, and said", "[subscriptions]") {
  Interest interest;
  Subscriptions subscriptions(interest, 0);
  std::vector<std::string> emptied;
  Session one("one");
  Session two("two");
  CHECK_FALSE(subscriptions.remove(one, "/a", emptied));
  subscriptions.add(one, "/a");
  subscriptions.add(two, "/a");
  subscriptions.remove(one, "/a", emptied);
  CHECK(subscriptions.find(Name("/a")) != nullptr);
  subscriptions.remove(two, "/a", emptied);
  CHECK(subscriptions.find(Name("/a")) == nullptr);
  CHECK(emptied == std::vector<std::string>{"/a"});
}

TEST_CASE("removing all of one session leaves the others", "[subscriptions]") {
  Interest interest;
  Subscriptions subscriptions(interest, 0);
  std::vector<std::string> emptied;
  Session one("one");
  Session two("two");
  for (const char* name : {"/a", "/b", "/c"}) {
    subscriptions.add(one, name);
    subscriptions.add(two, name);
  }
  subscriptions.remove_all(one, emptied);
  CHECK(one.subscriptions.empty());
  for (const char* name : {"/a", "/b", "/c"}) CHECK(members(subscriptions, name) == std::set<std::string>{"two"});
}

TEST_CASE("a thousand random changes leave exactly those who are subscribed", "[subscriptions]") {
  Interest interest;
  Subscriptions subscriptions(interest, 0);
  std::vector<std::string> emptied;
  std::vector<std::unique_ptr<Session>> sessions;
  for (int i = 0; i < 8; ++i) sessions.push_back(std::make_unique<Session>("s" + std::to_string(i)));
  std::map<std::string, std::set<std::string>> expected;
  std::mt19937 random(11);
  for (int i = 0; i < 1000; ++i) {
    Session& session = *sessions[random() % sessions.size()];
    const std::string name = "/" + std::to_string(random() % 6);
    if (random() % 20 == 0) {
      subscriptions.remove_all(session, emptied);
      for (auto& [key, ids] : expected) ids.erase(session.id.string());
    } else if (random() % 2 == 0) {
      CHECK(subscriptions.add(session, name) == expected[name].insert(session.id.string()).second);
    } else {
      CHECK(subscriptions.remove(session, name, emptied) == (expected[name].erase(session.id.string()) == 1));
    }
  }
  for (const auto& [name, ids] : expected) CHECK(members(subscriptions, name) == ids);
}

TEST_CASE("a pattern is found as long as somebody holds it, whatever becomes of others", "[subscriptions]") {
  Interest interest;
  Subscriptions subscriptions(interest, 0);
  std::vector<std::string> emptied;
  Session one("one");
  Session two("two");
  subscriptions.add(one, "/a/*");
  subscriptions.add(one, "/**");
  subscriptions.add(two, "/**");
  subscriptions.add(two, "/a/b");
  CHECK(members(subscriptions, "/a/*") == std::set<std::string>{"one"});
  CHECK(members(subscriptions, "/**") == std::set<std::string>{"one", "two"});
  subscriptions.remove(one, "/a/*", emptied);
  CHECK(subscriptions.find(Name("/a/*")) == nullptr);
  CHECK(members(subscriptions, "/**") == std::set<std::string>{"one", "two"});
  subscriptions.remove_all(one, emptied);
  subscriptions.remove(two, "/a/b", emptied);
  CHECK(members(subscriptions, "/**") == std::set<std::string>{"two"});
  subscriptions.remove(two, "/**", emptied);
  CHECK(subscriptions.find(Name("/**")) == nullptr);
  subscriptions.add(one, "/a/*");
  CHECK(members(subscriptions, "/a/*") == std::set<std::string>{"one"});
}
