#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <system_error>
#include <thread>

#include <bayeux/error.hpp>

#include "asio_tls_files.hpp"
#include "asio_tls_peer.hpp"
#include "support/catch.hpp"

using namespace bayeux;
using namespace bayeux::test;

namespace {

void greet(AsioServer& server) {
  server.route("/hello", [](const HttpRequest&) { return HttpResponse{200, {}, "hello"}; });
}

/// What a constructor has to say of these files.
std::string complaint(const TlsConfig& tls) {
  Bus bus;
  AsioServerConfig config;
  config.port = 0;
  config.tls = tls;
  try {
    AsioServer server(bus, config);
  } catch (const std::system_error& error) {
    return error.what();
  }
  return "";
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("files with which there is no TLS are named by the constructor", "[tls]") {
  const TlsFiles files;
  const TlsConfig good = files.config();
  const auto at = [&](const char* name) { return files.folder.path / name; };
  files.folder.write("garbage.pem", "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n");
  files.folder.write("empty.pem", "");
  SelfMade().write_key(at("encrypted.pem"), "open sesame");
  SelfMade().write_key(at("other.pem"));

  CHECK(complaint(good) == "");
  for (const char* name : {"missing.pem", "garbage.pem", "empty.pem"}) {
    CAPTURE(name);
    CHECK(holds(complaint({at(name), good.key}), at(name).string()));
    const std::string said = complaint({good.certificate, at(name)});
    CHECK(holds(said, at(name).string()));
    CHECK_FALSE(holds(said, "c2VjcmV0"));
  }
  CHECK(holds(complaint({at("missing.pem"), good.key}), "No such file"));
  CHECK(holds(complaint({good.certificate, at("encrypted.pem")}), "encrypted.pem: the key is encrypted"));
  CHECK(holds(complaint({good.certificate, at("other.pem")}), "other.pem: the key does not belong"));
  CHECK(holds(complaint({good.key, good.key}), "key.pem: holds no certificate"));
  CHECK(holds(complaint({good.certificate, good.certificate}), "certificate.pem: holds no private key"));
}

TEST_CASE("a certificate and its key may be in one file", "[tls]") {
  const TlsFiles files;
  const SelfMade made;
  made.write_key(files.config().key);
  made.write_certificate(files.folder.path / "second.pem");
  std::ofstream(files.config().key, std::ios::app) << std::ifstream(files.folder.path / "second.pem").rdbuf();
  CHECK(complaint({files.config().key, files.config().key}) == "");
}

TEST_CASE("a new certificate is shown to new connections, and a broken one to nobody", "[tls]") {
  const TlsFiles files;
  files.write(SelfMade("first"));
  RunningServer server(files.server(), greet);
  TlsPeer before(server.port());
  CHECK(before.server_name() == "first");

  files.write(SelfMade("second"));
  CHECK(TlsPeer(server.port()).server_name() == "first");
  server.server.reload_certificate();
  CHECK(TlsPeer(server.port()).server_name() == "second");
  CHECK(before.send(get("/hello")).receive().body == "hello");

  SelfMade("third").write_certificate(files.config().certificate);
  CHECK_THROWS_AS(server.server.reload_certificate(), std::system_error);
  files.folder.write("key.pem", "");
  CHECK_THROWS_AS(server.server.reload_certificate(), std::system_error);
  std::filesystem::remove(files.config().certificate);
  CHECK_THROWS_AS(server.server.reload_certificate(), std::system_error);
  CHECK(TlsPeer(server.port()).server_name() == "second");
}

TEST_CASE("certificates change while clients come", "[tls]") {
  const TlsFiles files;
  AsioServerConfig config;
  config.threads = 2;
  RunningServer server(files.server(config), greet);
  std::thread renewal([&] {
    for (int i = 0; i < 20; ++i) server.server.reload_certificate();
  });
  for (int i = 0; i < 20; ++i) CHECK(TlsPeer(server.port()).send(get("/hello")).receive().body == "hello");
  renewal.join();
}

TEST_CASE("a server without TLS has no certificate to read again", "[tls]") {
  RunningServer server;
  CHECK_THROWS_AS(server.server.reload_certificate(), std::system_error);
}

TEST_CASE("no time for a handshake is no config", "[tls]") {
  const TlsFiles files;
  AsioServerConfig config = RunningServer::on_free_port(files.server());
  config.tls_handshake_timeout = Milliseconds{0};
  Bus bus;
  CHECK_THROWS_AS(AsioServer(bus, config), std::system_error);
}

TEST_CASE("who speaks HTTP where TLS is spoken is told so", "[tls]") {
  const TlsFiles files;
  RunningServer server(files.server(), greet);
  for (const std::string& request : {get("/hello"), post("/hello", std::string(10'000, 'x'))}) {
    Peer peer(server.port());
    const auto answer = peer.send(request).receive();
    CHECK(answer.status == 400);
    CHECK(holds(answer.body, "TLS"));
    CHECK(answer.header("Connection") == "close");
    CHECK(peer.closed_by_server());
  }
}

TEST_CASE("who speaks neither TLS nor HTTP is not served", "[tls]") {
  const TlsFiles files;
  RunningServer server(files.server(), greet);
  for (const std::string& start : {std::string("\x00\x01\x02\x03\x04\x05\x06", 7), std::string(4096, '\xff'),
                                   std::string("\x16\x03\x01\x00\x05\xff\xff\xff\xff\xff", 10)}) {
    Peer peer(server.port());
    CHECK(peer.send(start).receive().status == 0);
  }
  CHECK(eventually([&] { return server.server.connections() == 0; }));
  CHECK(TlsPeer(server.port()).send(get("/hello")).receive().body == "hello");
}

TEST_CASE("who does not finish the handshake in time is dropped", "[tls]") {
  const TlsFiles files;
  AsioServerConfig config = files.server();
  config.tls_handshake_timeout = Milliseconds{200};
  RunningServer server(config, greet);
  Peer silent(server.port());
  Peer halfway(server.port());
  halfway.send(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11));
  TlsPeer finished(server.port());
  CHECK(silent.closed_by_server());
  CHECK(halfway.closed_by_server());
  CHECK(finished.send(get("/hello")).receive().body == "hello");
}

TEST_CASE("a byte now and then gives a handshake no more time", "[tls]") {
  const TlsFiles files;
  AsioServerConfig config = files.server();
  config.tls_handshake_timeout = Milliseconds{300};
  RunningServer server(config, greet);
  Peer slow(server.port());
  slow.send(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11));
  CHECK(eventually([&] {
    slow.send(" ");
    return server.server.connections() == 0;
  }));
}

TEST_CASE("stop waits for no handshake", "[tls]") {
  const TlsFiles files;
  RunningServer server(files.server(), greet);
  Peer silent(server.port());
  REQUIRE(eventually([&] { return server.server.connections() == 1; }));
  server.stop();
  CHECK(silent.closed_by_server());
}

TEST_CASE("connections that shake hands count", "[tls]") {
  const TlsFiles files;
  AsioServerConfig config = files.server();
  config.max_connections = 1;
  RunningServer server(config, greet);
  auto first = std::make_unique<Peer>(server.port());
  REQUIRE(eventually([&] { return server.server.connections() == 1; }));
  std::string answer;
  std::thread second([&] { answer = TlsPeer(server.port()).send(get("/hello")).receive().body; });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK(server.server.connections() == 1);
  first.reset();
  second.join();
  CHECK(answer == "hello");
}

TEST_CASE("half a TLS hello is cut off in time, and what is none is refused; both are counted", "[tls][limits]") {
  const TlsFiles files;
  auto config = files.server();
  config.tls_handshake_timeout = Milliseconds{100};
  RunningServer server(config, greet);
  Peer half(server.port());
  half.send(std::string_view("\x16\x03\x01\x02\x00\x01\x00\x01", 8));
  CHECK(half.closed_by_server());
  CHECK(server.server.stats().tls_handshake_timeouts == 1);
  CHECK(server.server.stats().tls_failures == 0);
  Peer plain(server.port());
  CHECK(plain.send(get("/hello")).receive().status == 400);
  CHECK(server.server.stats().tls_failures == 1);
}

TEST_CASE("a peer that goes during its TLS handshake is let go at once, and counted", "[tls][limits]") {
  const TlsFiles files;
  auto config = files.server();
  config.tls_handshake_timeout = Milliseconds{3'600'000};
  RunningServer server(config, greet);
  Peer gone(server.port());
  gone.send(std::string_view("\x16\x03\x01", 3)).finish();
  gone.receive_rest();
  CHECK(server.server.stats().tls_failures == 1);
  CHECK(eventually([&] { return server.server.connections() == 0; }));
}
