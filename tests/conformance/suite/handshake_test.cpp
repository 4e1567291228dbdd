#include <memory>
#include <string>

#include "conformance/stage.hpp"

namespace bayeux::test {
namespace {

class DenyEverybody final : public SecurityPolicy {
 public:
  Verdict can_handshake(const Attempt&) override { return Verdict::deny("no_entry"); }
};

bool offers(const Json& reply, const std::string& type) {
  for (const auto& offered : reply["supportedConnectionTypes"].items()) {
    if (offered == Json(type)) return true;
  }
  return false;
}

}  // namespace

TEST_CASE_METHOD(Stage, "a handshake gives a client id, the transports on offer and advice", "[handshake]") {
  Peer peer(transport());
  const Json reply = peer.shake_hands();
  CHECK(reply["channel"] == Json("/meta/handshake"));
  CHECK(reply["successful"] == Json(true));
  CHECK(reply["version"] == Json("1.0"));
  CHECK_FALSE(reply["clientId"].as_string().empty());
  CHECK(offers(reply, facts().connection_type));
  CHECK(reply["advice"] == Json{{"reconnect", "retry"}, {"interval", 0}, {"timeout", 25'000}});
  CHECK(peer.all().size() == 1);
}

TEST_CASE_METHOD(Stage, "every handshake makes a client of its own", "[handshake]") {
  Peer one(transport());
  Peer other(transport());
  one.shake_hands();
  other.shake_hands();
  const auto first = one.id();
  one.shake_hands();
  CHECK(first != other.id());
  CHECK(first != one.id());
  CHECK(one.id() != other.id());
  CHECK(bus().stats().clients == 3);
}

TEST_CASE_METHOD(Stage, "a client that is not let in is told to give up", "[handshake]") {
  Config config;
  config.policy = std::make_shared<DenyEverybody>();
  set(std::move(config));
  Peer peer(transport());
  const Json reply = peer.shake_hands();
  CHECK(reply["successful"] == Json(false));
  CHECK(reply["error"] == Json("403:no_entry:handshake_denied"));
  CHECK(reply["advice"]["reconnect"] == Json("none"));
  CHECK(reply.find("clientId") == nullptr);
  CHECK(bus().stats().clients == 0);
}

TEST_CASE_METHOD(Stage, "messages that share a request with a handshake are refused, the handshake is not",
                 "[handshake]") {
  Peer peer(transport());
  // Ids are counted here: these messages name the very session that the handshake makes.
  peer.take_over("client1");
  peer.send({peer.message("/meta/handshake", R"("version":"1.0")"), peer.message("/a", R"("data":1)"),
             peer.message("/meta/subscribe", R"("subscription":"/a")")});
  CHECK(peer.reply("1")["clientId"] == Json("client1"));
  CHECK(peer.reply("2")["error"] == Json("402::session_unknown"));
  CHECK(peer.reply("3")["error"] == Json("402::session_unknown"));
  CHECK(bus().channel("/a").subscribers() == 0);
}

TEST_CASE_METHOD(Stage, "a request with a handshake behind other messages is refused whole", "[handshake]") {
  Peer peer = joined();
  const auto before = bus().stats().clients;
  peer.send({peer.message("/meta/subscribe", R"("subscription":"/a")"), peer.message("/meta/handshake")});
  CHECK(peer.failures() == std::vector<int>{facts().unreadable});
  CHECK(bus().stats().clients == before);
  CHECK(bus().channel("/a").subscribers() == 0);
}

TEST_CASE_METHOD(Stage, "a reply has the id of its request, whatever its type, or none", "[handshake]") {
  Peer peer = joined();
  const std::string rest = R"("channel":"/a","data":1,"clientId":")" + peer.id() + "\"}";
  const auto before = peer.all().size();
  peer.send_text("[{\"id\":\"xY7\"," + rest + ",{\"id\":42," + rest + ",{" + rest + "]");
  const auto& all = peer.all();
  REQUIRE(all.size() == before + 3);
  CHECK(all[before]["id"] == Json("xY7"));
  CHECK(all[before + 1]["id"] == Json(42));
  CHECK(all[before + 2].find("id") == nullptr);
  for (std::size_t i = before; i < all.size(); ++i) CHECK(all[i]["successful"] == Json(true));
}

TEST_CASE_METHOD(Stage, "one message without an array around it is as good as an array", "[handshake]") {
  Peer peer(transport());
  peer.send_text(R"({"id":"7","channel":"/meta/handshake","version":"1.0"})");
  CHECK(peer.reply("7")["successful"] == Json(true));
}

}  // namespace bayeux::test
