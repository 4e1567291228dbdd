#include <any>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "bus/client_table.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using bayeux::bus::ClientTable;

namespace {

using Ids = std::vector<std::string>;

/// Does something when the last copy goes, as values and extensions of a host may.
struct Leaving : Extension {
  explicit Leaving(std::function<void()> work) : at_end(std::move(work)) {}
  ~Leaving() override { at_end(); }
  std::function<void()> at_end;
};

std::string text(const std::any& value) {
  const auto* found = std::any_cast<std::string>(&value);
  return found != nullptr ? *found : "no text";
}

}  // namespace

TEST_CASE("a client about which nobody said anything has nothing", "[client_table]") {
  ClientTable table;
  CHECK(table.empty());
  CHECK(table.user("a").empty());
  CHECK(table.clients_of("").empty());
  CHECK_FALSE(table.attribute("a", "x").has_value());
  CHECK(table.settings("a") == ClientTable::Settings());
  CHECK_FALSE(table.take_advice_changed("a"));
  CHECK(table.extensions("a").empty());
  table.erase("a");
  table.set_user("a", "");
  table.set_attribute("a", "x", {});
  table.change("a", [](ClientTable::Settings&) {});
  CHECK(table.empty());
}

TEST_CASE("a user has the clients that were given to them, in that order", "[client_table]") {
  ClientTable table;
  table.set_user("b", "ann");
  table.set_user("a", "ann");
  table.set_user("c", "bob");
  CHECK(table.clients_of("ann") == Ids{"b", "a"});
  table.set_user("b", "ann");
  CHECK(table.clients_of("ann") == Ids{"b", "a"});
  table.set_user("b", "bob");
  CHECK(table.user("b") == "bob");
  CHECK(table.clients_of("ann") == Ids{"a"});
  CHECK(table.clients_of("bob") == Ids{"c", "b"});
  table.set_user("b", "");
  CHECK(table.user("b").empty());
  CHECK(table.clients_of("bob") == Ids{"c"});
  table.erase("a");
  table.erase("c");
  CHECK(table.clients_of("ann").empty());
  CHECK(table.empty());
}

TEST_CASE("an attribute is replaced by one of its name, and removed by an empty one", "[client_table]") {
  ClientTable table;
  table.set_attribute("a", "x", std::string("one"));
  table.set_attribute("a", "y", 2);
  table.set_attribute("b", "x", std::string("three"));
  CHECK(text(table.attribute("a", "x")) == "one");
  CHECK(std::any_cast<int>(table.attribute("a", "y")) == 2);
  table.set_attribute("a", "x", std::string("four"));
  CHECK(text(table.attribute("a", "x")) == "four");
  CHECK(text(table.attribute("b", "x")) == "three");
  table.set_attribute("a", "x", {});
  CHECK_FALSE(table.attribute("a", "x").has_value());
  table.set_attribute("a", "y", {});
  table.erase("b");
  CHECK(table.empty());
}

TEST_CASE("advice has changed when timeout or interval have, until that was asked for", "[client_table]") {
  ClientTable table;
  table.change("a", [](auto& settings) { settings.broadcast_to_publisher = false; });
  CHECK_FALSE(table.take_advice_changed("a"));
  table.change("a", [](auto& settings) { settings.timeout = Milliseconds(5); });
  CHECK(table.settings("a").timeout == Milliseconds(5));
  CHECK(table.settings("a").broadcast_to_publisher == false);
  CHECK(table.take_advice_changed("a"));
  CHECK_FALSE(table.take_advice_changed("a"));
  table.change("a", [](auto& settings) { settings.timeout = Milliseconds(5); });
  CHECK_FALSE(table.take_advice_changed("a"));
  table.change("a", [](auto& settings) { settings = {}; });
  CHECK_FALSE(table.empty());
  CHECK(table.take_advice_changed("a"));
  CHECK(table.empty());
}

TEST_CASE("extensions stand in their order until their registration or their client goes", "[client_table]") {
  ClientTable table;
  const auto one = std::make_shared<Extension>();
  const auto two = std::make_shared<Extension>();
  auto first = table.add_extension("a", one);
  auto second = table.add_extension("a", two);
  CHECK(table.has_extensions());
  CHECK(table.has_extensions("a"));
  CHECK_FALSE(table.has_extensions("b"));
  const auto before = table.extensions("a");
  REQUIRE(before.size() == 2);
  CHECK(before[0]->hook == one);
  CHECK(before[1]->hook == two);
  first.cancel();
  CHECK_FALSE(before[0]->alive);
  CHECK(table.extensions("a").size() == 1);
  table.erase("a");
  CHECK_FALSE(before[1]->alive);
  CHECK_FALSE(table.has_extensions());
  CHECK(table.empty());
}

TEST_CASE("an extension that is nothing is refused, and a registration may outlive the table", "[client_table]") {
  Registration left;
  {
    ClientTable table;
    CHECK_THROWS_AS(table.add_extension("a", nullptr), std::system_error);
    CHECK(table.empty());
    left = table.add_extension("a", std::make_shared<Extension>());
  }
  left.cancel();
}

TEST_CASE("what the application forgot to take back is destroyed with its client", "[client_table]") {
  ClientTable table;
  bool gone = false;
  const auto registration = table.add_extension("a", std::make_shared<Leaving>([&] { gone = true; }));
  table.erase("a");
  CHECK(gone);
}

TEST_CASE("what is destroyed may use the table again", "[client_table]") {
  ClientTable table;
  const auto use = [&] {
    table.set_attribute("a", "again", 1);
    table.user("a");
  };
  table.set_attribute("a", "x", std::make_shared<Leaving>(use));
  table.set_attribute("a", "x", 1);
  CHECK(table.attribute("a", "again").has_value());
  table.set_attribute("a", "y", std::make_shared<Leaving>(use));
  table.set_attribute("a", "y", {});
  auto registration = table.add_extension("a", std::make_shared<Leaving>(use));
  registration.cancel();
  auto other = table.add_extension("a", std::make_shared<Leaving>(use));
  table.set_attribute("a", "z", std::make_shared<Leaving>(use));
  table.erase("a");
  CHECK(std::any_cast<int>(table.attribute("a", "again")) == 1);
  table.erase("a");
  CHECK(table.empty());
}

TEST_CASE("whoever sets users at once leaves everyone with the clients that say so", "[client_table]") {
  ClientTable table;
  const Ids ids{"a", "b", "c", "d"};
  const Ids users{"", "ann", "bob"};
  std::vector<std::thread> threads;
  for (unsigned seed = 1; seed <= 4; ++seed) {
    threads.emplace_back([&, seed] {
      unsigned random = seed;
      for (int i = 0; i < 5000; ++i) {
        random = random * 1103515245 + 12345;
        const auto& id = ids[(random >> 16) % ids.size()];
        if ((random >> 20) % 8 == 0) {
          table.erase(id);
        } else {
          table.set_user(id, users[(random >> 24) % users.size()]);
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  std::size_t seated = 0;
  for (const auto& user : {users[1], users[2]}) {
    for (const auto& id : table.clients_of(user)) {
      CHECK(table.user(id) == user);
      ++seated;
    }
  }
  for (const auto& id : ids) seated -= table.user(id).empty() ? 0 : 1;
  CHECK(seated == 0);
}
