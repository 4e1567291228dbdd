#include <set>
#include <string>

#include <bayeux/id_source.hpp>

#include "support/catch.hpp"

namespace bayeux {

TEST_CASE("system ids are 26 characters of a-z2-7 and never the same", "[id_source]") {
  SystemIdSource source;
  std::set<std::string> ids;
  std::set<char> characters;
  for (int i = 0; i < 1000; ++i) {
    for (const std::string& id : {source.client_id(), source.browser_id()}) {
      CHECK(id.size() == 26);
      CHECK(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567") == std::string::npos);
      CHECK(ids.insert(id).second);
      characters.insert(id.begin(), id.end());
    }
  }
  // 52,000 draws that miss one of 32 characters would be a broken source.
  CHECK(characters.size() == 32);
}

}  // namespace bayeux
