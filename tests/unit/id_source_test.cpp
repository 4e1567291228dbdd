#include <cerrno>
#include <cstddef>
#include <cstring>
#include <set>
#include <string>
#include <system_error>

#include <sys/random.h>
#include <unistd.h>

#include <bayeux/bus.hpp>
#include <bayeux/id_source.hpp>

#include "support/catch.hpp"
#include "support/talk.hpp"

namespace {

/// What the system's source of randomness does.
enum class Entropy { real, none, constant };
Entropy entropy = Entropy::real;
std::size_t entropy_bytes = 0;

struct Changed {
  explicit Changed(Entropy to) { entropy = to; }
  ~Changed() { entropy = Entropy::real; }
};

}  // namespace

/// Stands in for that of the system in this program.
extern "C" int getentropy(void* buffer, std::size_t size) {
  entropy_bytes += size;
  if (entropy == Entropy::none) {
    errno = ENOSYS;
    return -1;
  }
  if (entropy == Entropy::constant) {
    std::memset(buffer, 0, size);
    return 0;
  }
  return getrandom(buffer, size, 0) == static_cast<ssize_t>(size) ? 0 : -1;
}

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

TEST_CASE("an id is at least 128 bits of the system's randomness, and of nothing else", "[id_source][security]") {
  SystemIdSource source;
  const auto id = GENERATE(0, 1) == 0 ? &SystemIdSource::client_id : &SystemIdSource::browser_id;
  const auto before = entropy_bytes;
  (source.*id)();
  // Five bits of each byte are used.
  CHECK((entropy_bytes - before) * 5 >= 128);
  const Changed changed(Entropy::constant);
  CHECK((source.*id)() == std::string(26, 'a'));
}

TEST_CASE("without randomness there is no id, and no session", "[id_source][security]") {
  Bus bus;
  bus.add_connection_type("long-polling");
  const auto handshake = [&] {
    test::Exchange exchange(bus, R"([{"channel":"/meta/handshake"}])");
    return exchange.text().find(R"("successful":true)") != std::string::npos;
  };
  {
    const Changed changed(Entropy::none);
    SystemIdSource source;
    CHECK_THROWS_AS(source.client_id(), std::system_error);
    CHECK_THROWS_AS(source.browser_id(), std::system_error);
    CHECK_FALSE(handshake());
    CHECK(bus.stats().clients == 0);
  }
  CHECK(handshake());
}

}  // namespace bayeux
