#include <string>

#include "bus/peer_network.hpp"
#include "support/catch.hpp"

using bayeux::bus::peer_network;
using bayeux::bus::PeerNetwork;

TEST_CASE("an address of IPv4 is a network of its own, also in the clothes of IPv6", "[addresses]") {
  CHECK(peer_network("203.0.113.7") == PeerNetwork(false, 0xcb007107));
  CHECK(peer_network("::ffff:203.0.113.7") == PeerNetwork(false, 0xcb007107));
  CHECK(peer_network("::ffff:cb00:7107") == PeerNetwork(false, 0xcb007107));
  CHECK(peer_network("0:0:0:0:0:FFFF:203.0.113.7") == PeerNetwork(false, 0xcb007107));
  CHECK(peer_network("255.255.255.255") == PeerNetwork(false, 0xffffffff));
}

TEST_CASE("an address of IPv6 is its /64, however it is written", "[addresses]") {
  const PeerNetwork network(true, 0x20010db800010002);
  CHECK(peer_network("2001:db8:1:2::1") == network);
  CHECK(peer_network("2001:db8:1:2:ffff:ffff:ffff:ffff") == network);
  CHECK(peer_network("2001:0DB8:0001:0002:0:0:0:0") == network);
  CHECK(peer_network("2001:db8:1:2::") == network);
  CHECK(peer_network("2001:db8:1:2::192.0.2.1") == network);
  CHECK(peer_network("2001:db8:1:3::1") == PeerNetwork(true, 0x20010db800010003));
  CHECK(peer_network("::2:0:0:0:1") == PeerNetwork(true, 0x2));
  CHECK(peer_network("2001:db8::1:0:0:0:1") == PeerNetwork(true, 0x20010db800000001));
}

TEST_CASE("addresses that nobody has on the open Internet are no network, and their neighbours are", "[addresses]") {
  for (const std::string local :
       {"0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1",
        "127.255.255.255", "169.254.0.0", "169.254.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.0",
        "192.168.255.255", "::ffff:127.0.0.1", "::ffff:10.1.2.3", "::", "::1", "fc00::", "fd12:3456::1",
        "fdff:ffff:ffff:ffff::1", "fe80::1", "febf:ffff::1"}) {
    INFO(local);
    CHECK_FALSE(peer_network(local).has_value());
  }
  for (const std::string open :
       {"1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
        "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0",
        "::ffff:11.0.0.0", "::2", "fbff::1", "fe00::1", "fe7f::1", "fec0::1"}) {
    INFO(open);
    CHECK(peer_network(open).has_value());
  }
}

TEST_CASE("a text that is no address is no network", "[addresses]") {
  for (const std::string text :
       {"", "unknown", ".", "...", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.0004", "010.2.3.4", "1.2.3.04",
        "1.2.3.-4", "+1.2.3.4", "1.2.3.4 ", " 1.2.3.4", "1.2.3.4:80", "1.2.3.4, 5.6.7.8", "1..3.4", ":", ":::",
        "1:::2", "::1::2", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:", ":2:3:4:5:6:7:8",
        "1:2:3:4::5:6:7:8", "2001:db8::12345", "2001:db8::g", "2001:db8::1%eth0", "[2001:db8::1]", "[2001:db8::1]:80",
        "1:2:3:4:5:6:7:1.2.3.4", "1.2.3.4::", "2001:db8::1.2.3", "2001:db8::1.2.3.4:5", "2001:db8::0x1"}) {
    INFO(text);
    CHECK_FALSE(peer_network(text).has_value());
  }
}
