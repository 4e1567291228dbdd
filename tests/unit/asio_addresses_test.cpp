#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <bayeux/transports/asio_server.hpp>

#include "asio/peer_addresses.hpp"
#include "bus/peer_network.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using http1::PeerAddresses;

namespace {

asio::ip::address address(const char* text) {
  return asio::ip::make_address(text);
}

/// Keeps the places that it was given.
class Crowd final {
 public:
  explicit Crowd(PeerAddresses& addresses) : addresses_(addresses) {}

  bool enter(const char* from) {
    auto place = addresses_.enter(address(from));
    if (place) places_.push_back(std::move(*place));
    return place.has_value();
  }
  void first_leaves() { places_.front().leave(); }

 private:
  PeerAddresses& addresses_;
  std::vector<PeerAddresses::Place> places_;
};

}  // namespace

TEST_CASE("an address has so many connections and no more, until one goes", "[addresses]") {
  PeerAddresses addresses(2, {});
  Crowd crowd(addresses);
  CHECK(crowd.enter("192.0.2.1"));
  CHECK(crowd.enter("192.0.2.1"));
  CHECK_FALSE(crowd.enter("192.0.2.1"));
  CHECK(crowd.enter("192.0.2.2"));
  crowd.first_leaves();
  crowd.first_leaves();
  CHECK(crowd.enter("192.0.2.1"));
  CHECK_FALSE(crowd.enter("192.0.2.1"));
}

TEST_CASE("whoever has no connection is not remembered", "[addresses]") {
  PeerAddresses addresses(1, {"10.0.0.0/8"});
  {
    Crowd crowd(addresses);
    CHECK(crowd.enter("192.0.2.1"));
    CHECK(crowd.enter("2001:db8::1"));
    CHECK(crowd.enter("10.0.0.1"));
    CHECK(addresses.size() == 2);
  }
  CHECK(addresses.size() == 0);
}

TEST_CASE("the addresses of one IPv6 network count as one", "[addresses]") {
  PeerAddresses addresses(1, {});
  Crowd crowd(addresses);
  CHECK(crowd.enter("2001:db8:0:1::1"));
  CHECK_FALSE(crowd.enter("2001:db8:0:1:ffff::2"));
  CHECK(crowd.enter("2001:db8:0:2::1"));
  CHECK(crowd.enter("0.0.0.1"));
  CHECK(crowd.enter("::1"));
}

TEST_CASE("addresses and networks may have no limit", "[addresses]") {
  PeerAddresses addresses(1, {"127.0.0.0/8", "192.0.2.1", "2001:db8::/33", "::1"});
  Crowd crowd(addresses);
  const auto unlimited = [&](const char* from) { return crowd.enter(from) && crowd.enter(from); };
  CHECK(unlimited("127.1.2.3"));
  CHECK(unlimited("192.0.2.1"));
  CHECK(unlimited("2001:db8:7fff::1"));
  CHECK(unlimited("::1"));
  CHECK_FALSE(unlimited("128.0.0.1"));
  CHECK_FALSE(unlimited("192.0.2.2"));
  CHECK_FALSE(unlimited("2001:db8:8000::1"));
  CHECK_FALSE(unlimited("::2"));
  PeerAddresses open(1, {"0.0.0.0/0", "::/0"});
  Crowd all(open);
  for (int i = 0; i < 2; ++i) CHECK((all.enter("192.0.2.1") && all.enter("2001:db8::1")));
}

TEST_CASE("addresses of private networks, where proxies sit, have no limit at first, and no share of handshakes",
          "[addresses]") {
  PeerAddresses addresses(1, AsioServerConfig().unlimited_addresses);
  Crowd crowd(addresses);
  for (const char* local :
       {"127.0.0.0", "127.255.255.255", "10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.0",
        "192.168.255.255", "169.254.0.0", "169.254.255.255", "100.64.0.0", "100.127.255.255", "::1", "fc00::1",
        "fdff:ffff::1", "fe80::1", "febf:ffff::1"}) {
    INFO(local);
    CHECK((crowd.enter(local) && crowd.enter(local)));
    CHECK_FALSE(bus::peer_network(local));
  }
  for (const char* open :
       {"126.255.255.255", "128.0.0.0", "9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255",
        "192.169.0.0", "169.253.255.255", "169.255.0.0", "100.63.255.255", "100.128.0.0", "2001:db8::1", "fbff:ffff::1",
        "fe00::1", "fec0::1"}) {
    INFO(open);
    CHECK((crowd.enter(open) && !crowd.enter(open)));
    CHECK(bus::peer_network(open));
  }
}

TEST_CASE("0 is no limit on an address", "[addresses]") {
  PeerAddresses addresses(0, {});
  Crowd crowd(addresses);
  for (int i = 0; i < 100; ++i) CHECK(crowd.enter("192.0.2.1"));
  CHECK(addresses.size() == 0);
}

TEST_CASE("an IPv4 address is the same on a socket for both kinds", "[addresses]") {
  CHECK(http1::plain(address("::ffff:192.0.2.1")) == address("192.0.2.1"));
  CHECK(http1::plain(address("192.0.2.1")) == address("192.0.2.1"));
  CHECK(http1::plain(address("2001:db8::1")) == address("2001:db8::1"));
}

TEST_CASE("what is no network is refused, and named", "[addresses]") {
  const auto wrong = GENERATE(as<std::string>{}, "", "localhost", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "::/129",
                              "10.0.0.0/8x", "10.0.0/8");
  CAPTURE(wrong);
  std::string said;
  try {
    PeerAddresses addresses(1, {wrong});
  } catch (const std::system_error& error) {
    said = error.what();
  }
  CHECK(said.find("unlimited_addresses: " + wrong) != std::string::npos);
}

TEST_CASE("many threads come and go, and nobody is counted twice or forgotten", "[addresses][threads]") {
  PeerAddresses addresses(2, {});
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 2'000; ++j) {
        const auto mine = addresses.enter(address("192.0.2.1"));
        const auto other = addresses.enter(address("2001:db8::1"));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(addresses.size() == 0);
  CHECK(addresses.enter(address("192.0.2.1")));
}
